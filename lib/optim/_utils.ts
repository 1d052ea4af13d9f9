// What the optimizers share: torch/optim/optimizer.py and torch/utils/_foreach_utils.py.

import { Tensor } from "../_tensor.js";
import type { device } from "../device.js";
import { bfloat16, type dtype, float16, float32, float64 } from "../dtype.js";
import { AssertionError, RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { preserve_format } from "../layout.js";
import { floatRepr } from "../python/format.js";
import { repr, str } from "../python/repr.js";
import { collectTensors } from "../tensor_base.js";
import { get_default_dtype, tensor } from "../tensor_new.js";
import { tidy } from "../tidy.js";
import { _get_value, type Num } from "./_scalar.js";
import type { Optimizer, ParamGroup } from "./optimizer.js";

/** Makes what an optimizer keeps: torch.tidy() around a step must not free it. */
export function _kept<T>(make: () => T): T {
  const scope = collectTensors(null);
  try {
    return make();
  } finally {
    collectTensors(scope);
  }
}

/** Zeros of a parameter's shape, to be kept. */
export function _zeros_like(param: Tensor): Tensor {
  return _kept(() => torch.zeros_like(param, { memory_format: preserve_format }));
}

/** A number as a tensor of no dimensions, to be kept: on the CPU unless a device is given. */
export function _scalar_tensor(value: Num, dtype: dtype = _get_scalar_dtype(), place: device | string = "cpu"): Tensor {
  return _kept(() => tensor(_get_value(value), { dtype, device: place }));
}

/** Whether each of several tensors is on the device of a parameter that CUDA graphs can hold. */
export function _check_capturable(names: string, lists: readonly (readonly Tensor[])[], supports_xla = true): void {
  const supported = ["cuda", "xpu", "hpu", "privateuseone", ...(supports_xla ? ["xla"] : [])];
  const [params, ...others] = lists;
  const fits = params.every(({ device: { type } }, i) => {
    return supported.includes(type) && others.every((list) => list[i].device.type === type);
  });
  if (!fits) {
    throw new AssertionError(`If capturable=True, ${names} must be on supported devices: ${repr(supported)}.`);
  }
}

// What is rounded after each operator comes out differently where operators are taken together.
const isRounded = ({ dtype }: Tensor) => dtype === float16 || dtype === bfloat16;

/**
 * Whether the fused and the foreach implementation serve where nobody chose: foreach, on any device.
 *
 * Python takes one call for each parameter on the CPU; one call for all of them gives the same bits there, but for half
 * precision and for optimizers whose two implementations calculate in another order (`sameBits` is false): those take
 * one call for each parameter here too.
 */
export function _default_to_fused_or_foreach(
  params: readonly Tensor[],
  differentiable: boolean,
  sameBits = true,
): [fused: boolean, foreach: boolean] {
  return [false, !differentiable && !params.some((p) => p.is_cpu && !(sameBits && !isRounded(p)))];
}

/** Throws RuntimeError unless fused kernels take the parameter. */
export function _device_dtype_check_for_fused(p: Tensor): void {
  const supported = ["mps", "cuda", "xpu", "hpu", "cpu", "mtia", "privateuseone"];
  if (!(supported.includes(p.device.type) && p.is_floating_point())) {
    throw new RuntimeError(
      `\`fused=True\` requires all the params to be floating point Tensors of supported devices: ${repr(supported)} but ${p.dtype} and ${p.device.type}`,
    );
  }
}

/** Puts views with a last dimension of two real numbers in the place of complex tensors. */
export function _view_as_real(params: Tensor[], ...state_and_grads: Tensor[][]): void {
  params.forEach((p, i) => {
    if (!p.dtype.is_complex) return;
    params[i] = torch.view_as_real(p);
    for (const s of state_and_grads) s[i] = torch.view_as_real(s[i]);
  });
}

/** The dtype of a state's step. */
export function _get_scalar_dtype(is_fused: boolean | null = null): dtype {
  return !is_fused && get_default_dtype() === float64 ? float64 : float32;
}

/** Gives a group the options that it lacks. */
export function _setdefaults(group: Record<string, unknown>, options: Record<string, unknown>): void {
  for (const [option, value] of Object.entries(options)) if (!(option in group)) group[option] = value;
}

/**
 * The steps in the states of a group's parameters, and what else they count with, as tensors where an older file has
 * numbers: on the parameters' devices, as a capturable group wants them, or on the CPU.
 */
export function _steps_to_tensors(
  states: Optimizer["state"],
  group: ParamGroup,
  { keys = ["step"], on_device = group.capturable, is_fused = false } = {},
): void {
  for (const p of group.params) {
    const state = states.has(p) ? states.get(p) : {};
    if (Object.keys(state).length === 0) continue;
    for (const key of keys) {
      if (state[key] instanceof Tensor) continue;
      state[key] = _scalar_tensor(Number(state[key]), _get_scalar_dtype(is_fused), on_device ? p.device : "cpu");
    }
  }
}

/** Tensors of one device and dtype. */
export interface TensorGroup<Lists extends readonly (readonly (Tensor | null)[])[]> {
  device: device;
  dtype: dtype;
  lists: { -readonly [Index in keyof Lists]: Lists[Index][number][] };
  /** Where they stood in the lists. */
  indices: number[];
}

/** Splits lists of tensors that belong together by the device and dtype of those in the first list. */
export function _group_tensors_by_device_and_dtype<const Lists extends readonly (readonly (Tensor | null)[])[]>(
  lists: Lists,
): TensorGroup<Lists>[] {
  const groups: TensorGroup<Lists>[] = [];
  (lists[0] as readonly Tensor[]).forEach((first, i) => {
    const { device, dtype } = first;
    let group = groups.find((known) => known.device === device && known.dtype === dtype);
    if (!group) {
      group = { device, dtype, lists: lists.map(() => []) as never, indices: [] };
      groups.push(group);
    }
    lists.forEach((list, j) => {
      if (list.length > 0) group.lists[j].push(list[i]);
    });
    group.indices.push(i);
  });
  return groups;
}

// How much of the parameters an operator goes through on the CPU, so that the next one still finds it in the cache: half
// the time for large models, and no more calls that count.
const CACHED_BYTES = 2 ** 20;

/** The groups for foreach operators: on the CPU, large ones are cut into several. */
export function _group_for_foreach<const Lists extends readonly (readonly (Tensor | null)[])[]>(
  lists: Lists,
): TensorGroup<Lists>[] {
  return _group_tensors_by_device_and_dtype(lists).flatMap((group) => {
    const params = group.lists[0] as Tensor[];
    if (group.device.type !== "cpu") return [group];
    const parts: TensorGroup<Lists>[] = [];
    const { itemsize } = group.dtype;
    let begin = 0;
    let bytes = 0;
    params.forEach((param, i) => {
      bytes += param.numel() * itemsize;
      if (bytes < CACHED_BYTES && i < params.length - 1) return;
      const part = <T>(list: readonly T[]) => list.slice(begin, i + 1);
      parts.push({ ...group, lists: group.lists.map(part) as never, indices: part(group.indices) });
      begin = i + 1;
      bytes = 0;
    });
    return parts;
  });
}

/** Calls a function with each group for foreach operators, and frees what it made. */
export function _for_each_group<const Lists extends readonly (readonly (Tensor | null)[])[]>(
  lists: Lists,
  update: (group: TensorGroup<Lists>) => void,
): void {
  for (const group of _group_for_foreach(lists)) tidy(() => update(group));
}

/** Calls a function with each parameter, and frees what it made. */
export function _for_each_param(params: readonly Tensor[], update: (param: Tensor, i: number) => void): void {
  params.forEach((param, i) => {
    tidy(() => update(param, i));
  });
}

/** Adds one to each step. */
export function _increment(steps: readonly Tensor[]): void {
  // Wrapped once: on the CPU, libtorch would wrap a number for each tensor.
  if (steps[0].is_cpu) torch._foreach_add_(steps, tensor(1, { dtype: float32 }), { alpha: 1 });
  else torch._foreach_add_(steps, 1);
}

/** The numbers in tensors of one element, by one copy for all. */
export function _get_values(steps: readonly Tensor[]): number[] {
  return steps.length === 1 ? [steps[0].item()] : torch.stack(steps).tolist();
}

/** Throws RuntimeError unless all steps are tensors. */
export function _check_steps(steps: readonly unknown[], name = "state_steps"): void {
  if (!steps.every((step) => step instanceof Tensor)) {
    throw new RuntimeError(`API has changed, \`${name}\` argument must contain a list of singleton tensors`);
  }
}

/** A hyperparameter as an error message writes it. */
export function _text(value: Num): string {
  return value instanceof Tensor ? value.__format__() : floatRepr(value);
}

/** Throws ValueError unless a learning rate is a number, or one element, that is not negative. */
export function _check_lr(lr: Num, problem = "Invalid learning rate:"): void {
  if (lr instanceof Tensor && lr.numel() !== 1) throw new ValueError("Tensor lr must be 1-element");
  if (!(_get_value(lr) >= 0)) throw new ValueError(`${problem} ${_text(lr)}`);
}

// The default of these is the int 0, so that a whole number is one too.
const INTS = new Set(["momentum", "weight_decay", "lr_decay", "initial_accumulator_value"]);

/** Throws ValueError unless a hyperparameter is at least zero. */
export function _check_not_negative(name: string, value: Num): void {
  if (_get_value(value) >= 0) return;
  throw new ValueError(
    `Invalid ${name} value: ${typeof value === "number" && INTS.has(name) ? str(value) : _text(value)}`,
  );
}

/** Throws ValueError unless what is added to a denominator is at least zero. */
export function _check_eps(eps: number): void {
  if (!(eps >= 0)) throw new ValueError(`Invalid epsilon value: ${_text(eps)}`);
}

/** Throws ValueError unless both are at least zero and less than one. */
export function _check_betas(betas: readonly Num[]): void {
  for (const index of [0, 1]) {
    const beta = _get_value(betas[index]);
    if (!(beta >= 0 && beta < 1)) {
      throw new ValueError(`Invalid beta parameter at index ${index}: ${_text(betas[index])}`);
    }
  }
}

/** Throws AssertionError where foreach operators were asked for what they cannot do. */
export function _check_foreach(
  differentiable: boolean,
  grad_scale: Tensor | null = null,
  found_inf: Tensor | null = null,
): void {
  if (differentiable) throw new AssertionError("_foreach ops don't support autograd");
  _check_unscaled(grad_scale, found_inf);
}

/** Throws AssertionError unless gradients were unscaled before the step. */
export function _check_unscaled(grad_scale: Tensor | null, found_inf: Tensor | null): void {
  if (grad_scale !== null || found_inf !== null) {
    throw new AssertionError("Expected grad_scale and found_inf to be None");
  }
}
