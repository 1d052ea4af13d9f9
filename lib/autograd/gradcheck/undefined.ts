// Checks of what a derivative does with zeros, and with nothing, in the place of a gradient.

import type { Tensor } from "../../_tensor.js";
import { RuntimeError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { contiguous_format, strided } from "../../layout.js";
import { repr } from "../../python/repr.js";
import { warn } from "../../warnings.js";
import { dual_level, make_dual, unpack_dual } from "../forward_ad.js";
import { Function, type FunctionCtx } from "../function.js";
import { grad } from "../index.js";
import { dualInputs } from "./analytical.js";
import { makeVectors } from "./compare.js";
import { GradcheckError } from "./error.js";
import { asTuple, differentiableOutputs, type Func, isDifferentiable, isSparse, requiresGrad } from "./tensors.js";

const zerosFor = (outputs: readonly Tensor[]): Tensor[] =>
  outputs.map((output) => torch.zeros_like(output, { memory_format: contiguous_format }));

function inputsOf(inputs: readonly unknown[]): Tensor[] {
  const differentiable = inputs.filter(requiresGrad);
  if (differentiable.length === 0) throw new GradcheckError("no Tensors requiring grad found in input");
  return differentiable;
}

function checkSparseLayout(gradient: Tensor, input: Tensor): void {
  if (gradient.layout !== input.layout) {
    throw new GradcheckError(`grad is incorrect layout (${gradient.layout} is not ${input.layout})`);
  }
  if (!isSparse(gradient)) return;
  const kind = String(gradient.layout).replace("torch.", "").replace("_coo", "");
  if (gradient.sparse_dim() !== input.sparse_dim()) {
    throw new GradcheckError(
      `grad is ${kind} tensor, but has incorrect sparse_dim ${gradient.sparse_dim()}, expected ${input.sparse_dim()}`,
    );
  }
  if (gradient.dense_dim() !== input.dense_dim()) {
    throw new GradcheckError(
      `grad is ${kind} tensor, but has incorrect dense_dim ${gradient.dense_dim()}, expected ${input.dense_dim()}`,
    );
  }
}

/** Throws GradcheckError unless gradients of zeros give gradients of zeros, of the inputs' form. */
export function checkMultipliedByGradOutput(
  outputs: readonly Tensor[],
  inputs: readonly unknown[],
  masked: boolean | null,
): void {
  const differentiable = inputsOf(inputs);
  const found: readonly (Tensor | null)[] = grad(outputs, differentiable, zerosFor(outputs), { allow_unused: true });
  for (const [i, one] of found.entries()) {
    if (one === null) continue;
    const isDense = one.layout === strided;
    if (!isDense) checkSparseLayout(one, differentiable[i]);
    const gradient = isDense ? one : one.to_dense();
    const input = isDense ? differentiable[i] : differentiable[i].to_dense();
    const isZero = masked ? torch.allclose(gradient, torch.zeros_like(gradient)) : gradient.eq(0).all().item();
    if (!isZero) throw new GradcheckError("backward not multiplied by grad_output");
    if (gradient.dtype !== input.dtype) throw new GradcheckError("grad is incorrect type");
    if (String(gradient.device) !== String(input.device)) throw new GradcheckError("grad is incorrect device");
    if (String(gradient.shape) !== String(input.shape)) throw new GradcheckError("grad is incorrect size");
  }
}

/** Gives no gradient on, whatever it is given. */
class UndefinedGrad extends Function {
  static override forward(_ctx: FunctionCtx, tensor: Tensor): Tensor {
    return tensor.view_as(tensor);
  }

  static override backward(): null {
    return null;
  }
}

function warnBreaking(): void {
  warn(
    'Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may break existing callers of this function. If this is true for you, you can call this function with "check_undefined_grad=False" to disable the feature',
  );
}

const SEE = 'Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"';

function checkUndefined(outputs: readonly Tensor[], inputs: readonly Tensor[]): void {
  let found: readonly (Tensor | null)[];
  try {
    found = grad(outputs, inputs, zerosFor(outputs), { allow_unused: true });
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    warnBreaking();
    const failed = new GradcheckError(`Expected backward function to handle undefined output grads. ${SEE}`);
    failed.cause = error;
    throw failed;
  }
  if (found.every((one) => one === null || one.eq(0).all().item())) return;
  warnBreaking();
  throw new GradcheckError(
    `Expected all input grads to be undefined or zero when all output grads are undefined or zero. ${SEE}`,
  );
}

/** Throws GradcheckError unless backward takes gradients that are not there, of all outputs and of each. */
export function checkUndefinedBackward(func: Func, outputs: readonly Tensor[], inputs: readonly unknown[]): void {
  const differentiable = inputsOf(inputs);
  const undefine = (output: Tensor): Tensor => UndefinedGrad.apply(output);
  const run = () => differentiableOutputs(func(...inputs));
  checkUndefined(run().map(undefine), differentiable);
  if (outputs.length < 2) return;
  for (const i of outputs.keys()) {
    checkUndefined(
      run().map((output, o) => (o === i ? undefine(output) : output)),
      differentiable,
    );
  }
}

/** Throws GradcheckError unless no tangent of an input gives what a tangent of zeros gives. */
export function checkUndefinedForward(func: Func, outputs: readonly Tensor[], inputs: readonly unknown[]): void {
  const { all_u } = makeVectors(inputs.filter(requiresGrad), outputs, true);
  dual_level(() => {
    const { duals, tangents, places } = dualInputs(inputs);
    for (const [i, tangent] of tangents.entries()) tangent.copy_((all_u[i] as Tensor).view_as(tangent));
    const tangentsWith = (place: number, input: Tensor) => {
      const given = duals.map((dual, i) => (i === place ? input : dual));
      return asTuple(func(...given))
        .filter(isDifferentiable)
        .map((output) => unpack_dual(output).tangent);
    };
    for (const place of places) {
      const input = inputs[place] as Tensor;
      const zero = tangentsWith(place, make_dual(input.detach(), torch.zeros_like(input)));
      const none = tangentsWith(place, input.detach());
      for (const [o, expected] of zero.entries()) {
        const got = none[o];
        if (expected === null || got === null || torch.allclose(expected, got)) continue;
        const parts = ["Mismatch in tangent values for output with index: ", o, " when input: ", input];
        parts.push(" has an undefined tangent value. ", " Got: ", expected, " but expected: ", got);
        throw new GradcheckError(`(${parts.map((part) => repr(part)).join(", ")})`);
      }
    }
  });
}
