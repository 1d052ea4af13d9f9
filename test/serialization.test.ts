import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { crc32 } from "node:zlib";
import torch, { type Tensor } from "tstorch";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const { nn } = torch;
const fixtures = path.join(import.meta.dirname, "serialization", "fixtures");
const at = (name: string) => path.join(fixtures, name);

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-serialization-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** The bytes of a tensor's memory. */
const bytesOf = (x: Tensor) => x.untyped_storage().tolist();

/** Writes a value and reads it again. */
function roundTrip<T>(x: T): T {
  const buffer = torch.py.BytesIO();
  torch.save(x, buffer);
  buffer.seek(0);
  return torch.load(buffer);
}

const dtypes = fs.readdirSync(at("dtypes")).map((file) => path.parse(file).name);

describe("files of Python's", () => {
  test.each(dtypes)("dtype %s, to the bit, and written byte for byte as Python does", (name) => {
    const file = at(`dtypes/${name}.pt`);
    const x = torch.load(file);
    expect(x.dtype).toBe(torch[name as "float32"]);
    expect(bytesOf(x)).toEqual(name === "bool" ? [1, 0, 1] : Array.from({ length: 16 }, (_, i) => i));
    const written = path.join(folder, `${name}.pt`);
    torch.save(x, written);
    const [ours, theirs] = [fs.readFileSync(written), fs.readFileSync(file)];
    const id = theirs.indexOf("serialization_id"); // a hash of the C++ library's own
    expect(ours.length).toBe(theirs.length);
    expect(ours.subarray(0, id)).toEqual(theirs.subarray(0, id));
  });

  test("a state dict, with what it knows of modules' versions", () => {
    const state = torch.load(at("state_dict.pt"));
    expect(Object.keys(state)).toEqual([
      "0.weight",
      "0.bias",
      "1.weight",
      "1.bias",
      "1.running_mean",
      "1.running_var",
      "1.num_batches_tracked",
    ]);
    expect(state._metadata).toEqual(
      new Map([
        ["", { version: 1 }],
        ["0", { version: 1 }],
        ["1", { version: 2 }],
      ]),
    );
    const model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3));
    expect(model.load_state_dict(state).missing_keys).toEqual([]);
    expect(torch.equal(model[0].weight, state["0.weight"])).toBe(true);
    expect(roundTrip(state)._metadata).toEqual(state._metadata);
  });

  test("a checkpoint with an optimizer, which goes on from it", () => {
    const checkpoint = torch.load(at("checkpoint.pt"));
    expect(checkpoint.epoch).toBe(3);
    expect(checkpoint.best).toBe(0.25);
    expect([...checkpoint.optimizer.state.keys()]).toEqual([0, 1, 2, 3]);
    expect(checkpoint.optimizer.state.get(0).step.item()).toBe(1);
    const model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3));
    const optimizer = torch.optim.Adam(model.parameters());
    optimizer.load_state_dict(checkpoint.optimizer);
    expect(optimizer.param_groups[0].lr).toBe(0.5);
  });

  test("views share their storage", () => {
    const [base, part, transposed, strided, expanded] = torch.load(at("views.pt"));
    expect(part.tolist()).toEqual([2, 3, 4, 5]);
    expect(transposed.stride()).toEqual([1, 4]);
    expect(strided.tolist()).toEqual([0, 3, 6, 9]);
    expect(expanded.stride()).toEqual([0]);
    base[2] = -1;
    expect(part[0].item()).toBe(-1);
    expect(transposed[":, 0"].tolist()).toEqual([0, 1, -1, 3]);
  });

  test("values of every kind", () => {
    const values = torch.load(at("values.pt"));
    expect(values.none).toBeNull();
    expect(values.bools).toEqual([true, false]);
    expect(values.ints).toEqual([
      0,
      255,
      256,
      65535,
      65536,
      -1,
      2 ** 31,
      -(2 ** 31),
      2n ** 53n,
      2n ** 63n,
      -(2n ** 70n),
    ]);
    expect(values.floats).toEqual([0.5, 2, -0, Number.POSITIVE_INFINITY, Number.NaN]);
    expect(values.text).toEqual(["", "ä€😀", "\ud800 alone"]);
    expect(values.bytes).toEqual(Uint8Array.of(0, 1, 255));
    expect(values.bytearray).toEqual(Uint8Array.of(97, 98));
    expect(String(values.complex)).toBe("(1+2j)");
    expect(values.tuple).toEqual([1, [2, 3]]);
    expect(values.set).toEqual(new Set([1, 2]));
    expect(values.size).toBeInstanceOf(torch.Size);
    expect([...values.size]).toEqual([2, 3]);
    expect(values.dtype).toBe(torch.bfloat16);
    expect(values.device.equals(torch.device("cuda", 1))).toBe(true);
    expect(values.layout).toBe(torch.sparse_csr);
    expect(values.qscheme).toBe(torch.per_tensor_affine);
    expect(values.counter).toEqual({ a: 2, b: 1 });
    expect(values.ordered).toEqual({ a: 1 });
    expect(values.intkeys).toEqual(
      new Map<unknown, unknown>([
        [1, "a"],
        ["b", 2],
      ]),
    );
    expect([...values.reordered]).toEqual([
      ["10", 1],
      ["2", 2],
    ]);
    expect(Object.keys(values.proto)).toEqual(["__proto__"]);
    expect(values.same[0]).toBe(values.same[1]);
    expect(values.cycle[0]).toBe(values.cycle);
    expect(values.many.length).toBe(1500);
    let deep = values.deep;
    for (let i = 0; i < 50; i++) deep = deep[0];
    expect(deep).toEqual([1]);
  });

  test("leaves and parameters", () => {
    const { leaf, param, frozen } = torch.load(at("grad.pt"));
    expect(leaf.requires_grad).toBe(true);
    expect(leaf.is_leaf).toBe(true);
    expect(param).toBeInstanceOf(nn.Parameter);
    expect(param.requires_grad).toBe(true);
    expect(frozen.requires_grad).toBe(false);
  });

  test("sparse tensors of all layouts", () => {
    const dense = [
      [0, 1],
      [2, 0],
    ];
    const loaded: Tensor[] = torch.load(at("sparse.pt"));
    expect(loaded.map((x) => x.layout.name)).toEqual([
      "sparse_coo",
      "sparse_csr",
      "sparse_csc",
      "sparse_bsr",
      "sparse_bsc",
    ]);
    for (const x of loaded) expect(x.to_dense().tolist()).toEqual(dense);
    for (const x of roundTrip(loaded)) expect(x.to_dense().tolist()).toEqual(dense);
  });

  test("quantised tensors", () => {
    const [tensor, channel, qint32] = torch.load(at("quantized.pt"));
    expect(tensor.dequantize().tolist()).toEqual([1, 2]);
    expect(tensor.dtype).toBe(torch.qint8);
    expect(channel.dequantize().tolist()).toEqual([[1], [2]]);
    expect(channel.q_per_channel_axis()).toBe(0);
    expect(qint32.dequantize().tolist()).toEqual([3]);
    const [again] = roundTrip([channel]);
    expect(again.dequantize().tolist()).toEqual([[1], [2]]);
  });

  test("conjugated and negated tensors", () => {
    const [conjugated, negated] = torch.load(at("conj.pt"));
    expect(conjugated.is_conj()).toBe(true);
    expect(String(conjugated.item())).toBe("(1-2j)");
    expect(negated.is_neg()).toBe(true);
    expect(negated.tolist()).toEqual([-4]);
    expect(roundTrip(conjugated).is_conj()).toBe(true);
  });

  test("meta tensors and tensors of no elements", () => {
    const [meta, empty, shaped] = torch.load(at("empty.pt"));
    expect(meta.is_meta).toBe(true);
    expect([...meta.shape]).toEqual([2, 3]);
    expect(empty.numel()).toBe(0);
    expect([...shaped.shape]).toEqual([2, 0]);
    expect(roundTrip([meta, shaped]).map((x) => [...x.shape])).toEqual([
      [2, 3],
      [2, 0],
    ]);
  });

  test("storages", () => {
    const [untyped, typed] = torch.load(at("storages.pt"));
    expect(untyped.nbytes()).toBe(12);
    expect(typed.tolist()).toEqual([1, 2]);
  });

  test("the format before 1.6", () => {
    const old = torch.load(at("legacy.pt"));
    const state = torch.load(at("state_dict.pt"));
    expect(Object.keys(old)).toEqual(Object.keys(state));
    for (const [name, x] of Object.entries(state)) expect(torch.equal(x as Tensor, old[name])).toBe(true);
    const { a, b } = torch.load(at("legacy_views.pt"));
    a[1] = 9;
    expect(b[0].item()).toBe(9);
    expect(() => torch.load(at("legacy.pt"), { mmap: true })).toThrow("mmap can only be used with files saved with");
  });

  test("numpy's, once they are allowed", () => {
    expect(() => torch.load(at("numpy_scalars.pt"))).toThrow(
      'GLOBAL numpy._core.multiarray.scalar was not an allowed global by default. Please use `torch.serialization.add_safe_globals(["numpy._core.multiarray.scalar"])`',
    );
    const list = torch.serialization.get_unsafe_globals_in_checkpoint(at("numpy_arrays.pt"));
    expect(list.sort()).toEqual(["numpy._core.multiarray._reconstruct", "numpy.dtype", "numpy.ndarray"]);
    const scalars = torch.serialization.safe_globals(["numpy._core.multiarray.scalar", "numpy.dtype"], () =>
      torch.load(at("numpy_scalars.pt")),
    );
    expect(scalars.slice(0, 3)).toEqual([1.5, 3, true]);
    expect(String(scalars[3])).toBe("(1+2j)");
    const arrays = torch.serialization.safe_globals(list, () => torch.load(at("numpy_arrays.pt")));
    expect(arrays.map((x: never) => torch.from_numpy(x).tolist())).toEqual([
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      [
        [1, 1, 1],
        [1, 1, 1],
      ],
      [1, 2],
    ]);
    expect(torch.serialization.get_safe_globals()).toEqual([]);
  });

  test("a whole module says what to save instead", () => {
    expect(() => torch.load(at("module.pt"))).toThrow(
      /Weights only load failed\. Unsupported global: GLOBAL torch\.nn\.modules\.container\.Sequential .*model\.load_state_dict\(torch\.load\(path\)\)/s,
    );
    try {
      torch.load(at("module.pt"));
    } catch (error) {
      expect(error).toBeInstanceOf(torch.UnpicklingError);
    }
  });
});

