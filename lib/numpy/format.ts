// The .npy format: numpy/lib/format.py

import type { Tensor } from "../_tensor.js";
import type { dtype } from "../dtype.js";
import * as dtypes from "../dtype.js";
import { ValueError } from "../errors.js";
import type { Parts } from "../serialization/sink.js";
import type { Source } from "../serialization/source.js";
import { byteswap, partsOf, readBytes, StoredBytes, viewOf } from "../serialization/storages.js";
import { storageBytes, storageOf } from "../storage.js";

const MAGIC = Buffer.from("\x93NUMPY", "latin1");
const LONGEST_HEADER = 10_000; // numpy's own limit

const types = new Map<string, dtype>([
  ["b1", dtypes.bool],
  ["u1", dtypes.uint8],
  ["u2", dtypes.uint16],
  ["u4", dtypes.uint32],
  ["u8", dtypes.uint64],
  ["i1", dtypes.int8],
  ["i2", dtypes.int16],
  ["i4", dtypes.int32],
  ["i8", dtypes.int64],
  ["f2", dtypes.float16],
  ["f4", dtypes.float32],
  ["f8", dtypes.float64],
  ["c8", dtypes.complex64],
  ["c16", dtypes.complex128],
]);
const codes = new Map([...types].map(([code, type]) => [type, code]));

interface Header {
  type: dtype;
  foreign: boolean;
  fortran: boolean;
  shape: number[];
  /** Where the elements begin. */
  offset: number;
}

const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function readHeader(source: Source): Header {
  if (source.size < 10 || !source.read(0, 6).equals(MAGIC)) {
    throw new ValueError("the magic string is not correct; expected b'\\x93NUMPY': this is no .npy file");
  }
  const [major, minor] = source.read(6, 2);
  if (major < 1 || major > 3 || minor !== 0) throw new ValueError(`Invalid version (${major}, ${minor})`);
  const field = major === 1 ? 2 : 4;
  if (source.size < 8 + field) throw new ValueError("EOF: reading array header length");
  const length = source.read(8, field).readUIntLE(0, field);
  if (length > LONGEST_HEADER)
    throw new ValueError(`Header info length (${length}) is large and may not be safe to load`);
  const offset = 8 + field + length;
  if (offset > source.size) throw new ValueError("EOF: reading array header");
  const text = source.read(8 + field, length).toString(major === 3 ? "utf8" : "latin1");
  return { ...parseHeader(text), offset };
}

/** The header is a dict of Python's with these three keys, in any order. */
function parseHeader(text: string): Omit<Header, "offset"> {
  const descr = /['"]descr['"]\s*:\s*['"]([<>|=]?)([a-zA-Z]\d+)['"]/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const sizes = /['"]shape['"]\s*:\s*\(((?:\s*\d+\s*,?)*)\)/.exec(text);
  if (!order || !sizes) throw new ValueError(`Cannot parse header: ${JSON.stringify(text.trim())}`);
  const type = descr && types.get(descr[2]);
  if (!type) {
    throw new ValueError(`arrays of this dtype cannot be read as tensors: ${JSON.stringify(text.trim())}`);
  }
  const shape = sizes[1]
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  const little = descr[1] === "=" ? isLittle : descr[1] !== ">";
  return { type, foreign: little !== isLittle, fortran: order[1] === "True", shape };
}

/** The tensor of a .npy file. Throws ValueError that says what is wrong. */
export function readArray(source: Source): Tensor {
  const { type, foreign, fortran, shape, offset } = readHeader(source);
  const count = shape.reduce((product, size) => product * size, 1);
  const nbytes = count * type.itemsize;
  if (!(nbytes <= source.size - offset)) {
    throw new ValueError(`EOF: reading array data, expected ${nbytes} bytes got ${source.size - offset}`);
  }
  const bytes = readBytes(source, offset, nbytes);
  if (foreign) byteswap(bytes, nbytes, type);
  const stride = new Array<number>(shape.length);
  let step = 1;
  for (let i = 0; i < shape.length; i++) {
    const dim = fortran ? i : shape.length - 1 - i;
    stride[dim] = step;
    step *= Math.max(shape[dim], 1);
  }
  return viewOf(new StoredBytes(bytes, type, nbytes), type, 0, shape, stride);
}

/** The bytes of the file that numpy would write for an array. Throws TypeError for a dtype that numpy has not. */
export function* writeArray(given: Tensor): Parts {
  const code = codes.get(given.dtype);
  if (code === undefined) throw new TypeError(`numpy has no dtype for ${given.dtype}: convert the tensor first`);
  const x = given.detach().cpu().resolve_conj().resolve_neg().contiguous();
  yield headerFor(code, given.dtype.itemsize, x.shape);
  const start = x.storage_offset() * x.element_size();
  const bytes = storageBytes(storageOf(x));
  yield* partsOf(bytes, x.nbytes, start);
}

function headerFor(code: string, itemsize: number, shape: readonly number[]): Buffer {
  const order = itemsize === 1 ? "|" : isLittle ? "<" : ">";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // As numpy: room for the first size to grow, then so long that the elements begin at a multiple of 64.
  const spare = shape.length ? 21 - String(shape[0]).length : 0;
  const least = 10 + text.length + Math.max(spare, 0) + 1;
  const header = Buffer.alloc(Math.ceil(least / 64) * 64, " ");
  header.set(MAGIC, 0);
  header[6] = 1;
  header[7] = 0;
  header.writeUInt16LE(header.length - 10, 8);
  header.write(text, 10, "latin1");
  header[header.length - 1] = 10;
  return header;
}
