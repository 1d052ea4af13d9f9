// Values on their way to TorchScript and back: by the types of a schema, as pybind_utils.cpp casts Python's.

import { Tensor } from "../_tensor.js";
import { isPlainObject } from "../arguments/function.js";
import type { ScriptHandle, ScriptType, TensorHandle } from "../binding.js";
import { Device, device } from "../device.js";
import { dtype } from "../dtype.js";
import { namedTupleClass } from "../named_tuple.js";
import { Complex } from "../python/complex.js";
import { isFloat, isInt, PyFloat } from "../python/float.js";
import { typeName } from "../python/objects.js";
import { repr } from "../python/repr.js";
import { handleOf, wrap } from "../tensor_base.js";

/** The property of a ScriptModule, a future or another object of TorchScript that holds its handle. */
export const HANDLE = Symbol("handle");

/** A value that cannot be of a type; the message is what Python gives as details. */
export class CastError extends Error {}

const notOfType = (value: unknown) =>
  new CastError(
    `Unable to cast Python instance of type <class '${typeName(value)}'> to C++ type '?' (#define PYBIND11_DETAILED_ERROR_MESSAGES or compile in debug mode for details)`,
  );

/** The tensors by the handles that were given, so that a tensor which comes back is the very object. */
export type Given = Map<TensorHandle, Tensor>;

function encodeTensor(value: unknown, given: Given): TensorHandle | null {
  if (value === null) return null;
  if (!(value instanceof Tensor)) throw new CastError(`Unable to cast ${repr(value)} to Tensor`);
  const handle = handleOf(value);
  given.set(handle, value);
  return handle;
}

function encodeInt(value: unknown): number | bigint {
  if (typeof value === "boolean") return Number(value);
  if (value instanceof dtype) return value.code;
  if (!isInt(value)) throw notOfType(value);
  return value as number | bigint;
}

function encodeFloat(value: unknown): number {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return Number(value);
  if (value instanceof PyFloat) return value.valueOf();
  throw notOfType(value);
}

const encodeComplex = (value: unknown): [number, number] =>
  value instanceof Complex ? [value.real, value.imag] : [encodeFloat(value), 0];

function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array);
  throw notOfType(value);
}

/** The keys and values of a dict, in turn. */
function entriesOf(value: unknown): unknown[] {
  if (value instanceof Map) return [...value].flat(1);
  if (isPlainObject(value)) return Object.entries(value).flat(1);
  throw notOfType(value);
}

/** A value as the addon reads it for a type; throws CastError if it is not of that type. */
export function encode(value: unknown, type: ScriptType, given: Given): unknown {
  const [first, second] = type.contained;
  switch (type.kind) {
    case "TensorType":
      return encodeTensor(value, given);
    case "OptionalType":
      return value === null ? null : encode(value, first, given);
    case "NoneType":
      if (value !== null) throw new CastError(`Cannot cast ${repr(value)} to None`);
      return null;
    case "BoolType":
      if (typeof value === "boolean") return value;
      if (value === null || typeof value === "number") return Boolean(value);
      throw notOfType(value);
    case "IntType":
      return encodeInt(value);
    case "FloatType":
      return encodeFloat(value);
    case "ComplexType":
      return encodeComplex(value);
    case "StringType":
      if (typeof value !== "string") throw notOfType(value);
      return value;
    case "DeviceObjType":
      if (!(value instanceof Device || typeof value === "string")) throw notOfType(value);
      return String(device(value as string));
    case "ListType":
      return encodeList(elementsOf(value), first, given);
    case "TupleType": {
      const elements = elementsOf(value);
      if (elements.length !== type.contained.length) {
        throw new CastError(`Object ${repr(value)} had a different number of elements than type ${type.text}`);
      }
      return elements.map((element, i) => encode(element, type.contained[i], given));
    }
    case "DictType":
      return entriesOf(value).map((one, i) => encode(one, i % 2 === 0 ? first : second, given));
    case "UnionType":
      return encodeUnion(value, type, given);
    case "NumberType":
    case "AnyType":
      return encodeInferred(value, given);
    default:
      return scriptHandle(value, type);
  }
}

/** The lists that Python casts as a whole, which is what its error names. */
const WHOLE = new Set(["IntType", "FloatType", "BoolType", "TensorType"]);

