// torch/autograd/gradcheck.py: whether derivatives are right.

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { complex128, float64 } from "../dtype.js";
import { AssertionError, RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { _mkldnn } from "../layout.js";
import { warn } from "../warnings.js";
import { checkBatchedBackward, checkBatchedForward } from "./gradcheck/batched.js";
import { type Compare, type Comparison, fastGradcheck, slowGradcheck } from "./gradcheck/compare.js";
import { GradcheckError } from "./gradcheck/error.js";
import {
  asTuple,
  differentiableOutputs,
  type Func,
  imaginary,
  isSparse,
  isSparseCompressed,
  isTensor,
  requiresGrad,
} from "./gradcheck/tensors.js";
import { checkMultipliedByGradOutput, checkUndefinedBackward, checkUndefinedForward } from "./gradcheck/undefined.js";
import { grad } from "./index.js";

export { get_analytical_jacobian } from "./gradcheck/analytical.js";
export { get_numerical_jacobian, get_numerical_jacobian_wrt_specific_input } from "./gradcheck/numerical.js";
export { GradcheckError };

function checkInputs(inputs: readonly unknown[]): void {
  for (const [i, input] of inputs.entries()) {
    if (!requiresGrad(input)) continue;
    if (input.dtype !== float64 && input.dtype !== complex128) {
      warn(
        `Input #${i} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. `,
      );
    }
    const compressed = isSparseCompressed(input);
    const content = compressed ? input.values() : input.is_sparse ? input._values() : input;
    if (content.layout === _mkldnn) continue;
    const strides = content.stride();
    if ([...content.shape].every((size, dim) => strides[dim] > 0 || size <= 1)) continue;
    throw new RuntimeError(
      `The ${i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck.`,
    );
  }
  if (!inputs.some(requiresGrad)) {
    throw new ValueError(
      "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.",
    );
  }
}

function checkOutputs(outputs: readonly Tensor[]): void {
  const refused = (what: string) =>
    new ValueError(
      `${what} output is not supported at gradcheck yet. Please call to_dense(masked_grad=...) on the output of fn for gradcheck.`,
    );
  if (outputs.some(isSparse)) throw refused("Sparse");
  if (outputs.some((output) => output.layout === _mkldnn)) throw refused("MKLDNN");
}

/** A function whose complex outputs are replaced by one part of them. */
const partOfOutputs =
  (func: Func, part: (tensor: Tensor) => Tensor): Func =>
  (...inputs) =>
    (asTuple(func(...inputs)) as Tensor[]).map((output) => (output.is_complex() ? part(output) : output));

/** A function of one part of its complex inputs, the other part staying as it is. */
const partOfInputs =
  (
    func: Func,
    places: readonly number[],
    join: (part: Tensor, original: Tensor) => Tensor,
    all: readonly unknown[],
  ): Func =>
  (...inputs) =>
    asTuple(func(...inputs.map((input, i) => (places.includes(i) ? join(input, all[i] as Tensor) : input))));

type Options = Omit<Comparison, "forward" | "complex_indices" | "test_imag">;

function compareBackward(
  compare: Compare,
  func: Func,
  funcOut: unknown,
  inputs: readonly unknown[],
  outputs: readonly Tensor[],
  options: Options,
): void {
  const backward = { ...options, forward: false, complex_indices: null, test_imag: false };
  if (!(asTuple(funcOut) as Tensor[]).some((output) => output.is_complex())) {
    compare(func, funcOut, inputs, outputs, backward);
    return;
  }
  const complex_indices = outputs.flatMap((output, i) => (output.is_complex() ? [i] : []));
  for (const test_imag of [true, false]) {
    const part = partOfOutputs(func, test_imag ? torch.imag : torch.real);
    const out = part(...inputs);
    compare(part, out, inputs, differentiableOutputs(out), { ...backward, complex_indices, test_imag });
  }
}

function compareForward(
  compare: Compare,
  func: Func,
  funcOut: unknown,
  inputs: readonly unknown[],
  outputs: readonly Tensor[],
  options: Options & { check_undefined_grad: boolean },
): void {
  const forward = { ...options, forward: true, complex_indices: null, test_imag: false };
  const isComplex = (input: unknown): input is Tensor => isTensor(input) && input.is_complex();
  const complex_indices = inputs.flatMap((input, i) => (isComplex(input) ? [i] : []));
  if (complex_indices.length === 0) {
    compare(func, funcOut, inputs, outputs, forward);
    if (options.check_undefined_grad) checkUndefinedForward(func, outputs, inputs);
    return;
  }
  const i = imaginary(1) as never;
  for (const test_imag of [true, false]) {
    const join = (part: Tensor, original: Tensor) =>
      test_imag ? torch.real(original).add(part.mul(i)) : part.add(torch.imag(original).mul(i));
    const part = partOfInputs(func, complex_indices, join, inputs);
    const parts = inputs.map((input) =>
      isComplex(input) ? (test_imag ? torch.imag(input) : torch.real(input)) : input,
    );
    const out = part(...parts);
    compare(part, out, parts, differentiableOutputs(out), { ...forward, complex_indices, test_imag });
    if (options.check_undefined_grad) checkUndefinedForward(part, differentiableOutputs(out), parts);
  }
}

const parameters = [
  "func",
  "inputs",
  "*",
  "eps",
  "atol",
  "rtol",
  "raise_exception",
  "nondet_tol",
  "check_undefined_grad",
  "check_grad_dtypes",
  "check_batched_grad",
  "check_batched_forward_grad",
  "check_forward_ad",
  "check_backward_ad",
  "fast_mode",
  "masked",
] as const;

/**
 * Compares the gradients that backward() computes (and, with `check_forward_ad`, those of forward mode) with finite
 * differences of step `eps`; returns true.
 *
 * `gradcheck(func, inputs, *, eps=1e-06, atol=1e-05, rtol=0.001, raise_exception=True, nondet_tol=0.0,
 * check_undefined_grad=True, check_grad_dtypes=False, check_batched_grad=False, check_batched_forward_grad=False,
 * check_forward_ad=False, check_backward_ad=True, fast_mode=False, masked=None) -> bool`
 *
 * Inputs and results should be float64 or complex128. `fast_mode` compares one random combination of each Jacobian's
 * elements. Throws GradcheckError, or with `raise_exception: false` returns false, where they differ.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.gradcheck.gradcheck.html}
 */
export const gradcheck = def(
  "gradcheck",
  parameters,
  (
    func: Func,
    inputs: unknown,
    eps = 1e-6,
    atol = 1e-5,
    rtol = 1e-3,
    raise_exception = true,
    nondet_tol = 0.0,
    check_undefined_grad = true,
    check_grad_dtypes = false,
    check_batched_grad = false,
    check_batched_forward_grad = false,
    check_forward_ad = false,
    check_backward_ad = true,
    fast_mode = false,
    masked: boolean | null = null,
  ): boolean => {
    if (!check_forward_ad && !check_backward_ad) {
      throw new AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True");
    }
    if (check_batched_grad && !check_backward_ad) {
      throw new AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True");
    }
    if (check_batched_forward_grad && !check_forward_ad) {
      throw new AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True");
    }
    const options = { eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes, masked };
    const run = () => {
      const tupled = asTuple(inputs);
      checkInputs(tupled);
      const funcOut = func(...tupled);
      const outputs = differentiableOutputs(funcOut);
      checkOutputs(outputs);
      const compare = fast_mode ? fastGradcheck : slowGradcheck;
      if (check_backward_ad) compareBackward(compare, func, funcOut, tupled, outputs, options);
      if (check_forward_ad) compareForward(compare, func, funcOut, tupled, outputs, options);
      if (check_batched_forward_grad) checkBatchedForward(func, tupled);
      if (!check_backward_ad) return;
      if (check_batched_grad) checkBatchedBackward(tupled, outputs);
      checkMultipliedByGradOutput(outputs, tupled, masked);
      if (check_undefined_grad) checkUndefinedBackward(func, outputs, tupled);
    };
    try {
      run();
      return true;
    } catch (error) {
      if (!raise_exception && error instanceof GradcheckError) return false;
      throw error;
    }
  },
);

function randomGradOutput(output: Tensor, noncontiguous: boolean): Tensor {
  const dtype = output.is_floating_point() || output.is_complex() ? output.dtype : float64;
  const sizes = [...output.shape];
  const options = { dtype, device: output.device };
  const make = (shape: number[]) =>
    output.is_complex()
      ? torch.complex(
          torch.empty(shape, { ...options, dtype: torch.real(output).dtype }).uniform_(-1, 1),
          torch.empty(shape, { ...options, dtype: torch.real(output).dtype }).uniform_(-1, 1),
        )
      : torch.empty(shape, options).uniform_(-1, 1);
  if (!noncontiguous || output.numel() < 2) return make(sizes).requires_grad_();
  const last = sizes.length - 1;
  return make([...sizes.slice(0, last), sizes[last] * 2])
    .index("...", "::2")
    .requires_grad_();
}

/**
 * Compares second derivatives, as gradcheck() does first ones, at `grad_outputs` or random ones in [-1, 1).
 *
 * `gradgradcheck(func, inputs, grad_outputs=None, *, eps=1e-06, atol=1e-05, rtol=0.001,
 * gen_non_contig_grad_outputs=False, raise_exception=True, nondet_tol=0.0, check_undefined_grad=True,
 * check_grad_dtypes=False, check_batched_grad=False, check_fwd_over_rev=False, check_rev_over_rev=True,
 * fast_mode=False, masked=False) -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.gradcheck.gradgradcheck.html}
 */
export const gradgradcheck = def(
  "gradgradcheck",
  [
    "func",
    "inputs",
    "grad_outputs",
    "*",
    "eps",
    "atol",
    "rtol",
    "gen_non_contig_grad_outputs",
    "raise_exception",
    "nondet_tol",
    "check_undefined_grad",
    "check_grad_dtypes",
    "check_batched_grad",
    "check_fwd_over_rev",
    "check_rev_over_rev",
    "fast_mode",
    "masked",
  ],
  (
    func: Func,
    inputs: unknown,
    grad_outputs: unknown = null,
    eps = 1e-6,
    atol = 1e-5,
    rtol = 1e-3,
    gen_non_contig_grad_outputs = false,
    raise_exception = true,
    nondet_tol = 0.0,
    check_undefined_grad = true,
    check_grad_dtypes = false,
    check_batched_grad = false,
    check_fwd_over_rev = false,
    check_rev_over_rev = true,
    fast_mode = false,
    masked = false,
  ): boolean => {
    if (!check_fwd_over_rev && !check_rev_over_rev) {
      throw new AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True");
    }
    for (const [name, set] of Object.entries({ check_undefined_grad, check_batched_grad })) {
      if (set && !check_rev_over_rev) {
        throw new AssertionError(`Setting ${name}=True requires check_rev_over_rev to be True`);
      }
    }
    const tupled = asTuple(inputs);
    const gradients = (
      grad_outputs === null
        ? differentiableOutputs(func(...tupled)).map((output) => randomGradOutput(output, gen_non_contig_grad_outputs))
        : asTuple(grad_outputs)
    ) as readonly Tensor[];
    const wanted = [...tupled, ...gradients].map(requiresGrad);
    const firstDerivative = (...args: unknown[]): Tensor[] => {
      const given = args.map((arg, i) => (wanted[i] ? (arg as Tensor).requires_grad_() : arg));
      const own = given.slice(0, -gradients.length);
      const outputs = differentiableOutputs(func(...own));
      const targets = own.filter((_, i) => wanted[i]) as Tensor[];
      const found = grad(outputs, targets, given.slice(-gradients.length) as Tensor[], {
        create_graph: true,
        allow_unused: true,
      });
      return found.filter((one: Tensor | null) => one !== null);
    };
    return gradcheck(firstDerivative, [...tupled, ...gradients], {
      eps,
      atol,
      rtol,
      raise_exception,
      nondet_tol,
      check_undefined_grad,
      check_grad_dtypes,
      check_batched_grad,
      fast_mode,
      check_forward_ad: check_fwd_over_rev,
      check_backward_ad: check_rev_over_rev,
      masked,
    });
  },
);
