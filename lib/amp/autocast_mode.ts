// torch/amp/autocast_mode.py: a mode in which operators choose their own dtype.

import type { Tensor } from "../_tensor.js";
import { builtin, def, isPlainObject, missingError } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { mode } from "../arguments/mode.js";
import { parser } from "../arguments/parser.js";
import { native } from "../binding.js";
import * as cuda from "../cuda/_device.js";
import { amp_definitely_not_available } from "../cuda/amp/common.js";
import { toDevice } from "../device.js";
import { bfloat16, dtype, float16, float64 } from "../dtype.js";
import { RuntimeError, ValueError } from "../errors.js";
import { type Enter, type Entered, followAsync } from "../modes.js";
import { TensorBase } from "../tensor_base.js";
import type { Keywords } from "../types.js";
import { warn } from "../warnings.js";

const typeCode = (device_type: string): number => toDevice(device_type).code;

/**
 * Whether autocast can be used on a type of device.
 *
 * `is_autocast_available(device_type) -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/amp.html#torch.amp.is_autocast_available}
 */
export const is_autocast_available = def("is_autocast_available", ["device_type"], (device_type: string): boolean =>
  native.isAutocastAvailable(typeCode(device_type)),
);

const parseEnabled = parser("is_autocast_enabled()", "is_autocast_enabled(c10::string_view device_type)");
const parseSetEnabled = parser(
  "set_autocast_enabled(bool enabled)",
  "set_autocast_enabled(c10::string_view device_type, bool enabled)",
);

/**
 * Whether operators on a type of device choose their own dtype; without one, on CUDA.
 *
 * `is_autocast_enabled(device_type='cuda') -> bool`
 */
export function is_autocast_enabled(device_type?: string | { device_type?: string }): boolean;
export function is_autocast_enabled(...args: unknown[]): boolean {
  const { device_type = "cuda" } = parseEnabled<{ device_type?: string }>(args);
  followAsync();
  return native.isAutocastEnabled(typeCode(device_type));
}

/**
 * Sets whether operators on a type of device choose their own dtype.
 *
 * `set_autocast_enabled(device_type, enabled) -> None`
 */
export function set_autocast_enabled(device_type: string, enabled: boolean): void;
export function set_autocast_enabled(enabled: boolean): void;
export function set_autocast_enabled(keywords: { device_type?: string; enabled: boolean }): void;
export function set_autocast_enabled(...args: unknown[]): void {
  const { device_type = "cuda", enabled } = parseSetEnabled<{ device_type?: string; enabled: boolean }>(args);
  native.setAutocastEnabled(typeCode(device_type), enabled);
}

/**
 * The dtype that autocast uses on a type of device.
 *
 * `get_autocast_dtype(device_type) -> dtype`
 */
export const get_autocast_dtype = def("get_autocast_dtype", ["device_type"], (device_type: string): dtype => {
  followAsync();
  const found: dtype | undefined = dtype.of(native.getAutocastDtype(typeCode(device_type)));
  if (found === undefined) throw new RuntimeError("unsupported scalarType");
  return found;
});

/**
 * Sets the dtype that autocast uses on a type of device.
 *
 * `set_autocast_dtype(device_type, dtype) -> None`
 */
export const set_autocast_dtype = def(
  "set_autocast_dtype",
  ["device_type", "dtype"],
  (device_type: string, dtype: dtype): void => {
    native.setAutocastDtype(typeCode(device_type), dtype.code);
  },
);

/**
 * Whether autocast keeps the weights that it has cast.
 *
 * `is_autocast_cache_enabled() -> bool`
 */
export const is_autocast_cache_enabled = builtin("torch.is_autocast_cache_enabled", (): boolean => {
  followAsync();
  return native.isAutocastCacheEnabled();
});

/**
 * Sets whether autocast keeps the weights that it has cast.
 *
 * `set_autocast_cache_enabled(enabled) -> None`
 */
export const set_autocast_cache_enabled = builtin("torch.set_autocast_cache_enabled", (enabled: boolean): void => {
  native.setAutocastCacheEnabled(enabled);
});

/**
 * Drops the weights that autocast has cast.
 *
 * `clear_autocast_cache() -> None`
 */
