// torch/utils/checkpoint.py: results are computed again in backward() instead of being kept.

import type { Tensor } from "../_tensor.js";
import { binder, isPlainObject } from "../arguments/function.js";
import { ValueError } from "../errors.js";
import { Sequential } from "../nn/modules/container.js";
import type { Module } from "../nn/modules/module.js";
import { warn } from "../warnings.js";
import { type ContextFn, checkpointWithoutReentrant, noop_context_fn } from "./checkpoint/non_reentrant.js";
import { CheckpointFunction } from "./checkpoint/reentrant.js";

export { set_checkpoint_debug_enabled } from "./checkpoint/debug.js";
export { DefaultDeviceType, get_device_states, set_device_states } from "./checkpoint/device_states.js";
export { GraphExecGroup } from "./checkpoint/group.js";
export {
  CheckpointError,
  type Context,
  type ContextFn,
  noop_context_fn,
  set_checkpoint_early_stop,
} from "./checkpoint/non_reentrant.js";
export { CheckpointFunction, check_backward_validity, detach_variable } from "./checkpoint/reentrant.js";
export {
  CheckpointPolicy,
  create_selective_checkpoint_contexts,
  type PolicyFn,
  SAC_IGNORED_OPS,
  SelectiveCheckpointContext,
} from "./checkpoint/selective.js";

/** What checkpoint() takes by keyword. */
export interface CheckpointOptions {
  use_reentrant?: boolean | null;
  preserve_rng_state?: boolean;
  context_fn?: ContextFn;
  determinism_check?: "default" | "none";
  debug?: boolean;
  early_stop?: boolean;
  respect_saved_tensors_hooks?: boolean | null;
}

const OPTIONS = [
  ...["use_reentrant", "preserve_rng_state", "context_fn", "determinism_check", "debug", "early_stop"],
  "respect_saved_tensors_hooks",
];

// biome-ignore lint/suspicious/noExplicitAny: what the function takes is the user's
type Any = any;

/** Takes checkpoint's own keywords out of the last argument; the others are the function's. */
function takeOptions(args: unknown[]): [CheckpointOptions, rest: Record<string, unknown>] {
  const last = args.at(-1);
  if (!isPlainObject(last)) return [{}, {}];
  const own = Object.entries(last).filter(([name]) => OPTIONS.includes(name));
  const rest = Object.entries(last).filter(([name]) => !OPTIONS.includes(name));
  if (own.length === 0 && rest.length > 0) return [{}, {}];
  args.pop();
  if (rest.length > 0) args.push(Object.fromEntries(rest));
  return [Object.fromEntries(own), Object.fromEntries(rest)];
}

function withReentrance(name: string, use_reentrant: boolean | null | undefined): boolean {
  if (use_reentrant !== null && use_reentrant !== undefined) return use_reentrant;
  const sequential = name === "checkpoint_sequential";
  const consequence = sequential
    ? "we will raise an exception if use_reentrant is not passed"
    : "calling checkpoint without use_reentrant will raise an exception";
  warn(
    `torch.utils.checkpoint${sequential ? ".checkpoint_sequential" : ""}: the use_reentrant parameter should be passed explicitly. In a future release, ${consequence}. use_reentrant=False is recommended, but if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants.`,
  );
  return true;
}

/**
 * Calls a function without keeping what its operators save for backward(), where it is called again instead: slower, with
 * less memory. Autocast and, unless `preserve_rng_state` is false, random numbers are then as they were.
 *
 * With `use_reentrant: false` the second call ends as soon as all is there (`early_stop`), its tensors are compared with
 * those of the first (`determinism_check`; with `debug` the error tells which operators ran), and `context_fn` gives a mode
 * for each of the two calls. What a selective checkpoint keeps goes through the hooks on saved tensors around it if
 * `respect_saved_tensors_hooks` is true. Other keywords, and the arguments before, are passed on. Without a function, it
 * returns what makes of one a function that is a checkpoint.
 *
 * {@link https://docs.pytorch.org/docs/2.15/checkpoint.html#torch.utils.checkpoint.checkpoint}
 */
