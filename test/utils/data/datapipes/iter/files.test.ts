import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as torch from "tstorch";
import { FileLister, FileOpener } from "tstorch/utils/data/datapipes/iter";
import { afterAll, beforeAll, expect, test } from "vitest";
import { list, warnings } from "../helpers.js";

let folder: string;
let before: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "files-"));
  before = process.cwd();
  process.chdir(folder);
  fs.mkdirSync("files/sub", { recursive: true });
  fs.writeFileSync("files/a.txt", "one\r\ntwo\n");
  fs.writeFileSync("files/b.json", '{"k": [1, 2]}');
  fs.writeFileSync("files/c.cls", "7\n");
  fs.writeFileSync("files/sub/d.txt", "deep");
});

afterAll(() => {
  process.chdir(before);
  fs.rmSync(folder, { recursive: true });
});

test("FileLister", () => {
  expect(list(FileLister("files"))).toEqual(["files/a.txt", "files/b.json", "files/c.cls"]);
  expect(list(FileLister("files", "*.txt", { recursive: true }))).toEqual(["files/a.txt", "files/sub/d.txt"]);
  expect(list(FileLister(["files/a.txt", "files/sub"], { abspath: true }))).toEqual([
    path.resolve("files/a.txt"),
    path.resolve("files/sub/d.txt"),
  ]);
  expect(torch.py.len(FileLister("files", { length: 3 }))).toBe(3);
  expect(() => torch.py.len(FileLister("files"))).toThrow("FileListerIterDataPipe instance doesn't have valid length");
  const told = warnings(() => expect(() => list(FileLister("missing"))).toThrow("ENOENT"));
  expect(told).toEqual(["missing : No such file or directory"]);
});

test("open_files and read_from_stream", () => {
  const texts = FileLister("files", "*.txt");
  expect(list(texts.open_files().read_from_stream())).toEqual([["files/a.txt", "one\ntwo\n"]]);
  const bytes = list(texts.open_files("rb").read_from_stream({ chunk: 4 }));
  expect(bytes.map(([name, data]) => [name, String(data)])).toEqual([
    ["files/a.txt", "one\r"],
    ["files/a.txt", "\ntwo"],
    ["files/a.txt", "\n"],
  ]);
  const [[, stream]] = list(texts.open_files());
  expect([[...stream], stream.closed]).toEqual([["one\n", "two\n"], false]);
  stream.close();
  expect(() => stream.read()).toThrow(new torch.ValueError("I/O operation on closed file."));
  expect(String(stream)).toBe("StreamWrapper<<_io.TextIOWrapper name='files/a.txt' mode='r' encoding='UTF-8'>>");
  expect(() => list(FileOpener(["missing"]))).toThrow(expect.objectContaining({ code: "ENOENT" }));
  expect(() => FileOpener(["x"], { mode: "w" })).toThrow("Invalid mode w");
  expect(() => FileOpener(["x"], { mode: "rb", encoding: "utf-8" })).toThrow(
    "binary mode doesn't take an encoding argument",
  );
});

test("routed_decode", () => {
  const opened = FileLister("files", ["*.json", "c*", "a*"]).open_files("b");
  let decoded: unknown[] = [];
  const told = warnings(() => {
    decoded = list(opened.routed_decode());
  });
  expect(decoded).toEqual([
    ["files/a.txt", "one\r\ntwo\n"],
    ["files/b.json", { k: [1, 2] }],
    ["files/c.cls", 7],
  ]);
  expect(told).toEqual([
    "`RoutedDecoderIterDataPipe()` and its functional API `.routed_decode()` are deprecated since 1.12 and will be removed in 1.13.\nSee https://github.com/pytorch/data/issues/163 for details.",
  ]);
  const own = (extension: string, data: Buffer) => (extension === "cls" ? data.length : null);
  warnings(() => {
    const pipe = FileLister("files", "c*")
      .open_files("b")
      .routed_decode(own, { key_fn: (name) => name.slice(-3) });
    expect(list(pipe)).toEqual([["files/c.cls", 2]]);
  });
});
