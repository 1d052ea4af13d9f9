// Several gradients computed at once, which must be those computed one by one.

import type { Tensor } from "../../_tensor.js";
import { _vmap } from "../../_vmap_internals.js";
import { RuntimeError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { dual_level, make_dual, unpack_dual } from "../forward_ad.js";
import { grad } from "../index.js";
import { GradcheckError } from "./error.js";
import { FAILED_BATCHED_GRAD_MSG, FAILED_BATCHED_GRAD_MSG_FWD_AD } from "./messages.js";
import { asTuple, type Func, isDifferentiable, isTensor, requiresGrad } from "./tensors.js";

const expandedZeros = (like: Tensor): Tensor =>
  torch.zeros([], { dtype: like.dtype, device: like.device }).expand(like.shape);

/** Compares what a function gives for two tensors, one after the other, with what it gives for both at once. */
function compareBatched(
  func: (tensor: Tensor) => Tensor[],
  like: Tensor,
  explanation: string,
  places: (i: number) => [output: number, input: number],
): void {
  const shards = [torch.randn_like(like), torch.randn_like(like)];
  const separate = shards.map(func);
  const expected = separate[0].map((_, i) => torch.stack(separate.map((results) => results[i])));
  let result: Tensor[];
  try {
    result = _vmap(func)(torch.stack(shards));
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new GradcheckError(`While computing batched gradients, got: ${error.message}\n\n${explanation}`, {
      cause: error,
    });
  }
  for (const [i, found] of result.entries()) {
    if (torch.allclose(found, expected[i])) continue;
    const [output, input] = places(i);
    throw new GradcheckError(
      `For output ${output} and input ${input}:\n\n${explanation}\n\nGot:\n${found}\n\nExpected:\n${expected[i]}`,
    );
  }
}

/** Forward-mode gradients for two tangents at once, of each input. */
export function checkBatchedForward(func: Func, inputs: readonly unknown[]): void {
  for (const [place, input] of inputs.entries()) {
    if (!requiresGrad(input) || !isDifferentiable(input)) continue;
    const jvp = (tangent: Tensor): Tensor[] =>
      dual_level(() => {
        const dual = make_dual(input.detach(), tangent);
        const duals = inputs.map((one, i) => (i === place ? dual : isTensor(one) ? one.detach() : one));
        return (asTuple(func(...duals)) as (Tensor | null)[])
          .filter((output) => output !== null)
          .map((output) => unpack_dual(output))
          .map(({ primal, tangent }) => tangent ?? expandedZeros(primal));
      });
    compareBatched(jvp, input, FAILED_BATCHED_GRAD_MSG_FWD_AD, (i) => [i, i]);
  }
}

/** Gradients by backward() for two gradients of each output at once. */
export function checkBatchedBackward(inputs: readonly unknown[], outputs: readonly Tensor[]): void {
  const targets = inputs.filter(requiresGrad);
  for (const [place, output] of outputs.entries()) {
    const vjp = (v: Tensor): Tensor[] =>
      (grad(output, targets, v, { retain_graph: true, allow_unused: true }) as (Tensor | null)[]).map(
        (found, i) => found ?? expandedZeros(targets[i]),
      );
    compareBatched(vjp, output, FAILED_BATCHED_GRAD_MSG, (i) => [place, i]);
  }
}
