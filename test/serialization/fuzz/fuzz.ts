// Mutated files for each reader: all must end in a value or an error that a reader throws on purpose.

import fs from "node:fs";
import path from "node:path";
import torch, { type Tensor } from "tstorch";
import * as numpy from "tstorch/numpy";
import * as safetensors from "tstorch/safetensors";
import { checkpoint } from "../helpers/archive.js";

const fixtures = path.join(import.meta.dirname, "..", "fixtures");
const read = (name: string) => fs.readFileSync(path.join(fixtures, name));

interface Reader {
  seeds: readonly Buffer[];
  /** `seed` is the number of the file that was mutated. */
  load(bytes: Buffer, seed: number): unknown;
}

const archives = [
  ...["state_dict", "checkpoint", "values", "views", "grad", "sparse", "quantized", "conj", "empty", "storages"],
  ...["dtypes/float8_e5m2", "numpy_arrays"],
].map((name) => read(`${name}.pt`));

const allowed = ["numpy._core.multiarray._reconstruct", "numpy.ndarray", "numpy.dtype"];
const load = (bytes: Buffer) => torch.serialization.safe_globals(allowed, () => torch.load(bytes));

interface Parts {
  pickle: Buffer;
  storages: { [key: string]: Buffer };
}

/** The pickle and the storages of a file that torch.save() has written. */
function partsOf(archive: Buffer): Parts {
  const parts: Parts = { pickle: Buffer.alloc(0), storages: {} };
  let at = archive.readUInt32LE(archive.length - 6);
  while (archive.readUInt32LE(at) === 0x02014b50) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("latin1", at + 46, at + 46 + nameLength);
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + nameLength + archive.readUInt16LE(local + 28);
    const bytes = archive.subarray(start, start + archive.readUInt32LE(at + 24));
    if (name.endsWith("/data.pkl")) parts.pickle = bytes;
    else if (/\/data\/\d+$/.test(name)) parts.storages[path.basename(name)] = bytes;
    at += 46 + nameLength + archive.readUInt16LE(at + 30);
  }
  return parts;
}

const parts = archives.map(partsOf);

export const readers: Record<string, Reader> = {
  zip: { seeds: archives, load },
  pickle: {
    seeds: parts.map(({ pickle }) => pickle),
    load: (bytes, seed) => load(checkpoint(bytes.toString("latin1"), parts[seed].storages)),
  },
  legacy: { seeds: ["legacy.pt", "legacy_views.pt"].map(read), load },
  safetensors: { seeds: [read("tensors.safetensors")], load: (bytes) => safetensors.load(bytes) },
  npy: {
    seeds: ["c_order.npy", "fortran.npy", "big_endian.npy", "scalar.npy"].map(read),
    load: (bytes) => numpy.load(bytes),
  },
  npz: { seeds: ["stored.npz", "deflated.npz"].map(read), load: (bytes) => numpy.load(bytes) },
};

/** Numbers of 32 bits, the same for the same seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const interesting = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000, 0x2000000];
const opcodes = Buffer.from("\x80\x81\x85\x86\x87\x88\x89\x8a()NRQ]}abceghjqrstu.KJMGXU", "latin1");

/** A copy with a few changes. */
export function mutate(seed: Buffer, other: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(seed);
  for (let changes = 1 + random(4); changes > 0 && bytes.length > 0; changes--) {
    const at = random(bytes.length);
    const length = 1 + random(Math.min(64, bytes.length - at));
    switch (random(8)) {
      case 0:
        bytes[at] ^= 1 << random(8);
        break;
      case 1:
        bytes[at] = random(256);
        break;
      case 2:
        bytes[at] = opcodes[random(opcodes.length)];
        break;
      case 3:
        if (at + 4 <= bytes.length) bytes.writeUInt32LE(interesting[random(interesting.length)], at);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      case 6:
        bytes = random(8) === 0 ? bytes.subarray(0, at) : bytes;
        break;
      case 7: {
        const from = random(other.length);
        bytes.set(other.subarray(from, from + Math.min(length, bytes.length - at)), at);
        break;
      }
    }
  }
  return bytes;
}

const expected = new Set([
  ...["RuntimeError", "UnpicklingError", "EOFError", "ValueError", "IndexError", "NotImplementedError"],
  ...["AssertionError", "SafetensorError", "OverflowError"],
]);

/** Whether an error is one that a reader throws on purpose, not one of the engine's. */
function isExpected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "TypeError")
    return !/Cannot |undefined|is not a function|not iterable|\[object/.test(error.message);
  return expected.has(error.name);
}

/** Reads all elements, so that a view beyond its memory shows. */
function touch(x: unknown, depth = 0): void {
  if (depth > 4 || typeof x !== "object" || x === null) return;
  if (x instanceof torch.Tensor) touchTensor(x);
  else if (Array.isArray(x)) for (const item of x.slice(0, 50)) touch(item, depth + 1);
  else if (x instanceof Map) for (const item of x.values()) touch(item, depth + 1);
  else if (Object.getPrototypeOf(x) === Object.prototype) for (const item of Object.values(x)) touch(item, depth + 1);
}

function touchTensor(x: Tensor): void {
  if (x.is_meta || x.numel() > 100_000) return;
  try {
    if (x.layout === torch.strided) x.clone();
    else x.to_dense();
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

export interface Figures {
  loaded: number;
  errors: Map<string, number>;
}

/** Feeds a reader mutated files; throws with the number of the first that it took badly. */
export function fuzz(name: string, count: number, first = 0): Figures {
  const { seeds, load } = readers[name];
  const figures: Figures = { loaded: 0, errors: new Map() };
  for (let i = first; i < first + count; i++) {
    const random = randomNumbers((i + 1) * 2654435761);
    const seed = random(seeds.length);
    const bytes = mutate(seeds[seed], seeds[random(seeds.length)], random);
    try {
      touch(load(bytes, seed));
      figures.loaded++;
    } catch (error) {
      if (!isExpected(error)) throw new Error(`${name}, mutation ${i}: ${(error as Error).stack}`, { cause: error });
      const kind = (error as Error).name;
      figures.errors.set(kind, (figures.errors.get(kind) ?? 0) + 1);
    }
  }
  return figures;
}