export const clear_autocast_cache = builtin("torch.clear_autocast_cache", (): void => {
  native.clearAutocastCache();
});

/**
 * Counts that one more autocast mode was entered; returns how many are.
 *
 * `autocast_increment_nesting() -> int`
 */
export const autocast_increment_nesting = builtin("torch.autocast_increment_nesting", (): number =>
  native.autocastIncrementNesting(),
);

/**
 * Counts that an autocast mode was left; returns how many are still entered.
 *
 * `autocast_decrement_nesting() -> int`
 */
export const autocast_decrement_nesting = builtin("torch.autocast_decrement_nesting", (): number =>
  native.autocastDecrementNesting(),
);

function checkDeviceType(device_type: unknown): asserts device_type is string {
  if (typeof device_type === "string") return;
  throw new ValueError(`Expected \`device_type\` of type \`str\`, got: \`<class '${typeName(device_type)}'>\``);
}

/** Whether the mode can be on with this dtype: warns if not. */
function usable(device_type: string, fast_dtype: dtype): boolean {
  if (device_type === "cuda") {
    if (amp_definitely_not_available()) {
      warn("CUDA is not available or torch_xla is imported. Disabling autocast.");
      return false;
    }
    if (fast_dtype === bfloat16 && cuda.get_device_capability()[0] < 8) {
      throw new RuntimeError("Current CUDA Device does not support bfloat16. Please switch dtype to float16.");
    }
    return true;
  }
  if (fast_dtype === bfloat16 || fast_dtype === float16) return true;
  const name = device_type.toUpperCase();
  warn(
    `In ${name} autocast, but the target dtype is not supported. Disabling autocast.\n${name} Autocast only supports dtypes of torch.bfloat16, torch.float16 currently.`,
  );
  return false;
}

/** @internal How autocast is entered. */
export function enterAutocast(
  device_type: string,
  dtype: dtype | null = null,
  enabled = true,
  cache_enabled: boolean | null = null,
): Enter {
  checkDeviceType(device_type);
  const fast_dtype = dtype ?? get_autocast_dtype(device_type);
  if (!is_autocast_available(device_type)) {
    throw new RuntimeError(`User specified an unsupported autocast device_type '${device_type}'`);
  }
  const cache = cache_enabled ?? is_autocast_cache_enabled();
  const on = enabled && usable(device_type, fast_dtype);
  const code = typeCode(device_type);
  return () => {
    const before = {
      cache: native.isAutocastCacheEnabled(),
      enabled: native.isAutocastEnabled(code),
      dtype: native.getAutocastDtype(code),
    };
    native.setAutocastEnabled(code, on);
    native.setAutocastDtype(code, fast_dtype.code);
    native.autocastIncrementNesting();
    native.setAutocastCacheEnabled(cache);
    return () => {
      if (native.autocastDecrementNesting() === 0) native.clearAutocastCache();
      native.setAutocastEnabled(code, before.enabled);
      native.setAutocastDtype(code, before.dtype);
      native.setAutocastCacheEnabled(before.cache);
    };
  };
}

/** What autocast() takes by keyword. */
export interface AutocastOptions {
  dtype?: dtype | null;
  enabled?: boolean;
  cache_enabled?: boolean | null;
}

/** The type of autocast(). */
export interface Autocast {
  <T>(device_type: string, body: () => T): T;
  <T>(device_type: string, options: AutocastOptions | dtype, body: () => T): T;
  <T>(options: AutocastOptions & { device_type: string }, body: () => T): T;
  (device_type: string, dtype?: dtype | null, enabled?: boolean, cache_enabled?: boolean | null): Entered;
  (device_type: string, options: AutocastOptions): Entered;
  (options: AutocastOptions & { device_type: string }): Entered;
}

/**
 * A mode in which operators on a type of device choose their own dtype: matrix products and convolutions the fast one
 * (bfloat16 on the CPU, float16 on CUDA, unless `dtype` is given), those that lose precision by it float32.
 *
 * `autocast(device_type, dtype=None, enabled=True, cache_enabled=None)`
 *
 * Warns, and stays off, where the dtype or the device is not supported.
 *
 * {@link https://docs.pytorch.org/docs/2.15/amp.html#torch.autocast}
 */
