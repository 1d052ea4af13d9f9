// torch/utils/hooks.py

import { Tensor } from "../_tensor.js";
import { keywordClass, takeKeywords } from "../arguments/class.js";
import { is_grad_enabled } from "../autograd/grad_mode.js";
import type { Node } from "../autograd/graph.js";
import { RuntimeError } from "../errors.js";
import { BackwardHookFunction } from "../nn/modules/_functions.js";
import type {
  Gradients,
  BackwardHook as UserHook,
  BackwardPreHook as UserPreHook,
} from "../nn/modules/module/hooks.js";
import type { Module } from "../nn/modules/module.js";
import { repr } from "../python/repr.js";
import { len } from "../python/sequences.js";
import { warn } from "../warnings.js";

export { RemovableHandle } from "./_removable_handle.js";

const unserializable = new WeakSet<object>();

/** Marks a hook that nobody expects in a file: `warn_if_has_hooks()` is silent about it. */
export function unserializable_hook<F extends (...args: never[]) => unknown>(f: F): F {
  unserializable.add(f);
  return f;
}

/** Warns of each hook on a tensor's gradient, which a file would not hold. */
export function warn_if_has_hooks(tensor: Tensor): void {
  for (const hook of tensor._backward_hooks?.values() ?? []) {
    if (unserializable.has(hook)) continue;
    warn(
      `backward hook ${repr(hook)} on tensor will not be serialized.  If this is expected, you can decorate the function with @torch.utils.hooks.unserializable_hook to suppress this warning`,
    );
  }
}

const NO_INPUT_GRADIENTS =
  "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more details.";

function packWithNone(indices: readonly number[], values: Gradients, size: number): Gradients {
  const result: Gradients = new Array(size).fill(null);
  for (const [i, index] of indices.entries()) result[index] = values[i];
  return result;
}

/** Arguments or results with the tensors among them replaced by results of one node, and the places of those. */
interface Hooked {
  values: unknown[];
  places: number[] | null;
}

function applyOnTensors(onNode: (node: Node) => void, values: unknown[]): Hooked {
  const places = values.flatMap((value, i) => (value instanceof Tensor ? [i] : []));
  const tensors = places.map((place) => values[place] as Tensor);
  if (!tensors.some((tensor) => tensor.requires_grad) || !is_grad_enabled()) return { values, places: null };
  const made: Tensor[] = BackwardHookFunction.apply(...tensors);
  const node = made.find((tensor) => tensor.grad_fn?.name() === "BackwardHookFunctionBackward")?.grad_fn;
  if (!node) {
    throw new RuntimeError(
      "Error while setting up backward hooks. Please open an issue with a code sample to reproduce this.",
    );
  }
  onNode(node);
  const result = [...values];
  for (const [i, place] of places.entries()) result[place] = made[i];
  return { values: result, places };
}

class BackwardHook {
  readonly module: Module;
  readonly user_hooks: readonly UserHook[];
  readonly user_pre_hooks: readonly UserPreHook[];
  #grad_outputs: Gradients | null = null;
  #n_inputs = 0;
  #input_places: number[] | null = null;

  constructor(module: Module, user_hooks: readonly UserHook[], user_pre_hooks: readonly UserPreHook[]) {
    this.module = module;
    this.user_hooks = user_hooks;
    this.user_pre_hooks = user_pre_hooks;
  }

  /** The arguments of a call, with those that need gradients tied to the hooks. */
  setup_input_hook(args: unknown[]): unknown[] {
    const hooked = applyOnTensors((node) => node.register_hook((grad_input) => this.#onInputs(grad_input)), args);
    this.#n_inputs = args.length;
    this.#input_places = hooked.places;
    return hooked.values;
  }

  /** The result of a call, or the list of its results, tied to the hooks. */
  setup_output_hook(result: unknown): unknown {
    const outputs = Array.isArray(result) ? result : [result];
    const places = outputs.flatMap((value, i) => (value instanceof Tensor ? [i] : []));
    const onNode = (node: Node) =>
      node.register_hook((_grad_input, grad_output) => this.#onOutputs(grad_output, places, outputs.length));
    const { values } = applyOnTensors(onNode, outputs);
    if (!Array.isArray(result)) return values[0];
    // A named tuple stays one.
    const made = result.slice();
    if (Object.getPrototypeOf(result) !== Array.prototype) Object.setPrototypeOf(made, Object.getPrototypeOf(result));
    return Object.assign(made, values);
  }

  #onInputs(grad_input: Gradients): Gradients | null {
    // The gradient may reach the inputs without having passed the outputs, as in a double backward.
    if (this.#grad_outputs === null) return null;
    const places = this.#input_places as number[];
    let gradients = packWithNone(places, grad_input, this.#n_inputs);
    for (const hook of this.user_hooks) {
      const out = hook(this.module, gradients, this.#grad_outputs);
      if (out === null || out === undefined) continue;
      if (len(out) !== this.#n_inputs) {
        throw new RuntimeError(
          `Backward hook returned an invalid number of grad_input, got ${len(out)}, but expected ${this.#n_inputs}`,
        );
      }
      gradients = out as Gradients;
    }
    this.#grad_outputs = null;
    return places.map((place) => gradients[place]);
  }

  #onOutputs(grad_output: Gradients, places: readonly number[], n_outputs: number): Gradients {
    let gradients = packWithNone(places, grad_output, n_outputs);
    for (const hook of this.user_pre_hooks) {
      const out = hook(this.module, gradients);
      if (out === null || out === undefined) continue;
      if (len(out) !== n_outputs) {
        throw new RuntimeError(
          `Backward pre hook returned an invalid number of grad_output, got ${len(out)}, but expected ${n_outputs}`,
        );
      }
      gradients = out as Gradients;
    }
    this.#grad_outputs = gradients;
    if (this.#input_places === null) this.#callWithoutInputs(gradients);
    return places.map((place) => gradients[place]);
  }

  /** No input requires grad, so that the hooks have to be called now. */
  #callWithoutInputs(grad_outputs: Gradients): void {
    if (this.user_hooks.length > 0) process.emitWarning(NO_INPUT_GRADIENTS);
    const grad_inputs: Gradients = new Array(this.#n_inputs).fill(null);
    for (const hook of this.user_hooks) {
      const out = hook(this.module, grad_inputs, grad_outputs);
      if (out === null || out === undefined) continue;
      if (Array.isArray(out) && out.every((gradient) => gradient === null)) continue;
      throw new RuntimeError(
        "Backward hook for Modules where no input requires gradient should always return None or None for all gradients.",
      );
    }
    this.#grad_outputs = null;
  }
}

takeKeywords("BackwardHook", BackwardHook.prototype, { setup_input_hook: ["args"], setup_output_hook: ["args"] });

/**
 * The backward hooks of one call of a module: they are called once the gradients of both outputs and inputs are there.
 *
 * Throws RuntimeError for a hook that returns another number of gradients.
 */
const KeywordBackwardHook = keywordClass<BackwardHook>("BackwardHook")(BackwardHook, [
  "module",
  "user_hooks",
  "user_pre_hooks",
]);
type KeywordBackwardHook = BackwardHook;

export { KeywordBackwardHook as BackwardHook };
