import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as torch from "tstorch";
import { describe, expect, test } from "vitest";
import { findLibtorch } from "../lib/install/find.js";
import { replay } from "./recordings/replay.js";

describe("torch.ops, as Python gave it", () => replay("_ops"));

describe("torch.ops", () => {
  test("finds each name once", () => {
    expect(torch.ops.aten.add).toBe(torch.ops.aten.add);
    expect(torch.ops.aten.add.Tensor).toBe(torch.ops.aten.add.Tensor);
    expect(torch.ops.aten.add.Tensor.overloadpacket).toBe(torch.ops.aten.add);
  });

  test("an operator of TorchScript alone", () => {
    expect(() => torch.ops.aten.add.str("a", "b")).toThrow(torch.NotImplementedError);
  });

  test("load_library() of one that is there", () => {
    const { libtorch } = findLibtorch();
    const name = { darwin: "libc10.dylib", win32: "c10.dll" }[process.platform as string] ?? "libc10.so";
    const library = path.join(libtorch?.lib ?? "", name);
    torch.ops.load_library(library);
    expect(torch.ops.loaded_libraries).toContain(library);
  });

  test("load_library() of what is none", () => {
    expect(() => torch.ops.load_library("no-such-file.so")).toThrow(
      expect.objectContaining({
        code: "ENOENT",
        message: `Could not load this library: ${path.resolve("no-such-file.so")}`,
      }),
    );
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ops-"));
    const file = path.join(folder, "text.so");
    fs.writeFileSync(file, "no library");
    expect(() => torch.ops.load_library(file)).toThrow("Could not load this library");
    fs.rmSync(folder, { recursive: true });
  });
});
