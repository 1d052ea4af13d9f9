// Checkpoints by hooks on saved tensors: what an operator saves is a mark, and the first mark that backward() wants
// makes the function run again, now keeping what it saves.

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { mode } from "../../arguments/mode.js";
import { enable_grad, is_grad_enabled } from "../../autograd/grad_mode.js";
import { enterInternalHooks } from "../../autograd/graph/saved_tensors_hooks.js";
import { native, type StateHandle } from "../../binding.js";
import { AssertionError, RuntimeError, ValueError } from "../../errors.js";
import { type Entered, withMode } from "../../modes.js";
import { repr } from "../../python/repr.js";
import { handleOf, TensorBase, wrap } from "../../tensor_base.js";
import { currentDevice, enterDevice } from "../_device.js";
import { debugContexts, isDebugged } from "./debug.js";
import { autocastMode, inferDeviceType, rngMode } from "./device_states.js";
import { currentGroup } from "./group.js";
import { DEBUG_TIP } from "./messages.js";

/** A mode as checkpoint() takes it: a function that runs another under it, such as `torch.no_grad`. */
export type Context = <T>(body: () => T) => T;
/** The mode of a selective checkpoint's first call. */
export type SelectiveContext = Context & {
  /** Whether what is kept goes through the hooks on saved tensors around the checkpoint. */
  respect_saved_tensors_hooks: boolean | null;
};

const isSelective = (context: Context): context is SelectiveContext => "respect_saved_tensors_hooks" in context;

/** Gives the modes of a checkpoint's first call and of the second. */
export type ContextFn = () => readonly [forward: Context, recompute: Context];

/** The context_fn of a checkpoint that is given none: two modes that do nothing. */
export const noop_context_fn = def("noop_context_fn", [], (): [Context, Context] => {
  return [(body) => body(), (body) => body()];
});

/** What was saved in a checkpoint's second call is not what was saved in the first. */
export class CheckpointError extends RuntimeError {}

let earlyStop: boolean | null = null;

/** The type of set_checkpoint_early_stop(). */
export interface SetCheckpointEarlyStop {
  <T>(enable: boolean, body: () => T): T;
  (enable: boolean): Entered;
}

/**
 * A mode that sets for all checkpoints whether the second call ends as soon as all is there.
 *
 * {@link https://docs.pytorch.org/docs/2.15/checkpoint.html#torch.utils.checkpoint.set_checkpoint_early_stop}
 */
export const set_checkpoint_early_stop: SetCheckpointEarlyStop = mode(
  "utils.checkpoint.set_checkpoint_early_stop",
  ["enable"],
  (enable: boolean) => () => {
    const before = earlyStop;
    earlyStop = enable;
    return () => {
      earlyStop = before;
    };
  },
);

/** What of a tensor must be the same in both calls. */
type Metadata = (tensor: Tensor) => Record<string, unknown> | null;

const determinismChecks: Record<string, Metadata> = {
  default: (tensor) => ({ shape: tensor.shape, dtype: tensor.dtype, device: tensor.device }),
  none: () => null,
};

/** Ends the second call. */
class StopRecomputation extends Error {}

const unexpected = () =>
  new AssertionError(
    "Something went unexpectedly wrong in activation checkpoint. Please report this bug by filing an issue to PyTorch.",
  );

/** An argument of the first call, as an operator would save it. */
class SavedArgument {
  #saved: StateHandle | null = null;
  #value: unknown;

  constructor(arg: unknown) {
    if (arg instanceof TensorBase) this.#saved = native.makeSavedTensor(handleOf(arg));
    else this.#value = arg;
  }

  get(): unknown {
    return this.#saved === null ? this.#value : wrap(native.unpackSavedTensor(this.#saved));
  }
}

/** What one backward pass has computed again. */
interface Recomputation {
  count: number;
  tensors: Map<number, Tensor>;
  unpacked: Set<number>;
}

/** One call of checkpoint(). */
class CheckpointFrame {
  /** For each tensor that was saved, what must be the same. */
  readonly metadata: (string | null)[] = [];
  forward_completed = false;
  #ignore_mismatch = false;
  #args: SavedArgument[];
  #recomputations = new Map<number | object, Recomputation>();

  constructor(
    readonly recompute: (...args: unknown[]) => void,
    readonly early_stop: boolean,
    readonly metadata_fn: Metadata,
    args: readonly unknown[],
  ) {
    this.#args = args.map((arg) => new SavedArgument(arg));
  }

  describe(tensor: Tensor): string | null {
    const metadata = this.metadata_fn(tensor);
    return metadata && repr(metadata);
  }