describe("torch.save", () => {
  test("keeps what it can, and says what it changes", () => {
    const values = { whole: torch.py.float(2), list: [1, 2.5, -0], nested: { a: [null, true, "x"] }, big: 2n ** 80n };
    const again = roundTrip(values);
    expect(again).toEqual({ whole: 2, list: [1, 2.5, -0], nested: { a: [null, true, "x"] }, big: 2n ** 80n });
  });

  test("storages are shared again", () => {
    const x = torch.arange(4);
    const [a, b] = roundTrip([x, x["1:"]]);
    a.index_put_([1], 7);
    expect(b[0].item()).toBe(7);
  });

  test("one memory as two dtypes is refused", () => {
    const x = torch.arange(4);
    expect(() => roundTrip([x, x.view(torch.uint8)])).toThrow(
      "Cannot save multiple tensors or storages that view the same data as different types",
    );
  });

  test("what has no form in Python", () => {
    expect(() => roundTrip(nn.Linear(1, 1))).toThrow("torch.save(model.state_dict(), path)");
    expect(() => roundTrip({ f: () => 1 })).toThrow("cannot pickle 'function' object");
    expect(() => roundTrip(new Float32Array(2))).toThrow("torch.from_numpy(array)");
    expect(() => roundTrip(torch.optim.SGD([torch.ones(1)], { lr: 1 }))).toThrow("save its state_dict() instead");
    let deep: unknown[] = [];
    for (let i = 0; i < 5000; i++) deep = [deep];
    expect(() => roundTrip(deep)).toThrow("nested more than 1000 deep");
  });

  test("an old file stays until the new one is complete, and nothing half-written is left", () => {
    const file = path.join(folder, "atomic.pt");
    torch.save({ a: 1 }, file);
    fs.chmodSync(file, 0o640);
    const before = fs.readdirSync(folder);
    const write = vi.spyOn(fs, "writeSync").mockImplementation(() => {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    });
    expect(() => torch.save({ a: torch.ones(100) }, file)).toThrow("ENOSPC");
    write.mockRestore();
    expect(fs.readdirSync(folder)).toEqual(before);
    expect(torch.load(file)).toEqual({ a: 1 });
    torch.save({ a: 2 }, file);
    expect(torch.load(file)).toEqual({ a: 2 });
    expect(fs.statSync(file).mode & 0o777).toBe(0o640);
  });

  test.each([1, 63, 64, 1000, 2 ** 20 - 1, 2 ** 20 + 65])("checksums are those of zip, of %i bytes", (count) => {
    const file = path.join(folder, "checksum.pt");
    const x = torch.randint(0, 256, [count], { dtype: torch.uint8 });
    torch.save(x, file);
    const bytes = fs.readFileSync(file);
    const descriptor = bytes.indexOf(Buffer.from("PK\x07\x08", "latin1"), bytes.indexOf("/data/0") + count);
    expect(bytes.readUInt32LE(descriptor + 4)).toBe(crc32(Uint8Array.from(x.tolist() as number[])));
    expect(bytes.readUInt32LE(descriptor + 8)).toBe(count);
  });

  test("what replaces an older file is brought to the disk first", () => {
    const file = path.join(folder, "synced.pt");
    const sync = vi.spyOn(fs, "fsyncSync");
    torch.save({ a: 1 }, file);
    expect(sync).toHaveBeenCalledTimes(0);
    torch.save({ a: 2 }, file);
    expect(sync).toHaveBeenCalledTimes(1);
    sync.mockRestore();
  });

  test("a link is followed, not replaced", () => {
    const [file, link] = [path.join(folder, "real.pt"), path.join(folder, "link.pt")];
    torch.save(1, file);
    fs.symlinkSync(file, link);
    torch.save(2, link);
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
    expect(torch.load(file)).toBe(2);
  });

  test("a folder that is not there is named", () => {
    const file = path.join(folder, "nowhere", "a.pt");
    expect(() => torch.save(1, file)).toThrow(expect.objectContaining({ code: "ENOENT", path: file }));
  });

  test("takes paths, URLs and what has a write method", () => {
    const file = path.join(folder, "url.pt");
    torch.save({ a: 1 }, pathToFileURL(file));
    expect(torch.load(pathToFileURL(file))).toEqual({ a: 1 });
    const parts: Uint8Array[] = [];
    const target = { write: (bytes: Uint8Array) => parts.push(bytes) };
    torch.save({ obj: { a: 1 }, f: target });
    expect(torch.load(Buffer.concat(parts))).toEqual({ a: 1 });
    expect(() => torch.save(1, 5 as never)).toThrow("expected 'f' to be string, path, or a file-like object");
    expect(() => torch.load(new URL("https://example.com/a.pt"))).toThrow("https: URLs cannot be opened");
  });
});

