// torch/optim/optimizer.py: hooks around step().

import { def, isPlainObject } from "../arguments/function.js";
import { RuntimeError } from "../errors.js";
import { repr, str } from "../python/repr.js";
import { RemovableHandle } from "../utils/_removable_handle.js";
import type { Optimizer, OptimizerStateDict } from "./optimizer.js";

type HookArgs = [args: unknown[], kwargs: Record<string, unknown>];

/** A hook before `step()`: the arguments that it returns, `[args, kwargs]`, take the place of those given. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
export type OptimizerPreHook = (optimizer: Optimizer, ...given: HookArgs) => HookArgs | null | undefined | void;
/** A hook after `step()`. */
export type OptimizerPostHook = (optimizer: Optimizer, ...given: HookArgs) => void;
/** A hook that may change a state dict or return another. */
export type StateDictHook = (
  optimizer: Optimizer,
  state_dict: OptimizerStateDict,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
) => OptimizerStateDict | null | undefined | void;

/** @internal */
export type Hooks<Hook> = Map<number, Hook>;

const globalPreHooks: Hooks<OptimizerPreHook> = new Map();
const globalPostHooks: Hooks<OptimizerPostHook> = new Map();

/** @internal Adds a hook after the others, or before them. */
export function register<Hook>(
  hooks: Hooks<Hook>,
  hook: Hook,
  prepend: boolean | { prepend?: boolean } = false,
): RemovableHandle {
  const handle = new RemovableHandle(() => hooks.delete(handle.id));
  const others = [...hooks];
  hooks.set(handle.id, hook);
  if (prepend === true || (typeof prepend === "object" && prepend.prepend)) {
    for (const [id, other] of others) hooks.delete(id) && hooks.set(id, other);
  }
  return handle;
}

/**
 * Registers a hook before the `step()` of every optimizer.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Optimizer.register_step_pre_hook.html}
 */
export const register_optimizer_step_pre_hook = def(
  "register_optimizer_step_pre_hook",
  ["hook"],
  (hook: OptimizerPreHook): RemovableHandle => {
    return register(globalPreHooks, hook);
  },
);

/** Registers a hook after the `step()` of every optimizer. */
export const register_optimizer_step_post_hook = def(
  "register_optimizer_step_post_hook",
  ["hook"],
  (hook: OptimizerPostHook): RemovableHandle => {
    return register(globalPostHooks, hook);
  },
);

type Step = ((this: Optimizer, ...args: unknown[]) => unknown) & { hooked?: true };

/** @internal A method `step` that calls the hooks around it. */
export function profile_hook_step(func: Step): Step {
  const step: Step = function (this: Optimizer, ...given: unknown[]): unknown {
    const { _optimizer_step_pre_hooks: pre, _optimizer_step_post_hooks: post } = this;
    if (pre.size + post.size + globalPreHooks.size + globalPostHooks.size === 0) return func.apply(this, given);
    let kwargs = isPlainObject(given.at(-1)) ? (given.pop() as Record<string, unknown>) : {};
    let args: unknown[] = [this, ...given];
    for (const hook of [...globalPreHooks.values(), ...pre.values()]) {
      const result = hook(this, args, kwargs);
      if (result === null || result === undefined) continue;
      if (!Array.isArray(result) || result.length !== 2) {
        throw new RuntimeError(
          `${repr(func)} must return None or a tuple of (new_args, new_kwargs), but got ${str(result)}.`,
        );
      }
      [args, kwargs] = result;
    }
    const rest = Object.keys(kwargs).length > 0 ? [...args.slice(1), kwargs] : args.slice(1);
    const out = func.apply(args[0] as Optimizer, rest);
    for (const hook of [...post.values(), ...globalPostHooks.values()]) hook(this, args, kwargs);
    return out;
  };
  step.hooked = true;
  return step;
}
