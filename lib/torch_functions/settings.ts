// Settings of the whole process: torch/__init__.py and torch/csrc/Module.cpp

import { builtin, def } from "../arguments/function.js";
import { parser } from "../arguments/parser.js";
import { native } from "../binding.js";
import { toDevice } from "../device.js";
import { RuntimeError } from "../errors.js";
import { setMode } from "../modes.js";
import { isInt } from "../python/float.js";
import { typeName } from "../python/objects.js";
import type { DeviceLike } from "../types.js";
import { enterDevice } from "../utils/_device.js";

function checkType(name: string, value: unknown, expected: "int" | "bool" | "str"): void {
  const tests = { int: isInt(value), bool: typeof value === "boolean", str: typeof value === "string" };
  if (tests[expected]) return;
  const article = expected === "int" ? "an" : "a";
  throw new RuntimeError(`${name} expects ${article} ${expected}, but got ${typeName(value)}`);
}

function setThreads(name: string, setting: string, value: number): void {
  checkType(name, value, "int");
  if (value <= 0) throw new RuntimeError(`${name} expects a positive integer`);
  native.setSetting(setting, value);
}

/**
 * The number of threads that one operation on the CPU uses.
 *
 * `get_num_threads() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.get_num_threads.html}
 */
export const get_num_threads = builtin(
  "torch.get_num_threads",
  (): number => native.getSetting("num_threads") as number,
);

/**
 * Sets the number of threads that one operation on the CPU uses.
 *
 * `set_num_threads(int) -> None`
 *
 * Throws RuntimeError for what is no positive integer.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_num_threads.html}
 */
export const set_num_threads = builtin("torch.set_num_threads", (int: number): void => {
  setThreads("set_num_threads", "num_threads", int);
});

/**
 * The number of threads that run independent operations of traced modules.
 *
 * `get_num_interop_threads() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.get_num_interop_threads.html}
 */
export const get_num_interop_threads = builtin(
  "torch.get_num_interop_threads",
  (): number => native.getSetting("num_interop_threads") as number,
);

/**
 * Sets the number of threads that run independent operations of traced modules: once, before any of them ran.
 *
 * `set_num_interop_threads(int) -> None`
 *
 * Throws RuntimeError for what is no positive integer, and when it is too late.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_num_interop_threads.html}
 */
export const set_num_interop_threads = builtin("torch.set_num_interop_threads", (int: number): void => {
  setThreads("set_num_interop_threads", "num_interop_threads", int);
});

/**
 * The precision of float32 matrix products: "highest", "high" or "medium".
 *
 * `get_float32_matmul_precision() -> str`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.get_float32_matmul_precision.html}
 */
export const get_float32_matmul_precision = def(
  "get_float32_matmul_precision",
  [],
  (): string => native.getSetting("float32_matmul_precision") as string,
);

/**
 * Sets the precision of float32 matrix products: "highest" (float32), "high" (TensorFloat32 or a sum of bfloat16) or
 * "medium" (bfloat16), where the device has them.
 *
 * `set_float32_matmul_precision(precision) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_float32_matmul_precision.html}
 */
export const set_float32_matmul_precision = def(
  "set_float32_matmul_precision",
  ["precision"],
  (precision: string): void => {
    checkType("set_float32_matmul_precision", precision, "str");
    native.setSetting("float32_matmul_precision", precision);
  },
);

const parseDeterministic = parser("_set_deterministic_algorithms(bool mode, *, bool warn_only=False)");

function setDeterministic(mode: boolean, warn_only: boolean): void {
  parseDeterministic([mode, { warn_only }]);
  native.setSetting("deterministic_algorithms", mode);
  native.setSetting("deterministic_algorithms_warn_only", warn_only);
}

/**
 * Makes operations give the same result for the same input every time: those that cannot throw RuntimeError, or warn if
 * `warn_only` is set.
 *
 * `use_deterministic_algorithms(mode, *, warn_only=False) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.use_deterministic_algorithms.html}
 */
export const use_deterministic_algorithms = def(
  "use_deterministic_algorithms",
  ["mode", "*", "warn_only"],
  (mode: boolean, warn_only = false): void => setDeterministic(mode, warn_only),
);

