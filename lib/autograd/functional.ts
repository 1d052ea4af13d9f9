// torch/autograd/functional.py: derivatives of functions.

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { AssertionError, NotImplementedError, RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { type Jacobian, jacobianForward, rowsOf, unwrapJacobian, vectorizedRows } from "./functional/jacobian.js";
import {
  asTuple,
  autogradGrad,
  checkRequiresGrad,
  type Func,
  fillInZeros,
  gradPostprocess,
  gradPreprocess,
  NO_V_INPUT,
  NO_V_OUTPUT,
  OUTPUTS,
  type Tensors,
  underGradMode,
  unwrapTuple,
  vectors,
} from "./functional/shared.js";
import { enable_grad } from "./grad_mode.js";

export type { Jacobian, Tensors };

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

type Strategy = "forward-mode" | "reverse-mode";

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
      return jacobianForward(func, inputs, strict, vectorize);
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
