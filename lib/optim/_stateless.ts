// torch/optim/_stateless.py

import { Tensor } from "../_tensor.js";
import { binder, isPlainObject } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { RuntimeError } from "../errors.js";
import { repr } from "../python/repr.js";
import type { Optimizer, OptimizerStateDict, ParamGroup, ParamState } from "./optimizer.js";

const NAME = "swap_in_optimizer_params_and_state";
const bind = binder(NAME, ["optimizer", "swapin_parameters", "swapin_optim_state"], 3, [1, 2]);

/** A group, and what is to stand in it. */
interface Swap {
  group: ParamGroup;
  options: OptimizerStateDict["param_groups"][number];
  params: Tensor[];
}

function checkGroup(index: number, group: ParamGroup, options: unknown): number[] {
  if (!isPlainObject(options))
    throw new RuntimeError(`${NAME} requires each optimizer param group to be a dictionary.`);
  const ids = options.params;
  if (!Array.isArray(ids) || !ids.every((id) => Number.isInteger(id))) {
    throw new RuntimeError(
      `${NAME} requires optimizer.state_dict()-style param_groups[*]['params'] entries keyed by packed parameter ids.`,
    );
  }
  if (group.params.length !== ids.length) {
    throw new RuntimeError(
      `swapin_optim_state param group ${index} has a different number of params than the live optimizer param group.`,
    );
  }
  const swapin_only = Object.keys(options).filter((key) => !(key in group));
  const live_only = Object.keys(group).filter((key) => !(key in options));
  if (swapin_only.length + live_only.length > 0) {
    throw new RuntimeError(
      `${NAME} requires optimizer.state_dict()-style param group keys to exactly match the live optimizer group keys for group ${index}. Keys only in swap-in: ${repr(swapin_only)}. Keys only in live: ${repr(live_only)}.`,
    );
  }
  return ids;
}

/** The state by parameters' numbers, and the swap of each group. */
function prepare(
  optimizer: Optimizer,
  parameters: Record<string, Tensor>,
  given: OptimizerStateDict,
): [Map<unknown, ParamState>, Swap[]] {
  if (optimizer.state.size === 0) throw new RuntimeError(`${NAME} requires initialized optimizer state.`);
  if (!isPlainObject(given)) throw new RuntimeError(`${NAME} requires a DCP-style optimizer state_dict.`);
  const { state, param_groups } = given as unknown as OptimizerStateDict;
  if (!(state instanceof Map)) {
    throw new RuntimeError(
      `${NAME} requires swapin_optim_state['state'] to be a dict mapping packed parameter ids to per-param state dicts, got ${typeName(state)}.`,
    );
  }
  for (const [key, value] of state) {
    if ((key as unknown) instanceof Tensor) {
      throw new RuntimeError(`${NAME} requires optimizer.state_dict()-style state keyed by packed parameter ids.`);
    }
    if (!isPlainObject(value)) {
      throw new RuntimeError(`${NAME} requires per-parameter optimizer state entries to be dictionaries.`);
    }
  }
  if (!Array.isArray(param_groups)) {
    throw new RuntimeError(
      `${NAME} requires swapin_optim_state['param_groups'] to be a list of param-group dicts, got ${typeName(param_groups)}.`,
    );
  }
  if (optimizer.param_groups.length !== param_groups.length) {
    throw new RuntimeError("swapin_optim_state has a different number of parameter groups than the live optimizer.");
  }

  const tensors = Object.values(parameters);
  const known = new Set<unknown>();
  let offset = 0;
  const swaps = optimizer.param_groups.map((group, index): Swap => {
    const ids = checkGroup(index, group, param_groups[index]);
    for (const id of ids) known.add(id);
    if (offset + ids.length > tensors.length) {
      throw new RuntimeError(`${NAME} requires the explicit parameter state to match optimizer.param_groups ordering.`);
    }
    const params = tensors.slice(offset, offset + ids.length);
    offset += ids.length;
    return { group, options: param_groups[index], params };
  });
  const extra = [...state.keys()].filter((key) => !known.has(key));
  if (extra.length > 0) {
    throw new RuntimeError(
      `${NAME} requires swapin_optim_state['state'] to be keyed only by packed parameter ids from param_groups[*]['params']; got extra keys ${repr(extra)}.`,
    );
  }
  return [state, swaps];
}

function enter(optimizer: Optimizer, parameters: Record<string, Tensor>, given: OptimizerStateDict): () => void {
  const [state, swaps] = prepare(optimizer, parameters, given);
  const before = { state: optimizer.state, groups: optimizer.param_groups.map((group) => ({ ...group })) };
  const swapped = new (optimizer.state.constructor as new () => Optimizer["state"])();
  for (const { group, options, params } of swaps) {
    Object.assign(group, options, { params });
    params.forEach((param, i) => {
      swapped.set(param, { ...state.get(options.params[i]) });
    });
  }
  optimizer.state = swapped;
  return () => {
    optimizer.param_groups.forEach((group, i) => {
      for (const key of Object.keys(group)) delete group[key];
      Object.assign(group, before.groups[i]);
    });
    optimizer.state = before.state;
  };
}

/**
 * Lets an optimizer work on other parameters, with the state and options of a state dict, while a function runs or
 * until the end of a `using` block.
 *
 * `swap_in_optimizer_params_and_state(optimizer, swapin_parameters, swapin_optim_state)`
 *
 * What is changed in place stays changed in the tensors given; everything else is as before afterwards. Throws
 * RuntimeError if the state does not fit the optimizer's groups.
 */
export function swap_in_optimizer_params_and_state<T>(
  optimizer: Optimizer,
  swapin_parameters: Record<string, Tensor>,
  swapin_optim_state: OptimizerStateDict,
  body: () => T,
): T;
export function swap_in_optimizer_params_and_state(
  optimizer: Optimizer,
  swapin_parameters: Record<string, Tensor>,
  swapin_optim_state: OptimizerStateDict,
): Disposable;
export function swap_in_optimizer_params_and_state<T>(...args: unknown[]): T | Disposable {
  const body = typeof args.at(-1) === "function" ? (args.pop() as () => T) : undefined;
  const [optimizer, parameters, state] = bind(args);
  const leave = enter(optimizer as Optimizer, parameters as Record<string, Tensor>, state as OptimizerStateDict);
  if (!body) return { [Symbol.dispose]: leave };
  try {
    return body();
  } finally {
    leave();
  }
}
