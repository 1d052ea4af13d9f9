// The methods of storages that convert their elements: torch/storage.py

import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import * as dtypes from "../dtype.js";
import type { dtype } from "../types.js";
import { StorageBase } from "./base.js";
import { TypedStorage, typedStorageOf } from "./typed.js";
import { over, storageBytes, type UntypedStorage } from "./untyped.js";

const names = {
  double: dtypes.float64,
  float: dtypes.float32,
  half: dtypes.float16,
  long: dtypes.int64,
  int: dtypes.int32,
  short: dtypes.int16,
  char: dtypes.int8,
  byte: dtypes.uint8,
  bool: dtypes.bool,
  bfloat16: dtypes.bfloat16,
  complex_double: dtypes.complex128,
  complex_float: dtypes.complex64,
  float8_e5m2: dtypes.float8_e5m2,
  float8_e4m3fn: dtypes.float8_e4m3fn,
  float8_e5m2fnuz: dtypes.float8_e5m2fnuz,
  float8_e4m3fnuz: dtypes.float8_e4m3fnuz,
};

/** A copy of a storage's elements in another dtype: `x.double()`, `x.int()`, ... */
export type Conversions = { [Name in keyof typeof names]: () => TypedStorage };

function elements(storage: StorageBase): Tensor {
  if (storage instanceof TypedStorage) return over(storageBytes(storage), storage.dtype);
  return storageBytes(storage as UntypedStorage);
}

for (const [name, dtype] of Object.entries<dtype>(names)) {
  const convert = {
    [name](this: StorageBase): TypedStorage {
      return typedStorageOf(elements(this).to(dtype, { copy: true }));
    },
  };
  Object.defineProperty(StorageBase.prototype, name, { value: convert[name], writable: true, configurable: true });
}

const conversions = Object.fromEntries(Object.keys(names).map((name) => [name, []]));
takeKeywords("TypedStorage", TypedStorage.prototype, conversions);
takeKeywords("_StorageBase", StorageBase.prototype, conversions);