/**
 * Whether use_deterministic_algorithms() is on.
 *
 * `are_deterministic_algorithms_enabled() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.are_deterministic_algorithms_enabled.html}
 */
export const are_deterministic_algorithms_enabled = def(
  "are_deterministic_algorithms_enabled",
  [],
  (): boolean => native.getSetting("deterministic_algorithms") as boolean,
);

/**
 * Whether operations that are not deterministic only warn.
 *
 * `is_deterministic_algorithms_warn_only_enabled() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.is_deterministic_algorithms_warn_only_enabled.html}
 */
export const is_deterministic_algorithms_warn_only_enabled = def(
  "is_deterministic_algorithms_warn_only_enabled",
  [],
  (): boolean => native.getSetting("deterministic_algorithms_warn_only") as boolean,
);

const debug_modes = ["default", "warn", "error"];

/**
 * Sets what operations that are not deterministic do: "default" or 0 nothing, "warn" or 1 a warning, "error" or 2 throw.
 *
 * `set_deterministic_debug_mode(debug_mode) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_deterministic_debug_mode.html}
 */
export const set_deterministic_debug_mode = def(
  "set_deterministic_debug_mode",
  ["debug_mode"],
  (debug_mode: number | string): void => {
    if (typeof debug_mode !== "string" && typeof debug_mode !== "boolean" && !isInt(debug_mode)) {
      throw new TypeError(`debug_mode must be str or int, but got <class '${typeName(debug_mode)}'>`);
    }
    const mode = typeof debug_mode === "string" ? debug_modes.indexOf(debug_mode) : Number(debug_mode);
    if (!(mode in debug_modes)) {
      const expected = typeof debug_mode === "string" ? "one of `default`, `warn`, `error`" : "0, 1, or 2";
      throw new RuntimeError(`invalid value of debug_mode, expected ${expected}, but got ${debug_mode}`);
    }
    setDeterministic(mode > 0, mode === 1);
  },
);

/**
 * 0, 1 or 2: see set_deterministic_debug_mode().
 *
 * `get_deterministic_debug_mode() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.get_deterministic_debug_mode.html}
 */
export const get_deterministic_debug_mode = def("get_deterministic_debug_mode", [], (): number => {
  if (!are_deterministic_algorithms_enabled()) return 0;
  return is_deterministic_algorithms_warn_only_enabled() ? 1 : 2;
});

/**
 * Makes operations on the CPU take denormal numbers as zero; returns whether the CPU can do so.
 *
 * `set_flush_denormal(mode) -> bool`
 *
 * The thread's JavaScript calculates by the same rule from then on.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_flush_denormal.html}
 */
export const set_flush_denormal = builtin("torch.set_flush_denormal", (mode: boolean): boolean => {
  checkType("flush_denormal", mode, "bool");
  native.setSetting("flush_denormal", mode);
  return process.arch === "x64" || process.arch === "arm64";
});

/**
 * Makes libtorch repeat warnings that it would give once.
 *
 * `set_warn_always(b, /) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_warn_always.html}
 */
export const set_warn_always = def("set_warn_always", ["b"], (b: boolean): void => {
  checkType("setWarnOnlyOnce", b, "bool");
  native.setSetting("warn_always", b);
});

/**
 * Whether libtorch repeats its warnings.
 *
 * `is_warn_always_enabled() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.is_warn_always_enabled.html}
 */
export const is_warn_always_enabled = def(
  "is_warn_always_enabled",
  [],
  (): boolean => native.getSetting("warn_always") as boolean,
);

/**
 * Sets the device of tensors that are made without one; null stands for the CPU.
 *
 * `set_default_device(device) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_default_device.html}
 */
export const set_default_device = def("set_default_device", ["device"], (device: DeviceLike | null): void => {
  const place = device === null ? null : toDevice(device);
  setMode("set_default_device", () => enterDevice(place));
});

/**
 * libtorch is built with the C++11 ABI.
 *
 * `compiled_with_cxx11_abi() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiled_with_cxx11_abi.html}
 */
export const compiled_with_cxx11_abi = def("compiled_with_cxx11_abi", [], (): boolean => true);
