// torch/utils/benchmark/__init__.py

export {
  Measurement,
  ordered_unique,
  select_unit,
  set_torch_threads,
  TaskSpec,
  trim_sigfig,
  unit_to_english,
} from "./utils/common.js";
export { Colorize, Compare } from "./utils/compare.js";
export { FuzzedParameter, FuzzedTensor, Fuzzer, ParameterAlias } from "./utils/fuzzer.js";
export { FuzzedSparseTensor } from "./utils/sparse_fuzzer.js";
export { Language, Timer, timer } from "./utils/timer.js";
