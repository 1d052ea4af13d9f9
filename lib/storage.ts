// torch/storage.py

import "./storage/conversions.js";

export {
  BFloat16Storage,
  BoolStorage,
  ByteStorage,
  CharStorage,
  ComplexDoubleStorage,
  ComplexFloatStorage,
  DoubleStorage,
  FloatStorage,
  HalfStorage,
  IntStorage,
  type LegacyStorage,
  LongStorage,
  legacyStorages,
  QInt8Storage,
  QInt32Storage,
  QUInt2x4Storage,
  QUInt4x2Storage,
  QUInt8Storage,
  ShortStorage,
  Storage,
} from "./storage/legacy.js";
export { _warn_typed_storage_removal, TypedStorage, typedStorageOf } from "./storage/typed.js";
export { storageBytes, storageOf, UntypedStorage } from "./storage/untyped.js";