export function checkpoint<A extends unknown[], R>(
  fn: (...args: A) => R,
  ...args: [...A, options: CheckpointOptions & Record<string, unknown>]
): R;
export function checkpoint<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R;
export function checkpoint(
  options?: CheckpointOptions,
): <A extends unknown[], R>(fn: (...args: A) => R) => (...args: A) => R;
export function checkpoint(fn?: Any, ...args: Any[]): Any {
  if (args.length === 0 && (fn === undefined || fn === null || isPlainObject(fn))) return decorator(fn ?? {});
  const [options, rest] = takeOptions(args);
  const use_reentrant = withReentrance("checkpoint", options.use_reentrant);
  if (!use_reentrant) return checkpointWithoutReentrant(fn, args, options);
  const unexpected = Object.keys(rest);
  if (unexpected.length > 0) throw new ValueError(`Unexpected keyword arguments: ${unexpected.join(",")}`);
  const { context_fn = noop_context_fn, debug = false, preserve_rng_state = true } = options;
  if (context_fn !== noop_context_fn || debug !== false || (options.respect_saved_tensors_hooks ?? null) !== null) {
    throw new ValueError(
      "Passing `context_fn`, `debug`, or `respect_saved_tensors_hooks` is only supported when use_reentrant=False.",
    );
  }
  return CheckpointFunction.apply(fn, preserve_rng_state, ...args);
}

function decorator(options: Record<string, unknown>) {
  const unexpected = Object.keys(options).filter((name) => !OPTIONS.includes(name));
  if (unexpected.length > 0) throw new ValueError(`Unexpected keyword arguments: ${unexpected.join(",")}`);
  return (fn: Any) =>
    function (this: unknown, ...args: Any[]): Any {
      const last = isPlainObject(args.at(-1)) ? args.pop() : {};
      const bound = typeof this === "object" ? fn.bind(this) : fn;
      return checkpoint(bound, ...args, { ...last, ...options, use_reentrant: options.use_reentrant ?? null });
    };
}

/** What checkpoint_sequential() takes by keyword. */
export interface CheckpointSequentialOptions {
  use_reentrant?: boolean | null;
  preserve_rng_state?: boolean;
}

const sequentialNames = ["functions", "segments", "input", "use_reentrant"];
const bindSequential = binder("checkpoint_sequential", sequentialNames, 3);

/**
 * Calls functions one after another, in segments of which all but the last are checkpoints.
 *
 * {@link https://docs.pytorch.org/docs/2.15/checkpoint.html#torch.utils.checkpoint.checkpoint_sequential}
 */
export function checkpoint_sequential(
  functions: Sequential | readonly ((input: Any) => Any)[],
  segments: number,
  input: Tensor,
  options?: CheckpointSequentialOptions,
): Any;
export function checkpoint_sequential(...args: unknown[]): Any {
  const keywords = isPlainObject(args.at(-1)) ? (args.pop() as Record<string, unknown>) : {};
  const { preserve_rng_state = true, ...rest } = keywords as CheckpointSequentialOptions;
  const named = Object.fromEntries(
    sequentialNames.filter((name) => name in rest).map((name) => [name, keywords[name]]),
  );
  for (const name of sequentialNames) Reflect.deleteProperty(rest, name);
  const [functions, segments, input, given] = bindSequential([...args, named]) as [
    Sequential | readonly ((input: Any) => Any)[],
    number,
    Tensor,
    boolean | null | undefined,
  ];
  const use_reentrant = withReentrance("checkpoint_sequential", given);
  const unexpected = Object.keys(rest);
  if (unexpected.length > 0) throw new ValueError(`Unexpected keyword arguments: ${unexpected.join(",")}`);
  const list = (functions instanceof Sequential ? [...functions.children()] : functions) as readonly (
    | Module
    | ((input: Any) => Any)
  )[];
  const run = (start: number, end: number) => (value: Any) =>
    list.slice(start, end).reduce((result, fn) => (fn as (input: Any) => Any)(result), value);
  const size = Math.floor(list.length / segments);
  let value: Any = input;
  let start = 0;
  for (let segment = 0; segment < segments - 1; segment++) {
    value = checkpoint(run(start, start + size), value, { use_reentrant, preserve_rng_state });
    start += size;
  }
  return run(start, list.length)(value);
}
