// torch/autograd/forward_ad.py: gradients computed along with the values.

import type { Tensor } from "../_tensor.js";
import type { Constructor } from "../arguments/class.js";
import { def } from "../arguments/function.js";
import { type Mode, mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import { callable } from "../callable.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { followAsync } from "../modes.js";
import { namedTupleClass } from "../named_tuple.js";
import type { Switch } from "./grad_mode.js";

let current_level = -1;

/**
 * Enters a level of forward-mode gradients, in which tensors can have tangents; returns its number.
 *
 * Throws RuntimeError inside of another level: libtorch has one only.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.forward_ad.enter_dual_level.html}
 */
export const enter_dual_level = def("enter_dual_level", [], (): number => {
  const level = native.enterDualLevel();
  if (level !== current_level + 1) {
    throw new RuntimeError(
      "Entering a new forward AD level but the current level is not valid. Make sure you did not modify it directly.",
    );
  }
  current_level = level;
  return level;
});

/**
 * Leaves the level that was entered last, and drops all its tangents.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.forward_ad.exit_dual_level.html}
 */
export const exit_dual_level = def("exit_dual_level", ["*", "level"], (level: number | null = null): void => {
  const leaving = level ?? current_level;
  if (leaving !== current_level) {
    throw new RuntimeError(
      "Trying to exit a forward AD level that was not the last one that was created. This is not supported.",
    );
  }
  if (leaving < 0) throw new RuntimeError("Dual level must be a positive number.");
  native.exitDualLevel(leaving);
  current_level = leaving - 1;
});

const isDifferentiable = (tensor: Tensor) => tensor.is_floating_point() || tensor.is_complex();

/**
 * A view of a tensor with a tangent, from which operations compute the tangents of their results; backward() goes through.
 *
 * Throws RuntimeError outside of a level, and ValueError for tensors that are neither floating-point nor complex.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.forward_ad.make_dual.html}
 */
export const make_dual = def(
  "make_dual",
  ["tensor", "tangent", "*", "level"],
  (tensor: Tensor, tangent: Tensor, level: number | null = null): Tensor => {
    const used = level ?? current_level;
    if (used < 0) {
      throw new RuntimeError(
        "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.",
      );
    }
    if (!isDifferentiable(tensor)) {
      throw new ValueError(`Expected primal to be floating point or complex, but got: ${tensor.dtype}`);
    }
    if (!isDifferentiable(tangent)) {
      throw new ValueError(`Expected tangent to be floating point or complex, but got: ${tangent.dtype}`);
    }
    return torch._make_dual(tensor, tangent, used);
  },
);

/** What unpack_dual() returns. */
export interface UnpackedDualTensor extends ReadonlyArray<Tensor | null> {
  readonly 0: Tensor;
  readonly primal: Tensor;
  readonly tangent: Tensor | null;
}

/** A value and its tangent: what unpack_dual() makes, for `instanceof`. */
export const UnpackedDualTensor = callable(
  namedTupleClass("UnpackedDualTensor", ["primal", "tangent"], "typing"),
) as unknown as Constructor<UnpackedDualTensor, [primal: Tensor, tangent: Tensor | null]>;

/**
 * The value and the tangent of a tensor; null for no tangent.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.forward_ad.unpack_dual.html}
 */
export const unpack_dual = def(
  "unpack_dual",
  ["tensor", "*", "level"],
  (tensor: Tensor, level: number | null = null): UnpackedDualTensor => {
    const used = level ?? current_level;
    const parts = used < 0 ? [tensor, null] : torch._unpack_dual(tensor, used);
    return new UnpackedDualTensor(...(parts as [Tensor, Tensor | null]));
  },
);

function enterLevel(): () => void {
  const level = enter_dual_level();
  return () => exit_dual_level({ level });
}

/**
 * A mode: a level of forward-mode gradients.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.forward_ad.dual_level.html}
 */
export const dual_level: Mode = mode("autograd.forward_ad.dual_level", null, () => enterLevel);

/** Whether operations compute tangents. */
export function _is_fwd_grad_enabled(): boolean {
  followAsync();
  return native.isFwdGradEnabled();
}

function enterForwardGrad(mode: boolean): () => void {
  const before = native.isFwdGradEnabled();
  native.setFwdGradEnabled(mode);
  return () => native.setFwdGradEnabled(before);
}

/** Turns tangents on or off: for a function, until the end of a `using` block, or for good. */
export const _set_fwd_grad_enabled: Switch = mode(
  "_set_fwd_grad_enabled",
  ["mode"],
  (mode: boolean) => () => enterForwardGrad(mode),
  { called: "_set_fwd_grad_enabled.__init__", statement: true },
);
