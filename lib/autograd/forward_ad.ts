// torch/autograd/forward_ad.py: gradients that are carried along with the values.

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { type Entered, followAsync, withMode } from "../modes.js";
import { namedTupleClass } from "../named_tuple.js";
import type { NamedTuple } from "../types.js";

let _current_level = -1;

/** Begins a level of forward gradients, and returns it. */
export function enter_dual_level(): number {
  followAsync();
  const level = native.enterDualLevel();
  if (level !== _current_level + 1) {
    throw new RuntimeError(
      "Entering a new forward AD level but the current level is not valid. Make sure you did not modified it directly.",
    );
  }
  _current_level = level;
  return level;
}

/** Ends the innermost level: its tangents are gone. */
export const exit_dual_level = def("exit_dual_level", ["*", "level"], (level: number | null = null): void => {
  const left = level ?? _current_level;
  if (left !== _current_level) {
    throw new RuntimeError(
      "Trying to exit a forward AD level that was not the last one that was created. This is not supported.",
    );
  }
  native.exitDualLevel(left);
  _current_level = left - 1;
});

function checkDtype(name: string, tensor: Tensor): void {
  if (!tensor.dtype.is_floating_point && !tensor.dtype.is_complex) {
    throw new ValueError(`Expected ${name} to be floating point or complex, but got: ${tensor.dtype}`);
  }
}

/**
 * A tensor that carries a tangent: results calculated from it carry theirs.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.forward_ad.make_dual.html}
 */
export const make_dual = def(
  "make_dual",
  ["tensor", "tangent", "*", "level"],
  (tensor: Tensor, tangent: Tensor, level: number | null = null): Tensor => {
    const at = level ?? _current_level;
    if (at < 0) {
      throw new RuntimeError(
        "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.",
      );
    }
    checkDtype("primal", tensor);
    checkDtype("tangent", tangent);
    return torch._make_dual(tensor, tangent, at);
  },
);

const UnpackedDualTensorClass = namedTupleClass("UnpackedDualTensor", ["primal", "tangent"]);

/** What unpack_dual() returns: the tangent is null where there is none. */
export type UnpackedDualTensor = NamedTuple<["primal", "tangent"], [Tensor, Tensor | null]>;

/**
 * The value of a tensor and its tangent.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.forward_ad.unpack_dual.html}
 */
export const unpack_dual = def(
  "unpack_dual",
  ["tensor", "*", "level"],
  (tensor: Tensor, level: number | null = null): UnpackedDualTensor => {
    const at = level ?? _current_level;
    const [primal, tangent] = at < 0 ? [tensor, null] : torch._unpack_dual(tensor, at);
    return new UnpackedDualTensorClass(primal, tangent) as unknown as UnpackedDualTensor;
  },
);

/** A level of forward gradients: for a function, or until the end of a `using` block. */
export function dual_level<T>(body: () => T): T;
export function dual_level(): Entered;
export function dual_level<T>(body?: () => T): T | Entered {
  const enter = () => {
    const level = enter_dual_level();
    return () => exit_dual_level({ level });
  };
  return withMode("autograd.forward_ad.dual_level", enter, body);
}

/** @internal Turns forward gradients on or off for a function. */
export function _set_fwd_grad_enabled<T>(mode: boolean, body: () => T): T {
  const before = native.isFwdGradEnabled();
  native.setFwdGradEnabled(mode);
  try {
    return body();
  } finally {
    native.setFwdGradEnabled(before);
  }
}
