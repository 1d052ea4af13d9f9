import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as torch from "tstorch";
import { load_file } from "tstorch/gguf";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-gguf-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const uint32 = (x: number) => Buffer.from(Uint32Array.of(x).buffer);
const uint64 = (x: number) => Buffer.from(BigUint64Array.of(BigInt(x)).buffer);
const text = (x: string) => Buffer.concat([uint64(Buffer.byteLength(x)), Buffer.from(x)]);

type Info = [name: string, sizes: number[], type: number, offset: number];

/** A file of these tensors, whose data is 256 bytes. */
function write(name: string, infos: Info[]): string {
  const file = path.join(folder, name);
  const header = Buffer.concat([
    ...[Buffer.from("GGUF"), uint32(3), uint64(infos.length), uint64(1)],
    ...[text("general.name"), uint32(8), text("tiny")],
    ...infos.flatMap(([tensor, sizes, type, offset]) => [
      ...[text(tensor), uint32(sizes.length), ...sizes.map(uint64), uint32(type), uint64(offset)],
    ]),
  ]);
  const data = Buffer.concat([
    Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer),
    Buffer.alloc(8),
    Buffer.from(BigInt64Array.of(-1n, 2n ** 40n).buffer),
    Buffer.alloc(16),
    Buffer.from(Uint16Array.of(0x3f80, 0xc000).buffer), // 1 and -2 as bfloat16
    Buffer.alloc(188),
  ]);
  fs.writeFileSync(file, Buffer.concat([header, Buffer.alloc((32 - (header.length % 32)) % 32), data]));
  return file;
}

test("tensors that are not quantised are mapped, the others named", async () => {
  const file = write("a.gguf", [
    ["w", [3, 2], 0, 0],
    ["n", [2], 27, 32],
    ["b", [2], 30, 64],
    ["q", [32], 2, 96],
  ]);
  const { metadata, tensors, quantized } = await load_file(file);
  expect(metadata["general.name"]).toBe("tiny");
  expect(tensors.w.tolist()).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect([tensors.n.dtype, tensors.n.tolist()]).toEqual([torch.int64, [-1, 2 ** 40]]);
  expect([tensors.b.dtype, tensors.b.tolist()]).toEqual([torch.bfloat16, [1, -2]]);
  expect(quantized).toEqual({ q: "Q4_0" });
  tensors.w.zero_();
  expect((await load_file(file)).tensors.w.sum().item()).toBe(21); // changes stay in memory
});

test("files that are damaged or missing", async () => {
  await expect(load_file(write("b.gguf", [["w", [1000], 0, 0]]))).rejects.toThrow(torch.ValueError);
  await expect(load_file(write("c.gguf", [["w", [1], 0, 1e9]]))).rejects.toThrow(torch.ValueError);
  const other = path.join(folder, "d.gguf");
  fs.writeFileSync(other, "something else, and long enough to look like a header");
  await expect(load_file(other)).rejects.toThrow(torch.ValueError);
  await expect(load_file(path.join(folder, "missing.gguf"))).rejects.toMatchObject({ code: "ENOENT" });
});
