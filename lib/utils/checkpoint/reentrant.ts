// Checkpoints as one operation, whose backward computes the function again and runs a backward pass inside of it.

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { typeName } from "../../arguments/kinds.js";
import { Function, type FunctionCtx } from "../../autograd/function.js";
import { enable_grad, no_grad } from "../../autograd/grad_mode.js";
import { backward } from "../../autograd/index.js";
import { native } from "../../binding.js";
import { RuntimeError } from "../../errors.js";
import { TensorBase } from "../../tensor_base.js";
import { warn } from "../../warnings.js";
import { autocastMode, inferDeviceType, rngMode } from "./device_states.js";

const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase;

/** The tensors of an array cut from their graph; other elements as they are. */
export const detach_variable = def("detach_variable", ["inputs"], (inputs: readonly unknown[]): unknown[] => {
  if (!Array.isArray(inputs)) {
    throw new RuntimeError(`Only tuple of tensors is supported. Got Unsupported input type: ${typeName(inputs)}`);
  }
  return inputs.map((input) => (isTensor(input) ? input.detach().requires_grad_(input.requires_grad) : input));
});

/** Warns where no tensor requires grad. */
export const check_backward_validity = def("check_backward_validity", ["inputs"], (inputs: Iterable<unknown>): void => {
  if ([...inputs].some((input) => isTensor(input) && input.requires_grad)) return;
  warn("None of the inputs have requires_grad=True. Gradients will be None");
});

// biome-ignore lint/suspicious/noExplicitAny: what the function takes is the user's
type RunFunction = (...args: any[]) => any;

// Apart from forward(), so that what backward keeps does not share its closure.
function rerun(run: RunFunction, args: readonly unknown[], preserve: boolean) {
  const rng = rngMode(args, preserve);
  const autocast = autocastMode(inferDeviceType(args));
  return (inputs: unknown[]): unknown => rng(() => autocast(() => enable_grad(() => run(...inputs))));
}

/** The operation that checkpoint() is with `use_reentrant: true`. */
export class CheckpointFunction extends Function {
  static override forward(ctx: FunctionCtx, run: RunFunction, preserve: boolean, ...args: unknown[]): unknown {
    check_backward_validity(args);
    ctx.rerun = rerun(run, args, preserve);
    ctx.inputs = args.map((arg) => (isTensor(arg) ? null : arg));
    ctx.tensor_indices = args.flatMap((arg, i) => (isTensor(arg) ? [i] : []));
    ctx.save_for_backward(...args.filter(isTensor));
    return no_grad(() => run(...args));
  }

  static override backward(ctx: FunctionCtx, ...grads: (Tensor | null)[]): (Tensor | null)[] {
    if (!native.isCheckpointValid()) {
      throw new RuntimeError(
        "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument.",
      );
    }
    const inputs = [...(ctx.inputs as unknown[])];
    for (const [i, tensor] of ctx.saved_tensors.entries()) inputs[ctx.tensor_indices[i]] = tensor;
    const detached = detach_variable(inputs);
    const output: unknown = ctx.rerun(detached);
    const outputs: readonly unknown[] = Array.isArray(output) ? output : [output];
    const used = outputs.flatMap((one, i) => (isTensor(one) && one.requires_grad ? [i] : []));
    if (used.length === 0) {
      throw new RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary");
    }
    backward(
      used.map((i) => outputs[i] as Tensor),
      used.map((i) => grads[i]),
    );
    return [null, null, ...detached.map((input) => (isTensor(input) ? input.grad : null))];
  }
}
