// Packages that AOTInductor compiled: recordings/record.py made them, for the oldest x86-64, and what Python gave for the same calls.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import * as torch from "tstorch";
import { aot_load } from "tstorch/_export";
import { aoti_load_package } from "tstorch/_inductor";
import { load_package } from "tstorch/_inductor/package";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFile } from "../../dist/serialization/source.js";
import { ZipReader } from "../../dist/serialization/zip.js";
import { zip } from "../serialization/helpers/archive.js";

const recordings = join(import.meta.dirname, "recordings");
const file = (name: string) => join(recordings, `${name}.pt2`);

interface Recording {
  args: unknown[];
  kwargs: Record<string, unknown>;
  output: unknown;
  metadata: Record<string, string>;
  constants: string[];
}

const recorded = torch.load(join(recordings, "recorded.pt")) as Record<string, Recording>;
const x = () => torch.linspace(-1, 1, 12).reshape(3, 4);
const close = (actual: torch.Tensor, expected: torch.Tensor) => torch.testing.assert_close(actual, expected);

let temporary = "";
beforeAll(() => {
  temporary = fs.mkdtempSync(join(tmpdir(), "aoti-test-"));
  process.env.TMPDIR = temporary;
});
afterAll(() => {
  fs.rmSync(temporary, { recursive: true, force: true });
});

/** The records of a package, without the folder. */
function records(name: string): { name: string; bytes: Buffer }[] {
  const source = openFile(file(name));
  const archive = new ZipReader(source);
  const all = [...archive.entries()].map((entry) => ({
    name: entry.name.slice(archive.folder.length + 1),
    bytes: Buffer.from(source.read(entry.offset, entry.size)),
  }));
  source.close();
  return all;
}

/** A package with some records changed, or left out. */
function changed(
  name: string,
  change: (record: { name: string; bytes: Buffer }) => Uint8Array | string | null,
): Buffer {
  return zip(
    records(name).flatMap((record) => {
      const bytes = change(record);
      return bytes === null ? [] : [{ name: `p/${record.name}`, bytes }];
    }),
  );
}

const withMetadata = (change: Record<string, string>) =>
  changed("mlp", ({ name, bytes }) =>
    name.endsWith("_metadata.json") ? JSON.stringify({ ...JSON.parse(bytes.toString()), ...change }) : bytes,
  );

const messageOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return (error as Error).message;
  }
  return "";
};

