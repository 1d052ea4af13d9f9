// torch/nn/utils/clip_grad.py

import { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { no_grad } from "../../autograd/grad_mode.js";
import { RuntimeError } from "../../errors.js";
import * as linalg from "../../generated/linalg.js";
import * as torch from "../../generated/torch.js";
import { _group_tensors_by_device_and_dtype } from "../../optim/_utils.js";
import { toNumber } from "../../python/float.js";
import { floatRepr } from "../../python/format.js";
import { float } from "../../python/numbers.js";
import { tensor } from "../../tensor_new.js";
import type { device } from "../../types.js";
import { warn } from "../functional/warn.js";

type Tensors = Tensor | Iterable<Tensor>;

const listOf = (tensors: Tensors): Tensor[] => (tensors instanceof Tensor ? [tensors] : [...tensors]);

const gradsOf = (parameters: readonly Tensor[]): Tensor[] =>
  parameters.map((p) => p.grad).filter((grad) => grad !== null);

/** Whether the operators on lists of tensors are used; throws RuntimeError where they are asked for and cannot be. */
function useForeach(foreach: boolean | null, { type }: device): boolean {
  const supported = type === "cpu" || type === "cuda" || type === "xpu" || type === "mtia";
  if (foreach && !supported) {
    throw new RuntimeError(`foreach=True was passed, but can't use the foreach API on ${type} tensors`);
  }
  return foreach !== false && supported;
}

/**
 * The norm of all tensors together, as if they were one vector.
 *
 * `get_total_norm(tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None) -> Tensor`
 *
 * With `error_if_nonfinite` a norm that is infinite or not a number throws RuntimeError.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.get_total_norm.html}
 */
export const get_total_norm = def(
  "_get_total_norm",
  ["tensors", "norm_type", "error_if_nonfinite", "foreach"],
  (tensors: Tensors, norm_type = 2, error_if_nonfinite = false, foreach: boolean | null = null): Tensor =>
    no_grad(() => {
      const list = listOf(tensors);
      const order = toNumber(float(norm_type));
      if (list.length === 0) return tensor(float(0));
      const norms = _group_tensors_by_device_and_dtype([list]).flatMap(({ device, lists: [device_tensors] }) =>
        useForeach(foreach, device)
          ? torch._foreach_norm(device_tensors, order)
          : device_tensors.map((g) => linalg.vector_norm(g, order)),
      );
      const total_norm = linalg.vector_norm(torch.stack(norms.map((norm) => norm.to(list[0].device))), order);
      if (error_if_nonfinite && !Number.isFinite(total_norm.item())) {
        throw new RuntimeError(
          `The total norm of order ${floatRepr(order)} for gradients from \`parameters\` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set \`error_if_nonfinite=False\``,
        );
      }
      return total_norm;
    }),
);

/**
 * Scales the gradients of the parameters, in place, by `max_norm / total_norm` if that is less than 1.
 *
 * `clip_grads_with_norm_(parameters, max_norm, total_norm, foreach=None) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.clip_grads_with_norm_.html}
 */
export const clip_grads_with_norm_ = def(
  "_clip_grads_with_norm_",
  ["parameters", "max_norm", "total_norm", "foreach"],
  (parameters: Tensors, max_norm: number, total_norm: Tensor, foreach: boolean | null = null): void =>
    no_grad(() => {
      const grads = gradsOf(listOf(parameters));
      if (grads.length === 0) return;
      const clip_coef = total_norm.add(1e-6).reciprocal().mul(toNumber(max_norm));
      // Where it is 1 the gradients are multiplied all the same: asking would wait for the device.
      const clip_coef_clamped = torch.clamp(clip_coef, { max: 1 });
      for (const { device, lists } of _group_tensors_by_device_and_dtype([grads])) {
        const [device_grads] = lists;
        const coefficient = clip_coef_clamped.to(device);
        if (useForeach(foreach, device)) torch._foreach_mul_(device_grads, coefficient);
        else for (const g of device_grads) g.mul_(coefficient);
      }
    }),
);

const NORM_PARAMETERS = ["parameters", "max_norm", "norm_type", "error_if_nonfinite", "foreach"] as const;

/**
 * Scales the gradients of parameters, in place, so that their norm, as if they were one vector, is at most `max_norm`.
 *
 * `clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None) -> Tensor`
 *
 * Returns the norm that they had. With `error_if_nonfinite` a norm that is infinite or not a number throws RuntimeError.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.clip_grad_norm_.html}
 */
export const clip_grad_norm_ = def(
  "clip_grad_norm_",
  NORM_PARAMETERS,
  (
    parameters: Tensors,
    max_norm: number,
    norm_type = 2,
    error_if_nonfinite = false,
    foreach: boolean | null = null,
  ): Tensor => {
    const list = listOf(parameters);
    if (list.length === 0 && !Array.isArray(parameters)) {
      warn("`parameters` is an empty generator, no gradient clipping will occur.");
    }
    const total_norm = get_total_norm(gradsOf(list), norm_type, error_if_nonfinite, foreach);
    clip_grads_with_norm_(list, max_norm, total_norm, foreach);
    return total_norm;
  },
);

/**
 * Deprecated: `clip_grad_norm_`.
 *
 * `clip_grad_norm(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None) -> Tensor`
 */
export const clip_grad_norm: typeof clip_grad_norm_ = def(
  "clip_grad_norm",
  NORM_PARAMETERS,
  (parameters: Tensors, max_norm: number, ...more: [number?, boolean?, (boolean | null)?]): Tensor => {
    process.emitWarning(
      "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
      "FutureWarning",
    );
    return clip_grad_norm_(parameters, max_norm, ...more);
  },
);

/**
 * Cuts the elements of the gradients of parameters, in place, off at `-clip_value` and `clip_value`.
 *
 * `clip_grad_value_(parameters, clip_value, foreach=None) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.clip_grad_value_.html}
 */
export const clip_grad_value_ = def(
  "clip_grad_value_",
  ["parameters", "clip_value", "foreach"],
  (parameters: Tensors, clip_value: number, foreach: boolean | null = null): void =>
    no_grad(() => {
      const value = toNumber(clip_value);
      for (const { device, lists } of _group_tensors_by_device_and_dtype([gradsOf(listOf(parameters))])) {
        const [grads] = lists;
        if (useForeach(foreach, device)) {
          torch._foreach_clamp_min_(grads, -value);
          torch._foreach_clamp_max_(grads, value);
        } else {
          for (const grad of grads) grad.clamp_(-value, value);
        }
      }
    }),
);
