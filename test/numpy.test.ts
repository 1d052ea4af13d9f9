import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import torch from "tstorch";
import { load, save, savez, savez_compressed } from "tstorch/numpy";
import { afterAll, beforeAll, expect, test } from "vitest";

const at = (name: string) => path.join(import.meta.dirname, "serialization", "fixtures", name);

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-numpy-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

test("arrays of numpy's, in either order of elements and of bytes", () => {
  const rows = [
    [0, 1, 2],
    [3, 4, 5],
  ];
  expect(load(at("c_order.npy")).tolist()).toEqual(rows);
  expect(load(at("c_order.npy")).dtype).toBe(torch.int32);
  expect(load(at("fortran.npy")).tolist()).toEqual(rows);
  expect(load(at("fortran.npy")).stride()).toEqual([1, 2]);
  expect(load(at("big_endian.npy")).tolist()).toEqual([1, 2, 3]);
  expect(load(at("scalar.npy")).item()).toBe(1.5);
});

test("archives of numpy's, stored and deflated", () => {
  const stored = load(at("stored.npz"));
  expect(stored.arr_0.tolist()).toEqual([0, 1, 2]);
  expect(stored.x.dtype).toBe(torch.complex64);
  const deflated = load(at("deflated.npz"));
  expect([...deflated.x.shape]).toEqual([1000]);
  expect(deflated.flags.tolist()).toEqual([true, false]);
});

test("written byte for byte as numpy does", () => {
  const name = path.join(folder, "x");
  save(name, torch.arange(6, { dtype: torch.int32 }).view(2, 3));
  expect(fs.readFileSync(`${name}.npy`)).toEqual(fs.readFileSync(at("c_order.npy")));
  save(`${name}.npy`, load(at("scalar.npy")));
  expect(fs.readFileSync(`${name}.npy`)).toEqual(fs.readFileSync(at("scalar.npy")));
});

test.each([savez, savez_compressed])("several arrays: %o", (write) => {
  const name = path.join(folder, "several.npz");
  write(name, [1, 2], { x: torch.ones(2, 2), flags: torch.tensor([true]) });
  const loaded = load(name);
  expect(loaded.arr_0.tolist()).toEqual([1, 2]);
  expect(loaded.x.dtype).toBe(torch.float32);
  expect(loaded.flags.tolist()).toEqual([true]);
  expect(() => write(name, [1], { arr_0: [2] })).toThrow("Cannot use un-named variables and keyword arr_0");
});

test("what cannot be read or written", () => {
  expect(() => load(at("objects.npy"))).toThrow("cannot be read as tensors");
  expect(() => load(Buffer.from("hello world"))).toThrow("the magic string is not correct");
  expect(() => load(new Uint8Array())).toThrow(torch.EOFError);
  const whole = fs.readFileSync(at("c_order.npy"));
  expect(() => load(whole.subarray(0, whole.length - 1))).toThrow("expected 24 bytes got 23");
  expect(() => load(fs.readFileSync(at("stored.npz")).subarray(0, 200))).toThrow("File is not a zip file");
  const huge = Buffer.from(
    whole.toString("latin1").replace("(2, 3)", "(9999999999999, 9)").replace("          ", ""),
    "latin1",
  );
  expect(() => load(huge)).toThrow(torch.ValueError);
  expect(() => save(path.join(folder, "y"), torch.ones(1, { dtype: torch.bfloat16 }))).toThrow(
    "numpy has no dtype for torch.bfloat16",
  );
  expect(() => load(path.join(folder, "missing.npy"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
});

test("an archive that claims to unpack to more than it can", () => {
  const bytes = fs.readFileSync(at("deflated.npz"));
  const entry = bytes.indexOf("PK\x01\x02", 0, "latin1");
  bytes.writeUInt32LE(2 ** 31, entry + 24);
  expect(() => load(bytes)).toThrow("claims to unpack to 2147483648 bytes");
  bytes.writeUInt32LE(100, entry + 24);
  expect(() => load(bytes)).toThrow("cannot be unpacked");
});

test("tensors without strides or memory", () => {
  const dense = torch.eye(2);
  const texts = [dense.to_sparse(), dense.to_sparse_csr(), dense.to_sparse_bsr([1, 1]), dense.to_mkldnn()].map(
    (tensor) => {
      expect(() => tensor.data_ptr()).toThrow("Cannot access data pointer of Tensor that doesn't have storage");
      expect(() => tensor.tolist()).toThrow("Cannot access data pointer of Tensor that doesn't have storage");
      try {
        return tensor.numpy();
      } catch (error) {
        return (error as Error).message;
      }
    },
  );
  expect(texts).toEqual(
    ["Sparse", "SparseCsr", "SparseBsr", "Mkldnn"].map(
      (name) => `can't convert ${name} layout tensor to numpy. Use Tensor.to_dense() first.`,
    ),
  );
});
