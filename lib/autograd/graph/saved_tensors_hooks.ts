// Hooks on what operators save for backward().

import type { Tensor } from "../../_tensor.js";
import { typeName } from "../../arguments/kinds.js";
import { mode } from "../../arguments/mode.js";
import { native, type TensorHandle } from "../../binding.js";
import * as cuda from "../../cuda/_device.js";
import type { device } from "../../device.js";
import { empty } from "../../generated/torch.js";
import type { Enter, Entered } from "../../modes.js";
import { collectTensors, handleOf, TensorBase, wrap } from "../../tensor_base.js";

type Pack<T> = (tensor: Tensor) => T;
type Unpack<T> = (packed: T) => Tensor;

/** What is packed belongs to the graph: torch.tidy() must not free it. */
function outsideScopes<T>(body: () => T): T {
  const scope = collectTensors(null);
  try {
    return body();
  } finally {
    collectTensors(scope);
  }
}

function unpacked(result: unknown): TensorHandle {
  if (!(result instanceof TensorBase)) {
    throw new TypeError(
      `Output of saved tensor unpack_hook expected to be a Tensor but got result of type ${typeName(result)}`,
    );
  }
  return handleOf(result);
}

/** A pair of hooks that are set. */
interface Hooks {
  // biome-ignore lint/suspicious/noExplicitAny: what is packed is the user's
  readonly pack_hook: Pack<any>;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly unpack_hook: Unpack<any>;
  readonly internal: boolean;
}

const current: Hooks[] = [];

/** @internal The innermost hooks that are set, besides those of checkpoints. */
export function currentUserHooks(): Hooks | undefined {
  return current.findLast(({ internal }) => !internal);
}

/** @internal How hooks are set that are not the user's: a checkpoint's. */
export function enterInternalHooks<T>(pack_hook: Pack<T>, unpack_hook: Unpack<T>): Enter {
  return enterHooks(pack_hook, unpack_hook, true);
}

/** @internal How the hooks are set. */
export function enterHooks<T>(pack_hook: Pack<T>, unpack_hook: Unpack<T>, internal = false): Enter {
  const pack = (tensor: TensorHandle) => outsideScopes(() => pack_hook(wrap(tensor)));
  const unpack = (packed: unknown) => outsideScopes(() => unpacked(unpack_hook(packed as T)));
  return () => {
    native.pushSavedTensorsHooks(pack, unpack);
    current.push({ pack_hook, unpack_hook, internal });
    return () => {
      current.pop();
      native.popSavedTensorsHooks();
    };
  };
}

/** The type of saved_tensors_hooks(). */
export interface SavedTensorsHooks {
  <P, T>(pack_hook: Pack<P>, unpack_hook: Unpack<P>, body: () => T): T;
  <P, T>(hooks: { pack_hook: Pack<P>; unpack_hook: Unpack<P> }, body: () => T): T;
  <P>(pack_hook: Pack<P>, unpack_hook: Unpack<P>): Entered;
  <P>(hooks: { pack_hook: Pack<P>; unpack_hook: Unpack<P> }): Entered;
}

/**
 * A mode in which `pack_hook` is given each tensor that an operator saves for backward(), and `unpack_hook` turns what it
 * returned back into the tensor when backward() wants it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.graph.saved_tensors_hooks}
 */
export const saved_tensors_hooks: SavedTensorsHooks = mode(
  "autograd.graph.saved_tensors_hooks",
  ["pack_hook", "unpack_hook"],
  (pack_hook: Pack<unknown>, unpack_hook: Unpack<unknown>) => enterHooks(pack_hook, unpack_hook),
  { called: "saved_tensors_hooks.__init__" },
);

/** The type of save_on_cpu(). */
export interface SaveOnCpu {
  <T>(body: () => T): T;
  <T>(pin_memory: boolean, body: () => T): T;
  <T>(options: { pin_memory?: boolean; device_type?: string }, body: () => T): T;
  (pin_memory?: boolean, device_type?: string): Entered;
  (options: { pin_memory?: boolean; device_type?: string }): Entered;
}

/**
 * A mode in which what operators save for backward() is kept in the CPU's memory, and copied back to its device when it
 * is wanted.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.graph.save_on_cpu}
 */
export const save_on_cpu: SaveOnCpu = mode(
  "autograd.graph.save_on_cpu",
  ["pin_memory", "device_type"],
  (pin_memory = false, _device_type = "cuda") => {
    const pack = (tensor: Tensor): [device, Tensor] => {
      if (!pin_memory) return [tensor.device, tensor.cpu()];
      const pinned = cuda.is_available() && !tensor.is_sparse;
      const packed = empty([...tensor.shape], { dtype: tensor.dtype, layout: tensor.layout, pin_memory: pinned });
      packed.copy_(tensor, pinned);
      return [tensor.device, packed];
    };
    return enterHooks(pack, ([place, packed]) => packed.to(place, { non_blocking: pin_memory }));
  },
  { called: "save_on_cpu.__init__" },
);

/** The type of disable_saved_tensors_hooks(). */
export interface DisableSavedTensorsHooks {
  <T>(error_message: string, body: () => T): T;
  (error_message: string): Entered;
}

/**
 * A mode in which to set hooks on saved tensors throws RuntimeError with a text of one's own.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.graph.disable_saved_tensors_hooks}
 */
export const disable_saved_tensors_hooks: DisableSavedTensorsHooks = mode(
  "autograd.graph.disable_saved_tensors_hooks",
  ["error_message"],
  (error_message: string) => () => {
    const before = native.savedTensorsHooksDisabled();
    native.disableSavedTensorsHooks(error_message);
    return () => native.disableSavedTensorsHooks(before);
  },
);