  /** Called for each tensor that the second call saves. */
  #keep(recomputation: Recomputation, tensor: Tensor): void {
    const index = recomputation.count++;
    if (index >= this.metadata.length) {
      if (!this.forward_completed) {
        this.#ignore_mismatch = true;
        return;
      }
      throw new CheckpointError(
        `torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward pass.\n${DEBUG_TIP}`,
      );
    }
    recomputation.tensors.set(index, tensor);
    if (this.early_stop && recomputation.count === this.metadata.length) throw new StopRecomputation();
  }

  #check(recomputation: Recomputation): void {
    if (this.#ignore_mismatch) return;
    if (this.metadata.length !== recomputation.count) {
      throw new CheckpointError(
        `torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\nNumber of tensors saved during forward: ${this.metadata.length}\nNumber of tensors saved during recomputation: ${recomputation.count}.\n${DEBUG_TIP}`,
      );
    }
    let mismatches = "";
    for (const [i, saved] of this.metadata.entries()) {
      const again = this.describe(recomputation.tensors.get(i) as Tensor);
      if (saved === again) continue;
      mismatches += `tensor at position ${i}:\nsaved metadata: ${saved}\nrecomputed metadata: ${again}\n`;
    }
    if (mismatches === "") return;
    throw new CheckpointError(
      `torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\n${mismatches}.\n${DEBUG_TIP}`,
    );
  }

  #recomputed(task: number | object): Recomputation {
    const known = this.#recomputations.get(task);
    if (known) return known;
    const made: Recomputation = { count: 0, tensors: new Map(), unpacked: new Set() };
    const pack = (tensor: Tensor) => {
      const kept = tensor.requires_grad ? tensor.detach() : tensor;
      this.#keep(made, kept);
      return kept;
    };
    const args = this.#args.map((arg) => arg.get());
    try {
      withMode(
        "utils.checkpoint",
        enterInternalHooks(pack, (kept: Tensor) => kept),
        () => enable_grad(() => this.recompute(...args)),
      );
    } catch (error) {
      if (!(error instanceof StopRecomputation)) throw error;
    }
    this.#recomputations.set(task, made);
    this.#check(made);
    return made;
  }

  /** The tensor behind a mark, for the backward pass that runs. */
  unpack(index: number): Tensor {
    const id = native.graphTaskId();
    const group = currentGroup();
    const task = group ?? (id === -1 ? nextTask-- : id);
    const recomputation = this.#recomputed(task);
    if (recomputation.unpacked.has(index)) {
      const extra = group
        ? "Performing two backward calls that overlap (i.e. require the same saved activation in order to compute gradients) is not allowed while under the torch.utils.checkpoint.GraphExecGroup context. "
        : "";
      throw new CheckpointError(
        `torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. ${extra}If you are calling ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an issue with details on your use case.`,
      );
    }
    const tensor = recomputation.tensors.get(index);
    if (tensor === undefined) throw unexpected();
    recomputation.unpacked.add(index);
    recomputation.tensors.delete(index);
    return tensor;
  }
}

// Where no pass runs, each reading of a saved tensor counts as a pass of its own.
let nextTask = -2;

// Apart from the call, whose closure has the arguments and the result: they must not live as long as the graph does.
function frameHooks(frame: CheckpointFrame, debugText: (() => string) | null) {
  const pack = (tensor: Tensor): number => {
    frame.metadata.push(frame.describe(tensor));
    return frame.metadata.length - 1;
  };
  const unpack = (index: number): Tensor => {
    try {
      return frame.unpack(index);
    } catch (error) {
      if (debugText === null || !(error instanceof CheckpointError)) throw error;
      throw new CheckpointError(debugText(), { cause: error });
    }
  };
  return [pack, unpack] as const;
}

// biome-ignore lint/suspicious/noExplicitAny: what the function takes is the user's
type RunFunction = (...args: any[]) => any;

interface Options {
  preserve_rng_state?: boolean;
  context_fn?: ContextFn;
  determinism_check?: string;
  debug?: boolean;
  early_stop?: boolean;
  respect_saved_tensors_hooks?: boolean | null;
}

function recomputer(fn: RunFunction, args: readonly unknown[], preserve: boolean, context: Context) {
  const rng = rngMode(args, preserve);
  const autocast = autocastMode(inferDeviceType(args));
  const device = currentDevice();
  const enter = () => enterDevice(device);
  return (...inputs: unknown[]): void => {
    rng(() => autocast(() => context(() => withMode("device", enter, () => fn(...inputs)))));
  };
}

/** @internal checkpoint() with `use_reentrant: false`. */
export function checkpointWithoutReentrant(fn: RunFunction, args: readonly unknown[], options: Options): unknown {
  const { preserve_rng_state = true, context_fn = noop_context_fn, determinism_check = "default" } = options;
  const debug = isDebugged(options.debug ?? false) ? debugContexts() : null;
  if (debug && context_fn !== noop_context_fn) {
    throw new ValueError("debug=True is incompatible with non-default context_fn");
  }
  if (!Object.hasOwn(determinismChecks, determinism_check)) {
    throw new ValueError(`determinism_check should be one of ['default', 'none'], but got ${determinism_check}`);
  }
  const [forward, recompute] = debug?.contexts ?? context_fn();
  if (isSelective(forward)) forward.respect_saved_tensors_hooks = options.respect_saved_tensors_hooks ?? null;
  if (!is_grad_enabled()) return fn(...args);
  const frame = new CheckpointFrame(
    recomputer(fn, args, preserve_rng_state, recompute),
    earlyStop ?? options.early_stop ?? true,
    determinismChecks[determinism_check],
    args,
  );
  const enter = enterInternalHooks(...frameHooks(frame, debug?.message ?? null));
  const result = withMode("utils.checkpoint", enter, () => forward(() => fn(...args)));
  frame.forward_completed = true;
  return result;
}
