// numpy's scalars and arrays in pickles, for those who add them to the list of safe globals.

import { UnpicklingError } from "../errors.js";
import { Complex } from "../python/complex.js";
import { bool } from "../python.js";
import type { NdArray } from "../tensor_new.js";
import { allowBuild } from "./buildable.js";
import { asCounts, asText, Global, itemsOf, nameOfType, PyTuple } from "./values.js";

/** numpy's dtype: what one element is. */
class NumpyDtype {
  readonly kind: string;
  readonly itemsize: number;
  bigEndian = false;

  constructor(code: string) {
    const found = /^[<>=|]?([biufc])(\d{1,2})$/.exec(code);
    if (!found) throw new UnpicklingError(`arrays of numpy's dtype ${JSON.stringify(code)} cannot be read`);
    this.kind = found[1];
    this.itemsize = Number(found[2]);
    if (code.startsWith(">")) this.bigEndian = true;
    if (!arrays.has(this.kind + this.itemsize)) {
      throw new UnpicklingError(`arrays of numpy's dtype ${JSON.stringify(code)} cannot be read`);
    }
  }

  /** (version, byte order, ...): of the rest, plain dtypes have nothing. */
  __setstate__(state: unknown): void {
    if (!Array.isArray(state) || typeof state[1] !== "string") throw new UnpicklingError("a numpy dtype is malformed");
    if (state[3] !== null && state[3] !== undefined) throw new UnpicklingError("numpy's records cannot be read");
    this.bigEndian = state[1] === ">";
  }

  /** The elements as a typed array of their own memory; complex ones as pairs. */
  elements(bytes: Uint8Array): ArrayBufferView & ArrayLike<number | bigint> {
    const copy = Buffer.from(new ArrayBuffer(bytes.length));
    copy.set(bytes);
    const part = this.kind === "c" ? this.itemsize / 2 : this.itemsize;
    if (bytes.length % this.itemsize !== 0) throw new UnpicklingError("the bytes of a numpy array are cut short");
    if (this.bigEndian && part === 2) copy.swap16();
    if (this.bigEndian && part === 4) copy.swap32();
    if (this.bigEndian && part === 8) copy.swap64();
    const array = arrays.get(this.kind + this.itemsize) as Float64ArrayConstructor;
    return new array(copy.buffer as ArrayBuffer);
  }
}

const arrays = new Map<string, unknown>([
  ["b1", Uint8Array],
  ["i1", Int8Array],
  ["i2", Int16Array],
  ["i4", Int32Array],
  ["i8", BigInt64Array],
  ["u1", Uint8Array],
  ["u2", Uint16Array],
  ["u4", Uint32Array],
  ["u8", BigUint64Array],
  ["f4", Float32Array],
  ["f8", Float64Array],
  ["c8", Float32Array],
  ["c16", Float64Array],
]);

function asDtype(x: unknown): NumpyDtype {
  if (x instanceof NumpyDtype) return x;
  throw new UnpicklingError(`expected a numpy dtype, not ${nameOfType(x)}`);
}

function asBytes(x: unknown): Uint8Array {
  if (x instanceof Uint8Array) return x;
  if (typeof x === "string") return Buffer.from(x, "latin1"); // a str of Python 2
  throw new UnpicklingError(`the data of a numpy array must be bytes, not ${nameOfType(x)}`);
}

function scalar([type, data]: readonly unknown[]): unknown {
  const dtype = asDtype(type);
  const bytes = asBytes(data);
  if (bytes.length !== dtype.itemsize) throw new UnpicklingError("the bytes of a numpy scalar are cut short");
  const [first, second] = Array.from(dtype.elements(bytes));
  if (dtype.kind === "c") return new Complex(Number(first), Number(second));
  if (dtype.kind === "b") return bool(first);
  return typeof first === "bigint" && Number.isSafeInteger(Number(first)) ? Number(first) : first;
}

/** An array, empty until BUILD gives it its state: (version, shape, dtype, Fortran order, data). */
class NumpyArray implements NdArray {
  data: NdArray["data"] = [];
  shape: number[] = [];
  stride: number[] = [];
  offset = 0;

  __setstate__(state: unknown): void {
    const [, sizes, type, fortran, data] = itemsOf(state, "the state of a numpy array");
    const dtype = asDtype(type);
    const shape = asCounts(sizes, "the shape of a numpy array");
    if (shape.length > 64) throw new UnpicklingError(`a numpy array has ${shape.length} dimensions`);
    const count = shape.reduce((product, size) => product * size, 1);
    const bytes = asBytes(data);
    if (count * dtype.itemsize !== bytes.length) {
      throw new UnpicklingError(`a numpy array of shape (${shape.join(", ")}) has ${bytes.length} bytes of data`);
    }
    if (dtype.kind === "c") throw new UnpicklingError("numpy arrays of complex numbers cannot be read; save tensors");
    this.data = dtype.elements(bytes);
    this.shape = shape;
    this.stride = new Array(shape.length);
    let step = 1;
    for (let i = 0; i < shape.length; i++) {
      const dim = fortran ? i : shape.length - 1 - i;
      this.stride[dim] = step;
      step *= shape[dim];
    }
  }
}

function global(name: string, call: (args: readonly unknown[]) => unknown): [string, Global] {
  return [name, new Global(name, call)];
}

const dtypeClasses: Record<string, string> = {
  BoolDType: "b1",
  Int8DType: "i1",
  Int16DType: "i2",
  Int32DType: "i4",
  Int64DType: "i8",
  UInt8DType: "u1",
  UInt16DType: "u2",
  UInt32DType: "u4",
  UInt64DType: "u8",
  Float32DType: "f4",
  Float64DType: "f8",
  Complex64DType: "c8",
  Complex128DType: "c16",
};

const multiarray = ["numpy._core.multiarray", "numpy.core.multiarray"];

/** What is known of numpy, by the names of numpy 1 and 2. */
export const numpyGlobals: ReadonlyMap<string, Global> = new Map([
  global("numpy.dtype", ([code]) => allowBuild(new NumpyDtype(asText(code, "a numpy dtype")))),
  global("numpy.ndarray", () => {
    throw new UnpicklingError("numpy.ndarray is made by numpy.core.multiarray._reconstruct alone");
  }),
  ...Object.entries(dtypeClasses).map(([name, code]) =>
    global(`numpy.dtypes.${name}`, () => allowBuild(new NumpyDtype(code))),
  ),
  ...multiarray.flatMap((module) => [
    global(`${module}.scalar`, scalar),
    global(`${module}._reconstruct`, ([type, shape]) => {
      if (!(type instanceof Global && type.name === "numpy.ndarray")) {
        throw new UnpicklingError(`a numpy array of class ${nameOfType(type)} cannot be read`);
      }
      if (!(shape instanceof PyTuple)) throw new UnpicklingError("a numpy array is malformed");
      return allowBuild(new NumpyArray());
    }),
  ]),
]);