function encodeList(elements: readonly unknown[], type: ScriptType, given: Given): unknown[] {
  try {
    return elements.map((element) => encode(element, type, given));
  } catch (error) {
    throw error instanceof CastError && WHOLE.has(type.kind) ? notOfType(elements) : error;
  }
}

function encodeUnion(value: unknown, type: ScriptType, given: Given): unknown {
  for (const [i, member] of type.contained.entries()) {
    try {
      return [i, encode(value, member, given)];
    } catch (error) {
      if (!(error instanceof CastError)) throw error;
    }
  }
  throw notOfType(value);
}

function scriptHandle(value: unknown, type: ScriptType): ScriptHandle {
  const handle = (value as { [HANDLE]?: ScriptHandle } | null)?.[HANDLE];
  if (handle === undefined) {
    throw new CastError(`Cannot cast ${repr(value)} to ${type.text}, which is a class of TorchScript`);
  }
  return handle;
}

/** A value as the addon reads it where it has to say itself of which type it is; arrays are tuples. */
export function encodeInferred(value: unknown, given: Given = new Map()): unknown {
  if (value instanceof Tensor) return encodeTensor(value, given);
  if (value === null || value === undefined) return ["none"];
  if (typeof value === "boolean") return ["bool", value];
  if (typeof value === "string") return ["str", value];
  if (isInt(value)) return ["int", value];
  if (isFloat(value)) return ["float", Number(value)];
  if (value instanceof Complex) return ["complex", [value.real, value.imag]];
  if (value instanceof Device) return ["device", String(value)];
  if (Array.isArray(value)) return ["tuple", ...value.map((element) => encodeInferred(element, given))];
  if (value instanceof Map || isPlainObject(value)) {
    return ["dict", ...entriesOf(value).map((one) => encodeInferred(one, given))];
  }
  const handle = (value as { [HANDLE]?: ScriptHandle })[HANDLE];
  if (handle !== undefined) return ["object", handle];
  throw new CastError(
    `Only tensors and (possibly nested) tuples of tensors, lists, or dictsare supported as inputs or outputs of traced functions, but instead got value of type ${typeName(value)}.`,
  );
}

/** What the addon gives for a value that JavaScript has no word for. */
interface Tagged {
  tag: "float" | "complex" | "device" | "tuple" | "namedtuple" | "dict" | "future" | "module" | "object";
  value: unknown;
  names?: string[];
  type?: string;
}

/** Makes objects of the handles of modules, futures and others: given by those that define the classes. */
export const objects: Record<"future" | "module" | "object", (handle: ScriptHandle, type: string) => unknown> = {
  future: () => null,
  module: () => null,
  object: () => null,
};

const isTagged = (value: object): value is Tagged =>
  Object.getPrototypeOf(value) === Object.prototype && "tag" in value;

/** A value that the addon wrote. */
export function decode(value: unknown, given?: Given): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => decode(element, given));
  if (!isTagged(value)) return given?.get(value as TensorHandle) ?? wrap(value as TensorHandle);
  const elements = () => (value.value as unknown[]).map((element) => decode(element, given));
  switch (value.tag) {
    case "float":
      return value.value;
    case "complex":
      return new Complex(...(value.value as [number, number]));
    case "device":
      return device(value.value as string);
    case "tuple":
      return elements();
    case "namedtuple":
      return new (namedTupleClass(value.type as string, value.names as string[], "typing"))(...elements());
    case "dict":
      return dictOf(elements());
    default:
      return objects[value.tag](value.value as ScriptHandle, value.type as string);
  }
}

/** A dict: an object if its keys are strings whose order JavaScript keeps, else a Map. */
function dictOf(entries: unknown[]): unknown {
  const pairs: [unknown, unknown][] = [];
  for (let i = 0; i < entries.length; i += 2) pairs.push([entries[i], entries[i + 1]]);
  const isPlain = pairs.every(([key]) => typeof key === "string" && !/^\d+$/.test(key));
  if (!isPlain) return new Map(pairs);
  const result = {};
  for (const [key, value] of pairs) {
    Object.defineProperty(result, key as string, { value, writable: true, enumerable: true, configurable: true });
  }
  return result;
}
