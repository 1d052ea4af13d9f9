// torch/autograd/functional.py: derivatives of functions.

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { AssertionError, NotImplementedError, RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { TensorBase } from "../tensor_base.js";
import { enable_grad, is_grad_enabled, set_grad_enabled } from "./grad_mode.js";
import { grad } from "./index.js";

/** One tensor, or several. */
export type Tensors = Tensor | readonly Tensor[];
// biome-ignore lint/suspicious/noExplicitAny: a function of any number of tensors
type Func<R> = (...inputs: any[]) => R;
type Optional = Tensor | null;
type Gradients = readonly Optional[];

const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase;

/** Whether several tensors were given, and the list of them. */
function asTuple(given: unknown, argument: string, fn: string): [boolean, readonly Tensor[]] {
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

const OUTPUTS = "outputs of the user-provided function";

const unwrapTuple = <T>(list: readonly T[], several: boolean): T | readonly T[] => (several ? list : list[0]);

/** Inputs that a graph can be made of, cut from that of the caller unless `create_graph` is set. */
function gradPreprocess(inputs: readonly Tensor[], create_graph: boolean, need_graph: boolean): Tensor[] {
  return inputs.map((input) => {
    if (!create_graph || !input.requires_grad) return input.detach().requires_grad_(need_graph);
    return input.is_sparse ? input.clone() : input.view_as(input);
  });
}

const gradPostprocess = (list: readonly Tensor[], create_graph: boolean): readonly Tensor[] =>
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

function checkRequiresGrad(inputs: Gradients, type: InputType, strict: boolean): void {
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
function autogradGrad(
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

function fillInZeros(
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
function vectors(
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

const NO_V_OUTPUT =
  "The vector v can only be None if the user-provided function returns a single Tensor with a single element.";
const NO_V_INPUT =
  "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.";

/** Runs the last pass: recorded if a graph is asked for, else as the caller's mode has it. */
function underGradMode<T>(create_graph: boolean, body: () => T): T {
  return set_grad_enabled(create_graph || is_grad_enabled(), body);
}

type Pair = [outputs: Tensors, product: Tensors];

/**
 * The product of a vector and the Jacobian of a function: `[outputs, vjp]`, vjp being of the inputs' shapes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.functional.vjp.html}
 */
export const vjp = def(
  "vjp",
  ["func", "inputs", "v", "create_graph", "strict"],
  (func: Func<Tensors>, inputs: Tensors, v: Tensors | null = null, create_graph = false, strict = false): Pair => {
    const forward = enable_grad(() => {
      const [several, list] = asTuple(inputs, "inputs", "vjp");
      const inner = gradPreprocess(list, create_graph, true);
      const [severalOutputs, outputs] = asTuple(func(...inner), OUTPUTS, "vjp");
      checkRequiresGrad(outputs, "outputs", strict);
      const vs = vectors(v, "vjp", create_graph, outputs, severalOutputs, NO_V_OUTPUT);
      return { several, inner, severalOutputs, outputs, vs };
    });
    const product = underGradMode(create_graph, () => {
      const found = autogradGrad(forward.outputs, forward.inner, forward.vs, { create_graph });
      return fillInZeros(found, forward.inner, strict, create_graph, "back");
    });
    return [
      unwrapTuple(gradPostprocess(forward.outputs, create_graph), forward.severalOutputs),
      unwrapTuple(gradPostprocess(product, create_graph), forward.several),
    ];
  },
);

/**
 * The product of the Jacobian of a function and a vector: `[outputs, jvp]`, jvp being of the outputs' shapes.
 *
 * It is computed by differentiating backward() once more.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.functional.jvp.html}
 */
export const jvp = def(
  "jvp",
  ["func", "inputs", "v", "create_graph", "strict"],
  (func: Func<Tensors>, inputs: Tensors, v: Tensors | null = null, create_graph = false, strict = false): Pair => {
    const forward = enable_grad(() => {
      const [several, list] = asTuple(inputs, "inputs", "jvp");
      const inner = gradPreprocess(list, create_graph, true);
      const vs = vectors(v, "jvp", create_graph, inner, several, NO_V_INPUT);
      const [severalOutputs, outputs] = asTuple(func(...inner), OUTPUTS, "jvp");
      checkRequiresGrad(outputs, "outputs", strict);
      const gradOutputs = outputs.map((output) => torch.zeros_like(output, { requires_grad: true }));
      const gradInputs = autogradGrad(outputs, inner, gradOutputs, { create_graph: true });
      checkRequiresGrad(gradInputs, "grad_inputs", strict);
      return { severalOutputs, outputs, gradOutputs, gradInputs, vs };
    });
    const product = underGradMode(create_graph, () => {
      const found = autogradGrad(forward.gradInputs, forward.gradOutputs, forward.vs, { create_graph });
      return fillInZeros(found, forward.outputs, strict, create_graph, "back_trick");
    });
    return [
      unwrapTuple(gradPostprocess(forward.outputs, create_graph), forward.severalOutputs),
      unwrapTuple(gradPostprocess(product, create_graph), forward.severalOutputs),
    ];
  },
);

/** For each tensor the rows of the identity matrix over all elements that belong to it. */
function standardBasis(tensors: readonly Tensor[], numels: readonly number[]): Tensor[] {
  const total = numels.reduce((sum, numel) => sum + numel, 0);
  let start = 0;
  return tensors.map((tensor, i) => {
    const chunk = tensor.new_zeros(total, numels[i]);
    chunk.diagonal(start).fill_(1);
    start -= numels[i];
    return chunk;
  });
}

/** What jacobian() and hessian() return: a tensor for one input and one output, else arrays, of outputs first. */
// biome-ignore lint/suspicious/noExplicitAny: its depth follows from func and inputs
export type Jacobian = any;

type Rows = readonly (readonly Tensor[])[];

function unwrapJacobian(rows: Rows, severalOutputs: boolean, severalInputs: boolean): Jacobian {
  return unwrapTuple(
    rows.map((row) => unwrapTuple(row, severalInputs)),
    severalOutputs,
  );
}

/** All rows of the Jacobian in one pass over the graph. */
function vectorizedRows(outputs: readonly Tensor[], inputs: readonly Tensor[], create_graph: boolean): Rows {
  const numels = outputs.map((output) => output.numel());
  const total = numels.reduce((sum, numel) => sum + numel, 0);
  const flat = outputs.map((output) => output.reshape(-1));
  const found = autogradGrad(flat, inputs, standardBasis(outputs, numels), { create_graph, is_grads_batched: true });
  const byInput = found.map((rows, i) => {
    const all = rows ?? torch.zeros_like(inputs[i]).expand([total, ...inputs[i].shape]);
    return all.split(numels, 0).map((part, o) => part.view([...outputs[o].shape, ...inputs[i].shape]));
  });
  return outputs.map((_, o) => byInput.map((parts) => parts[o]));
}

/** One pass over the graph for each element of an output. */
function rowsOf(
  output: Tensor,
  index: number,
  inputs: readonly Tensor[],
  create_graph: boolean,
  strict: boolean,
): readonly Tensor[] {
  const rows: Tensor[][] = inputs.map(() => []);
  const flat = output.reshape(-1);
  for (let j = 0; j < output.nelement(); j++) {
    const found = autogradGrad([flat[j]], inputs, null, { retain_graph: true, create_graph });
    for (const [i, row] of found.entries()) {
      if (row === null && strict) {
        throw new RuntimeError(
          `Output ${index} of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
        );
      }
      if (row !== null && strict && create_graph && !row.requires_grad) {
        throw new RuntimeError(
          `The jacobian of the user-provided function is independent of input ${index}. This is not allowed in strict mode when create_graph=True.`,
        );
      }
      rows[i].push(row ?? torch.zeros_like(inputs[i]));
    }
  }
  return rows.map((list, i) => torch.stack(list, 0).view([...output.shape, ...inputs[i].shape]));
}

type Strategy = "forward-mode" | "reverse-mode";

/** The Jacobian by forward-mode gradients, which takes one pass that is vectorized over the inputs' elements. */
function jacobianForward(strict: boolean, vectorize: boolean): never {
  if (strict) {
    throw new RuntimeError(
      'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported together (yet). Please either set `strict=False` or `strategy="reverse-mode"`.',
    );
  }
  if (!vectorize) {
    throw new NotImplementedError(
      "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`.",
    );
  }
  throw new NotImplementedError('strategy="forward-mode" needs torch.vmap, which is not there yet');
}

/**
 * The Jacobian of a function: for each output and each input a tensor of the output's shape followed by the input's.
 *
 * `strict` throws RuntimeError where an output does not depend on an input, which gives zeros otherwise; `vectorize`
 * computes all rows at once.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.functional.jacobian.html}
 */
export const jacobian = def(
  "jacobian",
  ["func", "inputs", "create_graph", "strict", "vectorize", "strategy"],
  (
    func: Func<Tensors>,
    inputs: Tensors,
    create_graph = false,
    strict = false,
    vectorize = false,
    strategy: Strategy = "reverse-mode",
  ): Jacobian => {
    if (strategy !== "forward-mode" && strategy !== "reverse-mode") {
      throw new AssertionError(
        'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".',
      );
    }
    if (strategy === "forward-mode") {
      if (create_graph) {
        throw new NotImplementedError(
          'torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` are not supported together (yet). Please either set `create_graph=False` or `strategy="reverse-mode"`.',
        );
      }
      return jacobianForward(strict, vectorize);
    }
    return enable_grad(() => {
      const [several, list] = asTuple(inputs, "inputs", "jacobian");
      const inner = gradPreprocess(list, create_graph, true);
      const [severalOutputs, outputs] = asTuple(func(...inner), OUTPUTS, "jacobian");
      checkRequiresGrad(outputs, "outputs", strict);
      if (vectorize && strict) {
        throw new RuntimeError(
          "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`.",
        );
      }
      const rows = vectorize
        ? vectorizedRows(outputs, inner, create_graph)
        : outputs.map((output, i) => rowsOf(output, i, inner, create_graph, strict));
      const results = rows.map((row) => gradPostprocess(row, create_graph));
      return unwrapJacobian(results, severalOutputs, several);
    });
  },
);

function checkScalar(fn: string, several: boolean, outputs: readonly Tensor[]): void {
  if (several) throw new RuntimeError(`The function given to ${fn} should return a single Tensor`);
  if (outputs[0].nelement() !== 1) {
    throw new RuntimeError(`The Tensor returned by the function given to ${fn} should contain a single element`);
  }
}

/**
 * The Hessian of a function that returns one number: for each pair of inputs a tensor of the shape of the first
 * followed by that of the second.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.functional.hessian.html}
 */
export const hessian = def(
  "hessian",
  ["func", "inputs", "create_graph", "strict", "vectorize", "outer_jacobian_strategy"],
  (
    func: Func<Tensor>,
    inputs: Tensors,
    create_graph = false,
    strict = false,
    vectorize = false,
    outer_jacobian_strategy: Strategy = "reverse-mode",
  ): Jacobian => {
    const [several] = asTuple(inputs, "inputs", "hessian");
    if (outer_jacobian_strategy !== "forward-mode" && outer_jacobian_strategy !== "reverse-mode") {
      throw new AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".');
    }
    const scalar = (...args: Tensor[]): Tensor => {
      const [severalOutputs, outputs] = asTuple(func(...args), OUTPUTS, "hessian");
      checkRequiresGrad(outputs, "outputs", strict);
      checkScalar("hessian", severalOutputs, outputs);
      return outputs[0].squeeze();
    };
    const gradient = (...args: Tensor[]): readonly Tensor[] => {
      const inner = outer_jacobian_strategy === "forward-mode" ? args.map((arg) => arg.requires_grad_(true)) : args;
      const rows: readonly Tensor[] = jacobian(scalar, inner, { create_graph: true });
      checkRequiresGrad(rows, "jacobian", strict);
      return rows;
    };
    const result = jacobian(gradient, inputs, {
      create_graph,
      strict,
      vectorize,
      strategy: outer_jacobian_strategy,
    });
    return several ? result : result[0];
  },
);

/** The outputs and the gradient of a function that returns one number, as a graph. */
function gradientOf(fn: string, func: Func<Tensor>, inner: readonly Tensor[], strict: boolean) {
  const [severalOutputs, outputs] = asTuple(func(...inner), OUTPUTS, fn);
  checkRequiresGrad(outputs, "outputs", strict);
  checkScalar(fn, severalOutputs, outputs);
  const jac = autogradGrad(outputs, inner, null, { create_graph: true });
  checkRequiresGrad(jac, "jacobian", strict);
  return { severalOutputs, outputs, jac };
}

/**
 * The product of a vector and the Hessian of a function that returns one number: `[output, vhp]`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.functional.vhp.html}
 */
export const vhp = def(
  "vhp",
  ["func", "inputs", "v", "create_graph", "strict"],
  (func: Func<Tensor>, inputs: Tensors, v: Tensors | null = null, create_graph = false, strict = false): Pair => {
    const forward = enable_grad(() => {
      const [several, list] = asTuple(inputs, "inputs", "vhp");
      const inner = gradPreprocess(list, create_graph, true);
      const vs = vectors(v, "vhp", create_graph, inner, several, NO_V_INPUT);
      return { several, inner, vs, ...gradientOf("vhp", func, inner, strict) };
    });
    const product = underGradMode(create_graph, () => {
      const found = autogradGrad(forward.jac, forward.inner, forward.vs, { create_graph });
      return fillInZeros(found, forward.inner, strict, create_graph, "double_back");
    });
    return [
      unwrapTuple(gradPostprocess(forward.outputs, create_graph), forward.severalOutputs),
      unwrapTuple(gradPostprocess(product, create_graph), forward.several),
    ];
  },
);

/**
 * The product of the Hessian of a function that returns one number and a vector: `[output, hvp]`.
 *
 * It differentiates three times; where the Hessian is symmetric, vhp() gives the same in less time.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.functional.hvp.html}
 */
export const hvp = def(
  "hvp",
  ["func", "inputs", "v", "create_graph", "strict"],
  (func: Func<Tensor>, inputs: Tensors, v: Tensors | null = null, create_graph = false, strict = false): Pair => {
    const forward = enable_grad(() => {
      const [several, list] = asTuple(inputs, "inputs", "hvp");
      const inner = gradPreprocess(list, create_graph, true);
      const vs = vectors(v, "hvp", create_graph, inner, several, NO_V_INPUT);
      const gradient = gradientOf("hvp", func, inner, strict);
      const gradJac = inner.map((input) => torch.zeros_like(input, { requires_grad: true }));
      const doubleBack = autogradGrad(gradient.jac, inner, gradJac, { create_graph: true });
      checkRequiresGrad(gradient.jac, "hessian", strict);
      return { several, inner, vs, gradJac, doubleBack, ...gradient };
    });
    const product = underGradMode(create_graph, () => {
      const found = autogradGrad(forward.doubleBack, forward.gradJac, forward.vs, { create_graph });
      return fillInZeros(found, forward.inner, strict, create_graph, "double_back_trick");
    });
    return [
      unwrapTuple(gradPostprocess(forward.outputs, create_graph), forward.severalOutputs),
      unwrapTuple(gradPostprocess(product, create_graph), forward.several),
    ];
  },
);