export const autocast: Autocast = mode(
  "autocast",
  ["device_type", "dtype", "enabled", "cache_enabled"],
  (device_type: string, dtype: dtype | null = null, enabled = true, cache_enabled: boolean | null = null) =>
    enterAutocast(device_type, dtype, enabled, cache_enabled),
  { called: "autocast.__init__" },
);

/** @internal Casts the tensors in a value, arrays and plain objects looked into. */
export function _cast(value: unknown, device_type: string, dtype: dtype): unknown {
  if (value instanceof TensorBase) {
    const tensor = value as Tensor;
    const eligible = tensor.is_floating_point() && tensor.device.type === device_type && tensor.dtype !== float64;
    return eligible ? tensor.to(dtype) : tensor;
  }
  if (Array.isArray(value)) return value.map((element) => _cast(element, device_type, dtype));
  if (value instanceof Map) {
    return new Map([...value].map(([k, v]) => [_cast(k, device_type, dtype), _cast(v, device_type, dtype)]));
  }
  if (isPlainObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, _cast(v, device_type, dtype)]));
  }
  return value;
}

// biome-ignore-start lint/suspicious/noExplicitAny: what forward and backward take is the user's
type Forward = (ctx: any, ...args: any[]) => any;

/**
 * Wraps the `forward` of an autograd.Function: with `cast_inputs` its tensors are cast to that dtype and autocast is off
 * inside; without it, autocast is as around the call, and custom_bwd() makes it so in backward.
 *
 * `custom_fwd(fwd=None, *, device_type, cast_inputs=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/amp.html#torch.amp.custom_fwd}
 */
export const custom_fwd = def(
  "custom_fwd",
  ["fwd", "*", "device_type", "cast_inputs"],
  (fwd: Forward | null = null, device_type?: string, cast_inputs: dtype | null = null): unknown => {
    if (device_type === undefined) throw missingError("custom_fwd", "keyword-only", ["device_type"]);
    checkDeviceType(device_type);
    if (fwd === null) return (fn: Forward) => custom_fwd(fn, { device_type, cast_inputs });
    const decorated = function (this: unknown, ctx: any, ...args: any[]): unknown {
      ctx._dtype = get_autocast_dtype(device_type);
      const on = is_autocast_enabled(device_type);
      ctx._fwd_used_autocast = cast_inputs === null && on;
      if (cast_inputs === null || !on) return fwd.call(this, ctx, ...args);
      const cast = _cast(args, device_type, cast_inputs) as unknown[];
      return autocast(device_type, { enabled: false }, () => fwd.call(this, ctx, ...cast));
    };
    return decorated;
  },
) as {
  <F extends Forward>(fwd: F, keywords: Keywords<{ device_type: string; cast_inputs?: dtype | null }>): F;
  (
    keywords: Keywords<{ fwd?: null; device_type: string; cast_inputs?: dtype | null }>,
  ): <F extends Forward>(fwd: F) => F;
};

/**
 * Wraps the `backward` of an autograd.Function whose forward custom_fwd() wraps: autocast is as it was in forward.
 *
 * `custom_bwd(bwd=None, *, device_type)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/amp.html#torch.amp.custom_bwd}
 */
export const custom_bwd = def(
  "custom_bwd",
  ["bwd", "*", "device_type"],
  (bwd: Forward | null = null, device_type?: string): unknown => {
    if (device_type === undefined) throw missingError("custom_bwd", "keyword-only", ["device_type"]);
    checkDeviceType(device_type);
    if (bwd === null) return (fn: Forward) => custom_bwd(fn, { device_type });
    const decorated = function (this: unknown, ctx: any, ...args: any[]): unknown {
      const options = { enabled: ctx._fwd_used_autocast as boolean, dtype: ctx._dtype as dtype };
      return autocast(device_type, options, () => bwd.call(this, ctx, ...args));
    };
    return decorated;
  },
) as {
  <F extends Forward>(bwd: F, keywords: Keywords<{ device_type: string }>): F;
  (keywords: Keywords<{ bwd?: null; device_type: string }>): <F extends Forward>(bwd: F) => F;
};
// biome-ignore-end lint/suspicious/noExplicitAny: see above
