// The old classes of storages, one for each dtype: torch/__init__.py

import { inspect } from "node:util";
import { def, isPlainObject } from "../arguments/function.js";
import * as dtypes from "../dtype.js";
import { RuntimeError } from "../errors.js";
import { isInt } from "../python/float.js";
import { typeName } from "../python/objects.js";
import type { dtype, Keywords } from "../types.js";
import type { Bytes } from "./sources.js";
import { _warn_typed_storage_removal, legacyNames, TypedStorage } from "./typed.js";
import { UntypedStorage } from "./untyped.js";

/** A class of the storages of one dtype on the CPU: it makes them, and `instanceof` tests for them. */
export interface LegacyStorage {
  new (size?: number | readonly number[]): TypedStorage;
  new (keywords: Keywords<{ wrap_storage: UntypedStorage }>): TypedStorage;
  (size?: number | readonly number[]): TypedStorage;
  (keywords: Keywords<{ wrap_storage: UntypedStorage }>): TypedStorage;
  readonly dtype: dtype;
  readonly is_cuda: boolean;
  readonly is_sparse: boolean;
  /** A copy of bytes as elements, in the order "big", "little" or "native". */
  from_buffer(buffer: Bytes, ...args: unknown[]): TypedStorage;
  /** The first elements of a file, mapped into memory; with `shared` changes are written to the file. */
  from_file(filename: string, shared: boolean, size: number): TypedStorage;
  [Symbol.hasInstance](value: unknown): boolean;
}

/** @internal The old class of storages of a dtype. */
export const legacyStorages = new Map<dtype, LegacyStorage>();

function fromBuffer(type: dtype, args: unknown[]): TypedStorage {
  _warn_typed_storage_removal();
  const keywords = isPlainObject(args.at(-1)) ? (args.pop() as Record<string, unknown>) : {};
  for (const name of ["dtype", "device"]) {
    if ((keywords[name] ?? null) === null && !(name === "dtype" && args.length === 5)) continue;
    throw new RuntimeError(
      `from_buffer: '${name}' can only be specified in UntypedStorage.from_buffer and TypedStorage.from_buffer`,
    );
  }
  const wrap_storage = UntypedStorage.from_buffer(...(args as [never]), { ...keywords, dtype: type } as never);
  return new TypedStorage({ wrap_storage, dtype: type, _internal: true } as never);
}

const fromFile = (type: dtype) =>
  def("TypedStorage.from_file", ["filename", "shared", "size"], (filename: string, shared: boolean, size: number) => {
    _warn_typed_storage_removal();
    const wrap_storage = UntypedStorage.from_file(filename, shared, size * type.itemsize);
    return new TypedStorage({ wrap_storage, dtype: type, _internal: true } as never);
  });

function legacyStorage(type: dtype): LegacyStorage {
  const name = legacyNames.get(type) as string;
  const expected = `<class 'torch.${name}'>.__new__ received an invalid combination of arguments. Expected one of:
 * no arguments
 * (int size)
 * (Sequence data)
 * (*, UntypedStorage wrap_storage)`;
  const named = {
    [name]: function (this: unknown, ...args: unknown[]) {
      const last = args[args.length - 1];
      const keywords = isPlainObject(last) ? last : {};
      const positional = last === keywords ? args.slice(0, -1) : args;
      for (const keyword of ["device", "dtype"]) {
        if (keywords[keyword] === undefined || keywords[keyword] === null) continue;
        throw new RuntimeError(`${expected}\nKeyword argument '${keyword}' cannot be specified`);
      }
      if (positional.length > 1) throw new RuntimeError(`${expected}\nToo many positional arguments`);
      const [data] = positional;
      if (data !== undefined && !isInt(data) && !Array.isArray(data)) {
        throw new TypeError(`${expected}\nArgument type not recognized: <class '${typeName(data)}'>`);
      }
      return new TypedStorage(...(positional as [number]), { ...keywords, dtype: type });
    },
  };
  const made = named[name] as unknown as LegacyStorage;
  Object.defineProperties(made, {
    dtype: { value: type },
    is_cuda: { value: false },
    is_sparse: { value: false },
    from_buffer: { value: (...args: unknown[]) => fromBuffer(type, args) },
    from_file: { value: fromFile(type) },
    [Symbol.hasInstance]: {
      value: (value: unknown) => value instanceof TypedStorage && value.dtype === type && value.device.type === "cpu",
    },
    toString: { value: () => `<class 'torch.${name}'>` },
    [inspect.custom]: { value: () => `<class 'torch.${name}'>` },
  });
  legacyStorages.set(type, made);
  return made;
}

/** Storages of float64 on the CPU. */
export const DoubleStorage = legacyStorage(dtypes.float64);
export type DoubleStorage = TypedStorage;
/** Storages of float32 on the CPU. */
export const FloatStorage = legacyStorage(dtypes.float32);
export type FloatStorage = TypedStorage;

/** The class of tensors' storages by default: FloatStorage. */
export const Storage = FloatStorage;
export type Storage = TypedStorage;
/** Storages of float16 on the CPU. */
export const HalfStorage = legacyStorage(dtypes.float16);
export type HalfStorage = TypedStorage;
/** Storages of int64 on the CPU. */
export const LongStorage = legacyStorage(dtypes.int64);
export type LongStorage = TypedStorage;
/** Storages of int32 on the CPU. */
export const IntStorage = legacyStorage(dtypes.int32);
export type IntStorage = TypedStorage;
/** Storages of int16 on the CPU. */
export const ShortStorage = legacyStorage(dtypes.int16);
export type ShortStorage = TypedStorage;
/** Storages of int8 on the CPU. */
export const CharStorage = legacyStorage(dtypes.int8);
export type CharStorage = TypedStorage;
/** Storages of uint8 on the CPU. */
export const ByteStorage = legacyStorage(dtypes.uint8);
export type ByteStorage = TypedStorage;
/** Storages of bool on the CPU. */
export const BoolStorage = legacyStorage(dtypes.bool);
export type BoolStorage = TypedStorage;
/** Storages of bfloat16 on the CPU. */
export const BFloat16Storage = legacyStorage(dtypes.bfloat16);
export type BFloat16Storage = TypedStorage;
/** Storages of complex128 on the CPU. */
export const ComplexDoubleStorage = legacyStorage(dtypes.complex128);
export type ComplexDoubleStorage = TypedStorage;
/** Storages of complex64 on the CPU. */
export const ComplexFloatStorage = legacyStorage(dtypes.complex64);
export type ComplexFloatStorage = TypedStorage;
/** Storages of quint8 on the CPU. */
export const QUInt8Storage = legacyStorage(dtypes.quint8);
export type QUInt8Storage = TypedStorage;
/** Storages of qint8 on the CPU. */
export const QInt8Storage = legacyStorage(dtypes.qint8);
export type QInt8Storage = TypedStorage;
/** Storages of qint32 on the CPU. */
export const QInt32Storage = legacyStorage(dtypes.qint32);
export type QInt32Storage = TypedStorage;
/** Storages of quint4x2 on the CPU. */
export const QUInt4x2Storage = legacyStorage(dtypes.quint4x2);
export type QUInt4x2Storage = TypedStorage;
/** Storages of quint2x4 on the CPU. */
export const QUInt2x4Storage = legacyStorage(dtypes.quint2x4);
export type QUInt2x4Storage = TypedStorage;