describe.runIf(process.platform === "linux" && process.arch === "x64")("packages of AOTInductor", () => {
  test("a package gives what Python's gives, for any batch that it was compiled for", () => {
    const model = aoti_load_package(file("mlp"));
    const { output, constants, metadata } = recorded.mlp;
    close(model(x()), output as torch.Tensor);
    expect(model(torch.randn(64, 4)).shape).toEqual([64, 2]);
    expect(model(x()).requires_grad).toBe(false);
    expect(model(x()["0:2"]).tolist()).toEqual(model(x()).tolist().slice(0, 2));
    expect(model.get_constant_fqns().sort()).toEqual(constants);
    expect(model.get_metadata()).toEqual(metadata);
    expect(metadata.made_by).toBe("record.py");
    expect(String(model)).toBe("<torch.export.pt2_archive._package.AOTICompiledModel object>");
    expect(fs.readdirSync(temporary)).toEqual([]);
  });

  test("structures of inputs and outputs, keyword arguments in any order, several dtypes", () => {
    const model = torch._inductor.aoti_load_package(pathToFileURL(file("structures")), { num_runners: 2 });
    const { args, kwargs, output } = recorded.structures;
    const expected = output as Record<string, unknown>;
    const given = model(...args, { mask: kwargs.mask, scale: kwargs.scale });
    expect(Object.keys(given)).toEqual(Object.keys(expected));
    for (const key of ["sum", "half", "weight"]) close(given[key], expected[key] as torch.Tensor);
    expect(given.none).toBe(null);
    expect(given.rest.map((t: torch.Tensor) => t.tolist())).toEqual(
      (expected.rest as torch.Tensor[]).map((t) => t.tolist()),
    );
    // A result that is a weight outlives the model, and is nobody else's.
    given.weight.fill_(7);
    close(model(...args, kwargs).weight, expected.weight as torch.Tensor);
  });

  test("a package of several models, from memory and from a folder", () => {
    close(load_package(file("structures"), "mlp")(x()), recorded.mlp.output as torch.Tensor);
    close(load_package(fs.readFileSync(file("mlp")))(x()), recorded.mlp.output as torch.Tensor);
    const folder = join(temporary, "unpacked");
    for (const { name, bytes } of records("mlp")) {
      fs.mkdirSync(join(folder, name, ".."), { recursive: true });
      fs.writeFileSync(join(folder, name), bytes);
    }
    close(aoti_load_package(folder)(x()), recorded.mlp.output as torch.Tensor);
    const library = records("mlp").find(({ name }) => name.endsWith(".so"))?.name as string;
    close(aot_load(join(folder, library), "cpu")(x()), recorded.mlp.output as torch.Tensor);
    expect(() => aot_load(join(folder, library), "tpu")).toThrow("Unsupported device tpu");
    fs.rmSync(folder, { recursive: true });
    expect(messageOf(() => load_package(file("structures"), "other"))).toMatch(
      /^Failed to find a generated cpp file or so file for model 'other' in .*structures\.pt2\.\n\nAvailable models in the archive:\n {2}(model\n {2}mlp|mlp\n {2}model)\n/,
    );
  });

  test("forward_async runs off the event loop, in order", async () => {
    const model = aoti_load_package(file("mlp"));
    const inputs = [1, 2, 3].map((n) => torch.full([n + 1, 4], n + 0.5));
    const outputs = await Promise.all(inputs.map((input) => model.forward_async(input)));
    for (const [i, output] of outputs.entries()) close(output, model(inputs[i]));
    await expect(model.forward_async(torch.ones(2, 3))).rejects.toThrow(torch.RuntimeError);
    await expect(model.forward_async(x(), { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
  });

  test("wrong inputs are errors", () => {
    const model = aoti_load_package(file("mlp"));
    expect(messageOf(() => model())).toContain("Trying to flatten user inputs");
    expect(messageOf(() => model(x(), x()))).toContain("Trying to flatten user inputs");
    expect(messageOf(() => model(x(), { other: x() }))).toContain("Ran into a kwarg keyword mismatch");
    expect(messageOf(() => torch.vmap((a: torch.Tensor) => model(a))(torch.ones(2, 3, 4)))).toContain(
      "strided tensors",
    );
    expect(messageOf(() => model(1))).toContain("expected inputs vector size to be 1, but got 0");
    expect(messageOf(() => model(x().double()))).toContain(
      "input_handles[0]: unmatched dtype, expected: 6(at::kFloat)",
    );
    expect(messageOf(() => model(torch.ones(3, 5)))).toContain("unmatched dim value at 1, expected: 4, but got: 5");
    expect(messageOf(() => model(torch.ones(65, 4)))).toContain("dim value is too large at 0");
    expect(messageOf(() => model(torch.ones(4)))).not.toBe("");
    expect(messageOf(() => model(torch.ones(3, 4, 1)))).toContain("ndim");
    expect(messageOf(() => model(torch.tensor(1.5)))).not.toBe("");
    expect(messageOf(() => model(torch.ones(4, 3).t()))).toContain("unmatched stride value at 0, expected: 4");
    expect(messageOf(() => model(torch.ones(1, 4).expand(3, 4)))).toContain("stride");
    expect(messageOf(() => model(torch.empty(3, 4, { device: "meta" })))).not.toBe("");
    expect(messageOf(() => model(torch.ones(3, 4).to_sparse()))).toContain("strided tensors");
    // Views, lazy zeros and lazy negation are no reasons to refuse.
    close(model(torch.zeros(5, 4)["2:5"]), model(torch.zeros(3, 4)));
    close(model(torch._efficientzerotensor([3, 4])), model(torch.zeros(3, 4)));
    close(model(torch._neg_view(x())), model(x().neg()));
    const structures = aoti_load_package(file("structures"));
    const { args, kwargs } = recorded.structures;
    expect(messageOf(() => structures(...args, { scale: kwargs.scale }))).toContain("Got the following keywords");
    expect(messageOf(() => structures(args[0], [x()], kwargs))).toContain("Trying to flatten user inputs");
    expect(messageOf(() => structures(...args, { ...kwargs, scale: torch.tensor(3) }))).toContain("at::kDouble");
  });

  test("constants can be replaced", () => {
    const model = aoti_load_package(file("mlp"));
    const before = model(x());
    const names = model.get_constant_fqns();
    // The compiler makes constants of biases as small as these.
    expect(names.sort()).toEqual(["0.weight", "2.weight"]);
    torch.manual_seed(0);
    const net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2));
    close(before, net(x()).detach());
    const weights = { "0.weight": torch.randn(8, 4), "2.weight": torch.randn(2, 8) };
    model.load_constants(weights, { check_full_update: true });
    net.load_state_dict({ ...net.state_dict(), ...weights });
    close(model(x()), net(x()).detach());
    // Copied, whatever lies in the same storage.
    const wide = torch.zeros(8, 1000)[":, :4"];
    model.load_constants(new Map([["0.weight", wide]]), { check_full_update: false });
    net.load_state_dict({ ...net.state_dict(), "0.weight": wide });
    close(model(x()), net(x()).detach());
    const weight = torch.ones(2, 8);
    model.load_constants({ "2.weight": weight }, { check_full_update: false, user_managed: true });
    const ones = model(x());
    weight.zero_();
    expect(model(x()).equal(ones)).toBe(false);
    const options = { check_full_update: false };
    expect(messageOf(() => model.load_constants({ nothing: weight }, options))).toBe("Constant not found: nothing");
    expect(messageOf(() => model.load_constants({ "0.weight": weight }, options))).toContain("shape [8, 4]");
    expect(messageOf(() => model.load_constants({ "2.weight": weight.double() }, options))).toContain("dtype Float");
    expect(
      messageOf(() => model.load_constants({ "2.weight": torch.ones(8, 2).t() }, { ...options, user_managed: true })),
    ).toContain("strides");
    expect(messageOf(() => model.load_constants({ "2.weight": weight }, { check_full_update: true }))).toBe(
      "load_constants(): the full update misses the constants ['0.weight']",
    );
    expect(messageOf(() => model.load_constants({ "2.weight": 1 as never }, options))).toContain("must be a Tensor");
  });

  test("packages that cannot run say what to do", () => {
    const bytes = fs.readFileSync(file("mlp"));
    const load = (data: Uint8Array) => messageOf(() => aoti_load_package(data));
    expect(load(bytes.subarray(0, bytes.length - 1000))).toMatch(/damaged.*Copy it again/);
    expect(load(Buffer.from("nothing"))).toContain("is no package of AOTInductor");
    expect(load(withMetadata({ AOTI_MACHINE: "aarch64" }))).toMatch(
      /compiled for linux on aarch64, and this is linux on x86_64/,
    );
    expect(load(withMetadata({ AOTI_PLATFORM: "win32" }))).toContain("compiled for win32");
    expect(load(withMetadata({ AOTI_CPU_ISA: "SVE256" }))).toContain("a CPU with SVE256, which this one lacks");
    expect(load(changed("mlp", ({ name, bytes }) => (name.endsWith(".so") ? null : bytes)))).toContain(
      "Failed to find a generated cpp file or so file",
    );
    const sourceOnly = zip([{ name: "p/data/aotinductor/model/m.wrapper.cpp", bytes: "" }]);
    expect(load(sourceOnly)).toContain("only its source (it was made with aot_inductor.package_cpp_only)");
    expect(load(changed("mlp", ({ name, bytes }) => (name.endsWith("metadata.json") ? null : bytes)))).toContain(
      "Failed to find wrapper metadata",
    );
    expect(load(changed("mlp", ({ name, bytes }) => (name.endsWith("metadata.json") ? "[1]" : bytes)))).toContain(
      "must hold an object of strings",
    );
    const cut = changed("mlp", ({ name, bytes }) => (name.endsWith(".so") ? bytes.subarray(0, 100) : bytes));
    expect(load(cut)).toContain("The package is damaged");
    const foreign = changed("mlp", ({ name, bytes }) => {
      if (!name.endsWith(".so")) return bytes;
      return Buffer.from(
        bytes.toString("latin1").replaceAll("aoti_torch_get_dtype\0", "aoti_torch_get_dtypo\0"),
        "latin1",
      );
    });
    expect(load(foreign)).toMatch(
      /undefined symbol: aoti_torch_get_dtypo[\s\S]*another version of PyTorch than 2\.15\.0/,
    );
    const folder = zip(records("mlp").map(({ name, bytes }) => ({ name: `p/${name}`, bytes })));
    expect(load(folder)).toBe("");
    expect(messageOf(() => aoti_load_package(join(import.meta.dirname, "../export/recordings/mlp.pt2")))).toContain(
      "use torch.export.load()",
    );
    expect(() => aoti_load_package("/nowhere.pt2")).toThrow(expect.objectContaining({ code: "ENOENT" }));
    expect(() => aoti_load_package(file("mlp"), { num_runners: 0 })).toThrow("num_runners must be a positive integer");
    expect(() => aoti_load_package(file("mlp"), { model_name: "m" } as never)).toThrow(
      "aoti_load_package() got an unexpected keyword argument 'model_name'",
    );
    expect(fs.readdirSync(temporary)).toEqual([]);
  });

  test.runIf(!torch.cuda.is_available())("a package for CUDA needs a GPU", () => {
    expect(messageOf(() => aoti_load_package(withMetadata({ AOTI_DEVICE_KEY: "cuda" })))).toContain(
      "Cannot load AOTInductor package for device 'cuda'",
    );
    expect(fs.readdirSync(temporary)).toEqual([]);
  });

  test("a process and its workers load and leave nothing behind", async () => {
    const script = join(import.meta.dirname, "helpers/load.mjs");
    expect(execFileSync(process.execPath, [script, file("mlp")], { encoding: "utf8" })).toBe("torch.Size([2, 2])\n");
    const worker = new Worker(script, { workerData: file("mlp") });
    const shape = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    expect(shape).toEqual([2, 2]);
    await worker.terminate();
    expect(fs.readdirSync(temporary)).toEqual([]);
  });
});