describe("torch.load", () => {
  test("a missing file is named", () => {
    const file = path.join(folder, "missing.pt");
    expect(() => torch.load(file)).toThrow(expect.objectContaining({ code: "ENOENT", path: file }));
    expect(() => torch.load(file, { mmap: true })).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });

  test("map_location: a string, a device, a dict, a Map, a function", () => {
    const file = at("views.pt");
    for (const location of ["meta", torch.device("meta"), { cpu: "meta" }, new Map([["cpu", "meta"]])]) {
      expect(torch.load(file, location)[0].is_meta).toBe(true);
      expect(torch.load(file, { map_location: location })[0].is_meta).toBe(true);
    }
    const seen: string[] = [];
    const [base, part] = torch.load(file, (storage, location) => {
      seen.push(`${location} ${storage.nbytes()}`);
      return location === "cpu" ? storage : null;
    });
    expect(seen).toEqual(["cpu 48", "cpu 4"]);
    base[2] = -1;
    expect(part[0].item()).toBe(-1);
    expect(() => torch.load(file, "cuda:0")).toThrow(
      "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False",
    );
    expect(() => torch.load(file, "nowhere")).toThrow("(tagged with nowhere)");
  });

  test("mmap: tensors are the file's, changes stay in memory", () => {
    const file = path.join(folder, "mapped.pt");
    torch.save({ x: torch.arange(4), y: torch.zeros(0) }, file);
    const { x, y } = torch.load(file, { mmap: true });
    expect(y.numel()).toBe(0);
    x[0] = 5;
    expect(x.tolist()).toEqual([5, 1, 2, 3]);
    expect(torch.load(file).x.tolist()).toEqual([0, 1, 2, 3]);
    torch.serialization.set_default_mmap_options(torch.serialization.MAP_SHARED, () => {
      torch.load(file, { mmap: true }).x[0] = 6;
    });
    expect(torch.load(file).x.tolist()).toEqual([6, 1, 2, 3]);
    expect(torch.serialization.get_default_mmap_options()).toBe(torch.serialization.MAP_PRIVATE);
    expect(() => torch.load(fs.readFileSync(file), { mmap: true })).toThrow("f must be a file path");
  });

  test("streams are waited for", async () => {
    const bytes = fs.readFileSync(at("state_dict.pt"));
    expect(() => torch.load(Readable.from([bytes]) as never)).toThrow("await torch.serialization.load_async(stream)");
    const parts = [bytes.subarray(0, 100), bytes.subarray(100)];
    const state = await torch.serialization.load_async(Readable.from(parts));
    expect(Object.keys(state).length).toBe(7);
    const web = await torch.serialization.load_async(new Blob([bytes]).stream(), { map_location: "meta" });
    expect(web["0.weight"].is_meta).toBe(true);
  });

  test("weights_only is the only mode", () => {
    expect(() => torch.load(at("views.pt"), { weights_only: false as never })).toThrow("has no weights_only=false");
    expect(torch.load(at("views.pt"), { weights_only: true }).length).toBe(5);
  });

  test("classes of the user's, once they are allowed", () => {
    class Config {
      size = 0;
    }
    const file = at("module.pt");
    const names = torch.serialization.get_unsafe_globals_in_checkpoint(file);
    expect(names).toContain("torch.nn.modules.linear.Linear");
    const all = names.map((name) => [Config, name] as const);
    const model = torch.serialization.safe_globals(all, () => torch.load(file));
    expect(model).toBeInstanceOf(Config);
    expect(model.training).toBe(true);
    expect(() => torch.serialization.add_safe_globals(["os.system"])).toThrow("is not known here");
  });

  test("a package of the user's has its own places", () => {
    const { register_package, default_restore_location, location_tag } = torch.serialization;
    register_package(
      5,
      () => null,
      (storage, location) => (location === "elsewhere" ? storage : null),
    );
    expect(torch.load(at("views.pt"), "elsewhere")[1].tolist()).toEqual([2, 3, 4, 5]);
    expect(location_tag(torch.ones(1).untyped_storage())).toBe("cpu");
    expect(() => default_restore_location(torch.ones(1).untyped_storage(), "x")).toThrow("tagged with x");
  });

  test("a load takes no more than the file's size and 100 MB", async () => {
    const { spawnSync } = await import("node:child_process");
    const file = path.join(folder, "large.pt");
    torch.save(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, torch.zeros(2_500_000)])), file); // 200 MB
    const script = `
      import torch from "tstorch";
      torch.load(process.argv[1], { map_location: "meta" });
      const before = process.resourceUsage().maxRSS;
      globalThis.kept = torch.load(process.argv[1]);
      console.log((process.resourceUsage().maxRSS - before) * 1024);`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script, file], {
      cwd: path.dirname(import.meta.dirname),
      encoding: "utf8",
    });
    expect(Number(stdout)).toBeGreaterThan(50e6);
    expect(Number(stdout)).toBeLessThan(200e6 + 100e6);
    fs.rmSync(file);
  });

  test("1,000 loads keep memory flat", () => {
    const file = path.join(folder, "flat.pt");
    torch.save({ x: torch.zeros(256 * 1024) }, file); // 1 MB
    const load = (count: number) => {
      for (let i = 0; i < count; i++) torch.load(file, { mmap: i % 2 === 0 });
    };
    load(200);
    const before = process.memoryUsage().rss;
    load(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });
});

