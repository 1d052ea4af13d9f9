// The package's main entry: torch.

import { Tensor as TensorClass } from "./_tensor.js";
import { callable } from "./callable.js";

/** {@inheritDoc TensorClass} */
export const Tensor = callable(TensorClass);
export type Tensor = TensorClass;

export * as _export from "./_export/index.js";
export { vmap } from "./_functorch/apis.js";
export * as _inductor from "./_inductor/index.js";
export { _symeig as symeig, cholesky, eig, lstsq, matrix_rank, qr, solve } from "./_linalg_utils.js";
export { lobpcg } from "./_lobpcg.js";
export { FunctionSchema, ops, Tag } from "./_ops.js";
export * as _tensor_str from "./_tensor_str.js";
export { set_printoptions } from "./_tensor_str.js";
export * as accelerator from "./accelerator/index.js";
export { aio } from "./aio.js";
export {
  autocast,
  autocast_decrement_nesting,
  autocast_increment_nesting,
  clear_autocast_cache,
  get_autocast_dtype,
  is_autocast_cache_enabled,
  is_autocast_enabled,
  set_autocast_cache_enabled,
  set_autocast_dtype,
  set_autocast_enabled,
} from "./amp/autocast_mode.js";
export { GradScaler } from "./amp/grad_scaler.js";
export * as amp from "./amp/index.js";
export { is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled } from "./autograd/anomaly_mode.js";
export {
  enable_grad,
  inference_mode,
  is_grad_enabled,
  is_inference_mode_enabled,
  no_grad,
  set_grad_enabled,
} from "./autograd/grad_mode.js";
export * as autograd from "./autograd/index.js";
export { backends } from "./backends/index.js";
export * as compiler from "./compiler/index.js";
export * as cpu from "./cpu/index.js";
export * as cuda from "./cuda.js";
export { device } from "./device.js";
export * as distributions from "./distributions/index.js";
export * from "./dtype.js";
export * from "./errors.js";
export * as export from "./export/index.js";
export * as fft from "./fft.js";
export * as foreach from "./foreach/index.js";
export * as func from "./func/index.js";
export * as functional from "./functional.js";
export {
  atleast_1d,
  atleast_2d,
  atleast_3d,
  block_diag,
  broadcast_shapes,
  broadcast_tensors,
  cartesian_prod,
  cdist,
  chain_matmul,
  einsum,
  lu,
  meshgrid,
  norm,
  pca_lowrank,
  split,
  stft,
  svd_lowrank,
  tensordot,
  unique,
  unique_consecutive,
  unravel_index,
} from "./functional.js";
export * from "./generated/torch.js";
export * as hub from "./hub.js";
export * as default from "./index.js";
export * as jit from "./jit/index.js";
export * from "./layout.js";
export * as library from "./library.js";
export * as linalg from "./linalg.js";
export * as masked from "./masked/index.js";
export * as multiprocessing from "./multiprocessing/index.js";
export { NestedInt as SymInt } from "./nested/_internal/nested_int.js";
export * as nested from "./nested.js";
export * as nn from "./nn/index.js";
export * as optim from "./optim/index.js";
export * as overrides from "./overrides.js";
export * as profiler from "./profiler/index.js";
export * as py from "./python.js";
export * as quasirandom from "./quasirandom.js";
export * as random from "./random.js";
export {
  default_generator,
  Generator,
  get_rng_state,
  initial_seed,
  manual_seed,
  seed,
  set_rng_state,
} from "./random.js";
export * as return_types from "./return_types.js";
export * as serialization from "./serialization.js";
export { load, save } from "./serialization.js";
export * as signal from "./signal/index.js";
export { Size } from "./size.js";
export * as sparse from "./sparse.js";
export * as special from "./special.js";
export * as storage from "./storage.js";
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
  LongStorage,
  QInt8Storage,
  QInt32Storage,
  QUInt2x4Storage,
  QUInt4x2Storage,
  QUInt8Storage,
  ShortStorage,
  Storage,
  TypedStorage,
  UntypedStorage,
} from "./storage.js";
export {
  as_tensor,
  from_numpy,
  frombuffer,
  get_default_device,
  get_default_dtype,
  set_default_dtype,
  tensor,
} from "./tensor_new.js";
export * as testing from "./testing/index.js";
export { tidy } from "./tidy.js";
export * from "./torch_functions.js";
export { promote_types, result_type } from "./torch_functions.js";

export { from_dlpack, to_dlpack } from "./utils/dlpack.js";
export * as utils from "./utils/index.js";
export * as version from "./version.js";
export { __version__ } from "./version.js";
export * as vision from "./vision/index.js";
