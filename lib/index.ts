// The package's main entry: torch.

export { Tensor } from "./_tensor.js";
export * as autograd from "./autograd/index.js";
export {
  enable_grad,
  inference_mode,
  is_grad_enabled,
  is_inference_mode_enabled,
  no_grad,
  set_grad_enabled,
} from "./autograd/grad_mode.js";
export * as _tensor_str from "./_tensor_str.js";
export { set_printoptions } from "./_tensor_str.js";
export * as cuda from "./cuda.js";
export { device } from "./device.js";
export * from "./dtype.js";
export * from "./errors.js";
export * from "./generated/torch.js";
export * from "./layout.js";
export { default_generator, Generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state } from "./random.js";
export * as fft from "./generated/fft.js";
export * as linalg from "./generated/linalg.js";
export * as sparse from "./generated/sparse.js";
export * as special from "./generated/special.js";
export * as nested from "./generated/nested.js";
export * as py from "./python.js";
export { Size } from "./size.js";
export {
  as_tensor,
  from_numpy,
  frombuffer,
  get_default_device,
  get_default_dtype,
  set_default_dtype,
  tensor,
} from "./tensor_new.js";
export { tidy } from "./tidy.js";
export * as default from "./index.js";
