// What the derivatives of torch.autograd.functional share: inputs and outputs as lists, and what strict mode refuses.

import type { Tensor } from "../../_tensor.js";
import { typeName } from "../../arguments/kinds.js";
import { RuntimeError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { TensorBase } from "../../tensor_base.js";
import { is_grad_enabled, set_grad_enabled } from "../grad_mode.js";
import { grad } from "../index.js";

/** One tensor, or several. */
export type Tensors = Tensor | readonly Tensor[];
// biome-ignore lint/suspicious/noExplicitAny: a function of any number of tensors
export type Func<R> = (...inputs: any[]) => R;
type Optional = Tensor | null;
export type Gradients = readonly Optional[];

const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase;

/** Whether several tensors were given, and the list of them. */
export function asTuple(given: unknown, argument: string, fn: string): [boolean, readonly Tensor[]] {
  const several = Array.isArray(given);
  const list: readonly unknown[] = several ? given : [given];
  for (const [i, element] of list.entries()) {
    if (isTensor(element)) continue;
    const what = several ? `the value at index ${i}` : `the given ${argument}`;
    throw new TypeError(
      `The ${argument} given to ${fn} must be either a Tensor or a tuple of Tensors but ${what} has type <class '${typeName(element)}'>.`,
    );
  }
  return [several, list as readonly Tensor[]];
}

export const OUTPUTS = "outputs of the user-provided function";

export const unwrapTuple = <T>(list: readonly T[], several: boolean): T | readonly T[] => (several ? list : list[0]);

/** Inputs that a graph can be made of, cut from that of the caller unless `create_graph` is set. */
export function gradPreprocess(inputs: readonly Tensor[], create_graph: boolean, need_graph: boolean): Tensor[] {
  return inputs.map((input) => {
    if (!create_graph || !input.requires_grad) return input.detach().requires_grad_(need_graph);
    return input.is_sparse ? input.clone() : input.view_as(input);
  });
}

export const gradPostprocess = (list: readonly Tensor[], create_graph: boolean): readonly Tensor[] =>
  create_graph ? list : list.map((tensor) => tensor.detach());

function validateV(v: readonly Tensor[], other: readonly Tensor[], isOtherTuple: boolean): void {
  if (other.length !== v.length) {
    throw new RuntimeError(
      isOtherTuple
        ? `v is a tuple of invalid length: should be ${other.length} but got ${v.length}.`
        : "The given v should contain a single Tensor.",
    );
  }
  for (const [i, element] of v.entries()) {
    if (String(element.shape) === String(other[i].shape)) continue;
    const entry = isOtherTuple ? `Entry ${i} in ` : "";
    throw new RuntimeError(`${entry}v has invalid size: should be ${other[i].shape} but got ${element.shape}.`);
  }
}

type InputType = "outputs" | "grad_inputs" | "jacobian" | "hessian";

const independent: Record<InputType, (i: number) => string> = {
  hessian: (i) =>
    `The hessian of the user-provided function with respect to input ${i} is independent of the input. This is not allowed in strict mode. You should ensure that your function is thrice differentiable and that the hessian depends on the inputs.`,
  jacobian: (i) =>
    `While computing the hessian, found that the jacobian of the user-provided function with respect to input ${i} is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example).`,
  grad_inputs: (i) =>
    `The gradient with respect to input ${i} is independent of the inputs of the user-provided function. This is not allowed in strict mode.`,
  outputs: (i) =>
    `Output ${i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode.`,
};

export function checkRequiresGrad(inputs: Gradients, type: InputType, strict: boolean): void {
  if (!strict) return;
  for (const [i, input] of inputs.entries()) {
    if (input === null) {
      throw new RuntimeError(
        `The output of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
      );
    }
    if (!input.requires_grad) throw new RuntimeError(independent[type](i));
  }
}

interface GradOptions {
  create_graph?: boolean;
  retain_graph?: boolean | null;
  is_grads_batched?: boolean;
}

/** grad() of those outputs that require it. */
export function autogradGrad(
  outputs: Gradients,
  inputs: Gradients,
  grad_outputs: Gradients | null,
  { create_graph = false, retain_graph = null, is_grads_batched = false }: GradOptions,
): Gradients {
  const used = outputs.flatMap((output, i) => (output?.requires_grad ? [i] : []));
  if (used.length === 0) return inputs.map(() => null);
  return grad(
    used.map((i) => outputs[i] as Tensor),
    inputs as readonly Tensor[],
    {
      grad_outputs: used.map((i) => grad_outputs?.[i] ?? null),
      create_graph,
      retain_graph,
      allow_unused: true,
      is_grads_batched,
    },
  );
}

type Stage = "back" | "back_trick" | "double_back" | "double_back_trick";

const missing: Record<Stage, (i: number) => string> = {
  back: (i) =>
    `The output of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
  back_trick: (i) =>
    `The gradient with respect to the input is independent of entry ${i} in the grad_outputs when using the double backward trick to compute forward mode gradients. This is not allowed in strict mode.`,
  double_back: (i) =>
    `The jacobian of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
  double_back_trick: (i) =>
    `The hessian of the user-provided function is independent of entry ${i} in the grad_jacobian. This is not allowed in strict mode as it prevents from using the double backward trick to replace forward mode AD.`,
};

export function fillInZeros(
  grads: Gradients,
  refs: readonly Tensor[],
  strict: boolean,
  create_graph: boolean,
  stage: Stage,
): Tensor[] {
  return grads.map((found, i) => {
    if (found === null) {
      if (strict) throw new RuntimeError(missing[stage](i));
      return torch.zeros_like(refs[i]);
    }
    if (strict && create_graph && !found.requires_grad) {
      const what = stage.includes("double") ? "hessian" : "jacobian";
      throw new RuntimeError(
        `The ${what} of the user-provided function is independent of input ${i}. This is not allowed in strict mode when create_graph=True.`,
      );
    }
    return found;
  });
}

/** The vectors to multiply with, checked; null where one element needs none. */
export function vectors(
  v: Tensors | null,
  fn: string,
  create_graph: boolean,
  like: readonly Tensor[],
  several: boolean,
  problem: string,
): readonly Tensor[] | null {
  if (v === null) {
    if (like.length !== 1 || like[0].nelement() !== 1) throw new RuntimeError(problem);
    return null;
  }
  const list = gradPreprocess(asTuple(v, "v", fn)[1], create_graph, false);
  validateV(list, like, several);
  return list;
}

export const NO_V_OUTPUT =
  "The vector v can only be None if the user-provided function returns a single Tensor with a single element.";
export const NO_V_INPUT =
  "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.";

/** Runs the last pass: recorded if a graph is asked for, else as the caller's mode has it. */
export function underGradMode<T>(create_graph: boolean, body: () => T): T {
  return set_grad_enabled(create_graph || is_grad_enabled(), body);
}
