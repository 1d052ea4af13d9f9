import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import torch, { type Tensor } from "tstorch";
import {
  load,
  load_file,
  load_model,
  load_sharded,
  SafetensorError,
  safe_open,
  save,
  save_file,
  save_model,
  save_sharded,
} from "tstorch/safetensors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const { nn } = torch;
const fixture = path.join(import.meta.dirname, "serialization", "fixtures", "tensors.safetensors");

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-safetensors-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A file with this header, as JSON or text, and this many bytes. */
function file(header: unknown, bytes = 0): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header), "latin1");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(bytes)]);
}

const entry = (start: number, end: number, shape: unknown = [2], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

describe("files of the Python library's", () => {
  test("are read, and written byte for byte", () => {
    const tensors = load_file(fixture);
    expect(Object.keys(tensors)).toEqual(["c", "a", "s", "b", "f8", "u", "e"].sort((x, y) => order(x) - order(y)));
    expect(tensors.b.dtype).toBe(torch.bfloat16);
    expect(tensors.a.tolist()).toEqual([0, 1]);
    expect(tensors.u.tolist()).toEqual([0, 1, 2]);
    expect([...tensors.e.shape]).toEqual([0, 2]);
    expect(tensors.f8.dtype).toBe(torch.float8_e4m3fn);
    expect(save(tensors, { metadata: { format: "pt" } })).toEqual(fs.readFileSync(fixture));
    expect(save(tensors, { format: "pt" })).toEqual(fs.readFileSync(fixture));
  });

  const order = (name: string) => safe_open(fixture, "pt").offset_keys().indexOf(name);

  test("from bytes, of their own memory", () => {
    const bytes = fs.readFileSync(fixture);
    const { a } = load(bytes);
    bytes.fill(0);
    expect(a.tolist()).toEqual([0, 1]);
  });

  test("by torch.load", () => {
    expect(torch.load(fixture).a.tolist()).toEqual([0, 1]);
    expect(torch.load(fixture, { map_location: "meta" }).a.is_meta).toBe(true);
    expect(() => torch.load(fixture, () => null)).toThrow("with callable map_location is not supported");
    expect(() => torch.load(fixture, { cpu: "meta" })).toThrow("with dict map_location is not supported");
  });
});

describe("safe_open", () => {
  test.each(["mmap", "pread"] as const)("keys, metadata, tensors and slices by %s", (backend) => {
    using opened = safe_open(fixture, "pt", { backend });
    expect(opened.keys()).toEqual(["a", "b", "c", "e", "f8", "s", "u"]);
    expect(opened.metadata()).toEqual({ format: "pt" });
    expect(opened.get_tensor("a").tolist()).toEqual([0, 1]);
    const slice = opened.get_slice("b");
    expect(slice.get_shape()).toEqual([2, 3]);
    expect(slice.get_dtype()).toBe("BF16");
    expect([...slice[0].shape]).toEqual([3]);
    expect([...slice[":, 1:"].shape]).toEqual([2, 2]);
    expect([...slice.index(0, torch.py.slice(0, 2)).shape]).toEqual([2]);
    expect(() => opened.get_tensor("q")).toThrow(new SafetensorError("File does not contain tensor q"));
  });

  test("a file that is closed", () => {
    const opened = safe_open(fixture, "pt");
    const a = opened.get_tensor("a");
    opened.dispose();
    expect(() => opened.keys()).toThrow("File is closed");
    expect(a.tolist()).toEqual([0, 1]);
    expect(safe_open(fixture, "pt", (f) => f.keys().length)).toBe(7);
    expect(() => safe_open(fixture, "xx" as never)).toThrow("framework xx is invalid");
  });

  test("a missing file is named", () => {
    const name = path.join(folder, "missing.safetensors");
    expect(() => safe_open(name, "pt")).toThrow(`No such file or directory: ${name}`);
    expect(() => load_file(name)).toThrow(expect.objectContaining({ code: "ENOENT", path: name }));
  });

  test("tensors are the file's until they are changed", () => {
    const name = path.join(folder, "mapped.safetensors");
    save_file({ x: torch.ones(3) }, name);
    const { x } = load_file(name);
    x[0] = 5;
    expect(load_file(name).x.tolist()).toEqual([1, 1, 1]);
  });
});

describe("what the format forbids", () => {
  test.each([
    ["a header that is cut short", Buffer.from("abc"), "header too small"],
    ["a header of a terabyte", Buffer.from([0, 0, 0, 0, 0, 1, 0, 0]), "header too large"],
    ["a header beyond the file", Buffer.from([100, 0, 0, 0, 0, 0, 0, 0]), "invalid header length"],
    ["no JSON", file("{nope"), "invalid JSON in header"],
    ["a list", file([1]), "invalid type: sequence, expected struct HashMetadata"],
    ["no UTF-8", file('{"\xff":1}'), "invalid UTF-8 in header"],
    ["a hole", file({ a: entry(0, 8), b: entry(12, 20) }, 20), "invalid offset for tensor `b`"],
    ["an overlap", file({ a: entry(0, 8), b: entry(4, 12) }, 12), "invalid offset for tensor `b`"],
    ["bytes before the first", file({ a: entry(4, 12) }, 12), "invalid offset for tensor `a`"],
    ["offsets turned round", file({ a: entry(8, 0) }, 12), "invalid offset for tensor `a`"],
    ["another size", file({ a: entry(0, 12) }, 12), "invalid shape, data type, or offset for tensor"],
    ["bytes behind the last", file({ a: entry(0, 8) }, 12), "incomplete metadata, file not fully covered"],
    ["a file that is cut short", file({ a: entry(0, 8) }, 4), "incomplete metadata, file not fully covered"],
    [
      "a dtype that is not there",
      file({ a: entry(0, 8, [2], "F33") }, 8),
      "unknown variant `F33`, expected one of `BOOL`",
    ],
    ["a negative size", file({ a: entry(0, 8, [-2]) }, 8), "expected usize"],
    ["a size with a fraction", file({ a: entry(0, 8, [2.5]) }, 8), "expected usize"],
    ["sizes beyond all memory", file({ a: entry(0, 8, [2 ** 40, 2 ** 40]) }, 8), "overflow computing buffer size"],
    ["no offsets", file({ a: { dtype: "F32", shape: [2] } }, 8), "missing field `data_offsets`"],
    ["metadata that is no text", file({ __metadata__: { a: 1 } }), "expected a string"],
    ["metadata that is no map", file({ __metadata__: "x" }), "expected a map"],
  ])("%s", (_, bytes, text) => {
    expect(() => load(bytes)).toThrow(SafetensorError);
    expect(() => load(bytes)).toThrow(text);
    const name = path.join(folder, "bad.safetensors");
    fs.writeFileSync(name, bytes);
    expect(() => load_file(name)).toThrow(text);
  });

  test("names that JavaScript would reorder, and __proto__", () => {
    const bytes = save(new Map([10, 2].map((n) => [String(n), torch.ones(n)])));
    expect([...(load(bytes) as unknown as Map<string, Tensor>).keys()]).toEqual(["10", "2"]);
    expect(Object.keys(load(file({ a: entry(0, 8) }, 8)))).toEqual(["a"]);
    const proto = load(file('{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 8));
    expect(Object.keys(proto)).toEqual(["__proto__"]);
  });
});

describe("saving", () => {
  test("what cannot be written", () => {
    const x = torch.zeros(2, 2);
    expect(() => save({ a: x, b: x })).toThrow("Some tensors share memory, this will lead to duplicate memory on disk");
    expect(() => save({ a: x.t() })).toThrow("You are trying to save a non contiguous tensor: `a`");
    expect(() => save({ a: x.to_sparse() })).toThrow("You are trying to save a sparse tensors: `['a']`");
    expect(() => save({ a: torch.zeros(1, { dtype: torch.complex128 }) })).toThrow("torch.complex128");
    expect(() => save({ a: 5 as never })).toThrow(
      "Key `a` is invalid, expected torch.Tensor but received <class 'int'>",
    );
    expect(() => save([x] as never)).toThrow("Expected a dict of [str, torch.Tensor]");
  });

  test("parts of one memory that do not overlap", () => {
    const x = torch.arange(4);
    const { a, b } = load(save({ a: x[":2"], b: x["2:"] }));
    expect([a.tolist(), b.tolist()]).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  class Tied extends nn.Module {
    a = nn.Linear(2, 2, { bias: false });
    b = nn.Linear(2, 2, { bias: false });
    constructor() {
      super();
      this.b.weight = this.a.weight;
    }
  }

  test("a model whose layers share a weight", () => {
    const name = path.join(folder, "tied.safetensors");
    const model = new Tied();
    save_model(model, name, { metadata: { by: "test" } });
    safe_open(name, "pt", (f) => {
      expect(f.keys()).toEqual(["a.weight"]);
      expect(f.metadata()).toEqual({ by: "test", "b.weight": "a.weight" });
    });
    const other = new Tied();
    expect(load_model(other, name)).toEqual([[], []]);
    expect(torch.equal(other.b.weight, model.a.weight)).toBe(true);
    expect(() => load_model(nn.Linear(2, 2), name)).toThrow(
      'Error(s) in loading state_dict for Linear:\n    Missing key(s) in state_dict: "bias", "weight"\n    Unexpected key(s) in state_dict: "a.weight"',
    );
  });
});

describe("shards", () => {
  const state = { "a.weight": torch.arange(1000), "b.weight": torch.ones(1000), c: torch.zeros(2) };

  test("as Hugging Face lays them out", () => {
    const where = path.join(folder, "shards");
    save_sharded(state, where, { max_shard_size: "9KB" });
    expect(fs.readdirSync(where)).toEqual([
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
      "model.safetensors.index.json",
    ]);
    const index = JSON.parse(fs.readFileSync(path.join(where, "model.safetensors.index.json"), "utf8"));
    expect(index.metadata).toEqual({ total_size: 12_008 });
    const loaded = load_sharded(where);
    expect(Object.keys(loaded)).toEqual(Object.keys(state));
    for (const [name, x] of Object.entries(state)) expect(torch.equal(loaded[name], x)).toBe(true);
    expect(Object.keys(load_sharded(path.join(where, "model.safetensors.index.json")))).toEqual(Object.keys(state));
  });

  test("one file where that suffices", () => {
    const where = path.join(folder, "one");
    save_sharded(state, where);
    expect(fs.readdirSync(where)).toEqual(["model.safetensors"]);
    expect(Object.keys(load_sharded(where)).length).toBe(3);
    expect(() => save_sharded(state, where, "many")).toThrow("max_shard_size must be");
  });

  test("an index that leads astray", () => {
    const index = path.join(folder, "bad.index.json");
    const write = (x: unknown) => fs.writeFileSync(index, typeof x === "string" ? x : JSON.stringify(x));
    for (const shard of ["../x.safetensors", "/etc/passwd", "a\\b", "", "..", 5]) {
      write({ weight_map: { a: shard } });
      expect(() => load_sharded(index)).toThrow("as the file of a");
    }
    write("{");
    expect(() => load_sharded(index)).toThrow("is not JSON");
    write({});
    expect(() => load_sharded(index)).toThrow('has no "weight_map"');
    write({ weight_map: { a: "missing.safetensors" } });
    expect(() => load_sharded(index)).toThrow(expect.objectContaining({ code: "ENOENT" }));
    save_file({ b: torch.ones(1) }, path.join(folder, "has_b.safetensors"));
    write({ weight_map: { a: "has_b.safetensors" } });
    expect(() => load_sharded(index)).toThrow("has_b.safetensors does not contain tensor a");
  });
});
