// Tensors that operators saved for backward() are copied before they are written.

import type { Tensor } from "../../_tensor.js";
import { mode } from "../../arguments/mode.js";
import { native } from "../../binding.js";
import { AssertionError, RuntimeError } from "../../errors.js";
import type { Enter, Entered } from "../../modes.js";
import { handleOf } from "../../tensor_base.js";
import { enterDispatchMode, type Operation } from "../../utils/_python_dispatch.js";
import { enterHooks } from "./saved_tensors_hooks.js";

/** A tensor that was saved: the original, as long as nobody writes to its memory, then a copy; null after the mode. */
interface Saved {
  tensor: Tensor | null;
  isCopy: boolean;
}

const memoryOf = (tensor: Tensor): string => `${native.storageInfo(handleOf(tensor))[0]} ${tensor._version}`;

const alive = (saved: readonly WeakRef<Saved>[] = []): Saved[] =>
  saved.map((one) => one.deref()).filter((one) => one !== undefined);

const isSame = (a: Tensor, b: Tensor): boolean => native.isSame(handleOf(a), handleOf(b));

let isEnabled = false;

function enter(): () => void {
  if (isEnabled) throw new RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested");
  const saved = new Map<string, WeakRef<Saved>[]>();

  const pack = (tensor: Tensor): Saved => {
    const memory = memoryOf(tensor);
    const others = alive(saved.get(memory));
    const same = others.find((other) => other.tensor && !other.isCopy && isSame(other.tensor, tensor));
    if (same) return same;
    const kept = { tensor, isCopy: false };
    saved.set(
      memory,
      [...others, kept].map((one) => new WeakRef(one)),
    );
    return kept;
  };
  const unpack = (kept: Saved): Tensor => {
    if (isEnabled && kept.tensor) return kept.tensor;
    throw new AssertionError(
      "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was originally recorded.",
    );
  };
  const copyBeforeWriting = (tensor: Tensor): void => {
    for (const kept of alive(saved.get(memoryOf(tensor)))) {
      if (kept.tensor === null || kept.isCopy) continue;
      kept.tensor = kept.tensor.clone();
      kept.isCopy = true;
    }
  };
  const before = ({ func, args }: Operation): null => {
    for (const [i, { is_write }] of func._schema.arguments.entries()) {
      if (!is_write) continue;
      const written = Array.isArray(args[i]) ? (args[i] as Tensor[]) : [args[i] as Tensor];
      for (const tensor of written) copyBeforeWriting(tensor);
    }
    return null;
  };

  const leaveHooks = enterHooks(pack, unpack)();
  const leaveMode = enterDispatchMode({ before })();
  isEnabled = true;
  return () => {
    isEnabled = false;
    for (const kept of alive([...saved.values()].flat())) kept.tensor = null;
    leaveMode();
    leaveHooks();
  };
}

/** The type of allow_mutation_on_saved_tensors(). */
export interface AllowMutationOnSavedTensors {
  <T>(body: () => T): T;
  (): Entered;
}

/**
 * A mode in which tensors that operators saved for backward() may be changed in place: they are copied before.
 *
 * backward() must run in the mode, too.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.graph.allow_mutation_on_saved_tensors}
 */
export const allow_mutation_on_saved_tensors: AllowMutationOnSavedTensors = mode(
  "autograd.graph.allow_mutation_on_saved_tensors",
  [],
  (): Enter => enter,
);