test.skipIf(!process.env.PYTHON)("Python reads what is written here (PYTHON is not set)", async () => {
  const { spawnSync } = await import("node:child_process");
  const values = path.join(folder, "for_python.pt");
  const tensors = Object.fromEntries(dtypes.map((name) => [name, torch.load(at(`dtypes/${name}.pt`))]));
  const model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3));
  const optimizer = torch.optim.Adam(model.parameters());
  model(torch.randn(4, 2)).sum().backward();
  optimizer.step();
  const rest = torch.load(at("values.pt"));
  torch.save({ ...tensors, state: model.state_dict(), optimizer: optimizer.state_dict(), rest }, values);
  const script = `
import collections, os, sys, torch
values = torch.load(sys.argv[1])
for file in os.listdir(sys.argv[2]):
    name = file[:-3]
    expected = torch.load(os.path.join(sys.argv[2], file))
    given = values[name]
    assert given.dtype == expected.dtype and given.shape == expected.shape, name
    assert torch.equal(given.view(torch.uint8), expected.view(torch.uint8)), name
assert type(values["state"]) is collections.OrderedDict and values["state"]._metadata["1"] == {"version": 2}
model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
model.load_state_dict(values["state"])
optimizer = torch.optim.Adam(model.parameters())
optimizer.load_state_dict(values["optimizer"])
optimizer.step()
rest = values["rest"]
assert rest["ints"][-1] == -2**70 and rest["text"] == ["", "ä€😀", "\\ud800 alone"] and rest["bytes"] == b"\\x00\\x01\\xff"
assert rest["set"] == {1, 2} and rest["size"] == torch.Size([2, 3]) and rest["complex"] == 1 + 2j and rest["cycle"][0] is rest["cycle"]
assert rest["intkeys"] == {1: "a", "b": 2} and rest["same"][0] is rest["same"][1] and rest["device"] == torch.device("cuda:1")
print("ok")
`;
  const { stdout, stderr } = spawnSync(
    process.env.PYTHON as string,
    ["-W", "ignore", "-c", script, values, at("dtypes")],
    {
      encoding: "utf8",
    },
  );
  expect(stderr).toBe("");
  expect(stdout.trim()).toBe("ok");
});
