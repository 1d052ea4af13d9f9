// torch/optim/optimizer.py: the base class; its hooks are in _hooks.ts, what the optimizers share in _utils.ts.

import { inspect } from "node:util";
import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { isPlainObject } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { enable_grad, set_grad_enabled } from "../autograd/grad_mode.js";
import { callable } from "../callable.js";
import { float32 } from "../dtype.js";
import { KeyError, NotImplementedError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { deepcopy } from "../python/copy.js";
import { floatRepr } from "../python/format.js";
import { repr, str } from "../python/repr.js";
import { iter, type PythonIterable } from "../python/sequences.js";
import type { RemovableHandle } from "../utils/_removable_handle.js";
import { plain } from "./_arguments.js";
import {
  type Hooks,
  type OptimizerPostHook,
  type OptimizerPreHook,
  profile_hook_step,
  register,
  type StateDictHook,
} from "./_hooks.js";
import { _kept } from "./_utils.js";

export {
  type OptimizerPostHook,
  type OptimizerPreHook,
  register_optimizer_step_post_hook,
  register_optimizer_step_pre_hook,
  type StateDictHook,
} from "./_hooks.js";

/** A group of parameters with its options. */
export interface ParamGroup {
  params: Tensor[];
  param_names?: string[];
  // biome-ignore lint/suspicious/noExplicitAny: each optimizer and scheduler has options of its own
  [option: string]: any;
}

/** A tensor to optimize, by itself or with a name, as `named_parameters()` gives them. */
export type Param = Tensor | readonly [name: string, param: Tensor];

/** A group as it is given: its parameters, and the options in which it differs from the defaults. */
export interface ParamGroupInput {
  params: Tensor | Iterable<Param>;
  [option: string]: unknown;
}

/** What an optimizer can be made for: tensors, named tensors or groups. */
export type ParamsT = Iterable<Param> | Iterable<ParamGroupInput>;

/** The first argument of an optimizer: its parameters, or all its arguments by name. */
export type ParamsOr<Options> = ParamsT | (Options & { params: ParamsT });

/** The state of one parameter. */
// biome-ignore lint/suspicious/noExplicitAny: each optimizer keeps tensors, numbers and lists of its own
export type ParamState = Record<string, any>;

/** What `state_dict()` returns: parameters stand as their numbers in the order of the groups. */
export interface OptimizerStateDict {
  state: Map<number, ParamState>;
  // biome-ignore lint/suspicious/noExplicitAny: as in ParamGroup
  param_groups: { params: number[]; param_names?: string[]; [option: string]: any }[];
}

/** A function that computes the loss anew, or null. */
export type Closure<T> = (() => T) | { closure?: (() => T) | null } | null;

/** Stands for a default that each group must give itself. */
export const required = {
  __repr__: () => "<required parameter>",
};

/** A Map that makes an empty state for a parameter that it does not know yet, as Python's defaultdict does. */
class State extends Map<unknown, ParamState> {
  override get(key: unknown): ParamState {
    let found = super.get(key);
    if (found === undefined) {
      found = {};
      this.set(key, found);
    }
    return found;
  }

  __deepcopy__(memo: Map<unknown, unknown>): State {
    const made = new State();
    memo.set(this, made);
    for (const [key, state] of this) made.set(deepcopy(key, memo), deepcopy(state, memo));
    return made;
  }
}

/** The entries of a state dict's `state`, whose numbers are a plain object's texts. */
function entriesOf(state: Map<unknown, ParamState> | Record<string, ParamState>): [unknown, ParamState][] {
  if (state instanceof Map) return [...state];
  return Object.entries(state).map(([key, value]) => [/^\d+$/.test(key) ? Number(key) : key, value]);
}

/** Options whose whole numbers are floats to Python, and are printed so. */
const FLOATS = new Set([
  ...["lr", "initial_lr", "max_lr", "min_lr", "swa_lr", "betas", "eps", "etas", "alpha", "lambd", "t0", "rho", "d"],
  ...["beta2_decay", "momentum_decay", "ns_coefficients", "base_momentum", "max_momentum"],
]);

class Optimizer {
  /** @internal Options whose whole numbers are printed as floats. */
  static readonly _floats: ReadonlySet<string> = FLOATS;

  /** The options of groups that do not give their own. */
  declare defaults: ParamState;
  /** What the optimizer remembers of each parameter; an unknown parameter gets an empty object. */
  declare state: State;
  /** The groups of parameters with their options. */
  declare param_groups: ParamGroup[];
  /** @internal */
  declare _optimizer_step_pre_hooks: Hooks<OptimizerPreHook>;
  /** @internal */
  declare _optimizer_step_post_hooks: Hooks<OptimizerPostHook>;
  /** @internal */
  declare _optimizer_state_dict_pre_hooks: Hooks<(optimizer: Optimizer) => void>;
  /** @internal */
  declare _optimizer_state_dict_post_hooks: Hooks<StateDictHook>;
  /** @internal */
  declare _optimizer_load_state_dict_pre_hooks: Hooks<StateDictHook>;
  /** @internal */
  declare _optimizer_load_state_dict_post_hooks: Hooks<(optimizer: Optimizer) => void>;
  /** @internal Set by a gradient scaler for fused implementations. */
  declare grad_scale?: Tensor | null;
  /** @internal */
  declare found_inf?: Tensor | null;
  /** @internal Whether `step()` unscales gradients itself. */
  declare _step_supports_amp_scaling?: boolean;
  /** @internal */
  declare _need_device_dtype_check_for_fused?: boolean;
  /** @internal Whether `step()` was called, for learning rate schedulers. */
  declare _opt_called?: boolean;

  constructor(params: ParamsT, defaults: ParamState) {
    for (const [option, value] of Object.entries(defaults)) defaults[option] = plain(value);
    this.defaults = defaults;
    this._optimizer_step_pre_hooks = new Map();
    this._optimizer_step_post_hooks = new Map();
    this._optimizer_state_dict_pre_hooks = new Map();
    this._optimizer_state_dict_post_hooks = new Map();
    this._optimizer_load_state_dict_pre_hooks = new Map();
    this._optimizer_load_state_dict_post_hooks = new Map();

    this._patch_step_function();

    if (params instanceof Tensor) {
      throw new TypeError(
        `params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${params.type()}`,
      );
    }
    if (params instanceof Set) {
      process.emitWarning(
        "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead. This will be an error in a future release.",
        "FutureWarning",
      );
    }

    this.state = new State();
    this.param_groups = [];

    const given: unknown[] = [...iter(params as PythonIterable<unknown>)];
    if (given.length === 0) throw new ValueError("optimizer got an empty parameter list");
    const groups = isPlainObject(given[0]) ? given : [{ params: given }];
    for (const group of groups) this.add_param_group(group as ParamGroupInput);
  }

  /** What is saved of an optimizer as a whole. */
  __getstate__(): ParamState {
    return { defaults: this.defaults, state: this.state, param_groups: this.param_groups };
  }

  /** Takes over `state` and `param_groups`; subclasses fill in options that older files lack. */
  __setstate__(state: ParamState): void {
    Object.assign(this, state);
    this._patch_step_function();
    this.defaults.differentiable ??= false;
  }

  __repr__(): string {
    const { name, _floats } = this.constructor as typeof Optimizer;
    let text = `${name} (`;
    this.param_groups.forEach((group, i) => {
      text += `\nParameter Group ${i}\n`;
      for (const key of Object.keys(group).sort()) {
        if (key !== "params") text += `    ${key}: ${optionText(group[key], key, _floats.has(key))}\n`;
      }
    });
    return `${text})`;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }

  /** @internal Lets `step()` of this instance's class call the hooks. */
  _patch_step_function(): void {
    const prototype = Object.getPrototypeOf(this);
    if (prototype.step.hooked) return;
    const value = profile_hook_step(prototype.step);
    Object.defineProperty(prototype, "step", { value, writable: true, configurable: true });
  }

  /**
   * Registers a hook that is called before `step()` with the optimizer, its positional arguments (the optimizer is the
   * first) and its keyword arguments; it may return both anew.
   */
  register_step_pre_hook(hook: OptimizerPreHook): RemovableHandle {
    return register(this._optimizer_step_pre_hooks, hook);
  }

  /** Registers a hook that is called after `step()` as one before it is. */
  register_step_post_hook(hook: OptimizerPostHook): RemovableHandle {
    return register(this._optimizer_step_post_hooks, hook);
  }

  /** Registers a hook that `state_dict()` calls first; with `prepend` before the others. */
  register_state_dict_pre_hook(
    hook: (optimizer: Optimizer) => void,
    prepend: boolean | { prepend?: boolean } = false,
  ): RemovableHandle {
    return register(this._optimizer_state_dict_pre_hooks, hook, prepend);
  }

  /** Registers a hook that may change what `state_dict()` returns, or return another. */
  register_state_dict_post_hook(
    hook: StateDictHook,
    prepend: boolean | { prepend?: boolean } = false,
  ): RemovableHandle {
    return register(this._optimizer_state_dict_post_hooks, hook, prepend);
  }

  /**
   * The state as a plain object: `state`, a Map from parameters' numbers to their state, and `param_groups`, where
   * `params` are those numbers.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Optimizer.state_dict.html}
   */
  state_dict(): OptimizerStateDict {
    for (const hook of this._optimizer_state_dict_pre_hooks.values()) hook(this);

    const numbers = new Map<unknown, number>();
    let start_index = 0;
    const param_groups = this.param_groups.map(({ params, ...packed }) => {
      params.forEach((param, i) => {
        if (!numbers.has(param)) numbers.set(param, start_index + i);
      });
      start_index += params.length;
      return { ...packed, params: params.map((param) => numbers.get(param) as number) };
    });
    const state = new Map([...this.state].map(([key, value]) => [(numbers.get(key) ?? key) as number, value]));

    let state_dict: OptimizerStateDict = { state, param_groups };
    for (const hook of this._optimizer_state_dict_post_hooks.values())
      state_dict = hook(this, state_dict) ?? state_dict;
    return state_dict;
  }

  /** @internal A loaded tensor with the device, and for floating point parameters the dtype, of its parameter. */
  static _process_value_according_to_param_policy(
    param: Tensor,
    value: Tensor,
    param_id: unknown,
    param_groups: OptimizerStateDict["param_groups"],
    key: string | null = null,
  ): Tensor {
    const group = param_groups.find(({ params }) => params.includes(param_id as number));
    if (key === "step") {
      return group?.capturable || group?.fused ? value.to({ dtype: float32, device: param.device }) : value;
    }
    return value.to(
      param.is_floating_point() ? { dtype: param.dtype, device: param.device } : { device: param.device },
    );
  }

  /** Registers a hook that may change the copy of a state dict that is to be loaded, or return another. */
  register_load_state_dict_pre_hook(
    hook: StateDictHook,
    prepend: boolean | { prepend?: boolean } = false,
  ): RemovableHandle {
    return register(this._optimizer_load_state_dict_pre_hooks, hook, prepend);
  }

  /** Registers a hook that `load_state_dict()` calls last. */
  register_load_state_dict_post_hook(
    hook: (optimizer: Optimizer) => void,
    prepend: boolean | { prepend?: boolean } = false,
  ): RemovableHandle {
    return register(this._optimizer_load_state_dict_post_hooks, hook, prepend);
  }

  /**
   * Loads a state that `state_dict()` returned: parameters are matched by their order in the groups.
   *
   * Throws ValueError if the groups, or the numbers of their parameters, differ.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Optimizer.load_state_dict.html}
   */
  load_state_dict(state_dict: OptimizerStateDict | { state_dict: OptimizerStateDict }): void {
    let loaded: OptimizerStateDict = { ...("state_dict" in state_dict ? state_dict.state_dict : state_dict) };
    for (const hook of this._optimizer_load_state_dict_pre_hooks.values()) loaded = hook(this, loaded) ?? loaded;

    const groups = this.param_groups;
    const saved_groups = _kept(() => deepcopy(loaded.param_groups));
    if (groups.length !== saved_groups.length) {
      throw new ValueError("loaded state dict has a different number of parameter groups");
    }
    if (groups.some(({ params }, i) => params.length !== saved_groups[i].params.length)) {
      throw new ValueError(
        "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
      );
    }

    const id_map = new Map<unknown, Tensor>();
    groups.forEach(({ params }, i) => {
      params.forEach((param, j) => {
        id_map.set(saved_groups[i].params[j], param);
      });
    });
    const cast = (param: Tensor, value: unknown, param_id: unknown, key: string | null): unknown => {
      if (value instanceof Tensor) {
        return Optimizer._process_value_according_to_param_policy(param, value, param_id, loaded.param_groups, key);
      }
      if (Array.isArray(value)) return value.map((element) => cast(param, element, param_id, null));
      if (!isPlainObject(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, cast(param, v, param_id, name)]));
    };
    const state = new State();
    _kept(() => {
      for (const [key, value] of entriesOf(loaded.state)) {
        const param = id_map.get(key);
        if (param) state.set(param, cast(param, value, key, null) as ParamState);
        else state.set(key, value);
      }
    });

    const param_groups = groups.map(({ params, param_names }, i): ParamGroup => {
      const group: ParamGroup = { ...saved_groups[i], params };
      if (param_names && !group.param_names) group.param_names = param_names;
      return group;
    });
    this.__setstate__({ state, param_groups });

    for (const hook of this._optimizer_load_state_dict_post_hooks.values()) hook(this);
  }

  /**
   * Forgets the gradients of all parameters, or with `set_to_none: false` fills them with zeros.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Optimizer.zero_grad.html}
   */
  zero_grad(set_to_none: boolean | { set_to_none?: boolean } = true): void {
    const grads: Tensor[] = [];
    for (const { params } of this.param_groups) {
      for (const p of params) {
        if (set_to_none) {
          p.grad = null;
          continue;
        }
        const grad = p.grad;
        if (grad === null) continue;
        if (grad.grad_fn !== null) grad.detach_();
        else grad.requires_grad_(false);
        if (grad.is_sparse) grad.zero_();
        else grads.push(grad);
      }
    }
    if (grads.length > 0) torch._foreach_zero_(grads);
  }

  /**
   * Updates the parameters by their gradients; a closure, which some optimizers need, computes the loss anew.
   *
   * Returns what the closure returned, or null.
   */
  step<T = null>(_closure: Closure<T> = null): T {
    throw new NotImplementedError("");
  }

  /** @internal A step: the closure with gradients, then the update, which autograd follows if it is differentiable. */
  _use_grad_for_differentiable<T>(closure: Closure<T>, update: () => void): T {
    return set_grad_enabled(Boolean(this.defaults.differentiable), () => {
      const evaluate = isPlainObject(closure) ? closure.closure : closure;
      const loss = evaluate ? enable_grad(evaluate as () => T) : null;
      update();
      return loss as T;
    });
  }

  /**
   * Adds a group of parameters; options that it lacks get the defaults.
   *
   * Throws KeyError without `params`, TypeError for what is no tensor, and ValueError for tensors that are no leaves, that another group has, for a
   * missing option that is required, and for a mixture of named and unnamed parameters.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Optimizer.add_param_group.html}
   */
  add_param_group(param_group: ParamGroupInput | { param_group: ParamGroupInput }): void {
    if (!isPlainObject(param_group)) {
      throw new TypeError(`param_group must be a dict, but got <class '${typeName(param_group)}'>`);
    }
    const group = (param_group.param_group ?? param_group) as ParamGroup;
    if (!("params" in group)) throw new KeyError("'params'");
    const { params } = group as unknown as ParamGroupInput;
    if (params instanceof Set) {
      throw new TypeError(
        "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead.",
      );
    }
    const given: unknown[] = params instanceof Tensor ? [params] : [...iter(params as PythonIterable<unknown>)];
    const names = given.filter(Array.isArray).map(([name]) => name as string);
    group.params = given.map((param) => (Array.isArray(param) ? param[1] : param));
    if (names.length > 0) {
      if (names.length !== given.length) {
        throw new ValueError("all optimizer params should be with/without names. Some param names are missing");
      }
      group.param_names = names;
    }

    for (const param of group.params) {
      if (!(param instanceof Tensor)) {
        throw new TypeError(`optimizer can only optimize Tensors, but one of the params is ${typeName(param)}`);
      }
      if (!this.defaults.differentiable && !(param.is_leaf || param.retains_grad)) {
        throw new ValueError("can't optimize a non-leaf Tensor");
      }
    }

    for (const [name, value] of Object.entries(this.defaults)) {
      if (value === required && !(name in group)) {
        throw new ValueError(`parameter group didn't specify a value of required optimization parameter ${name}`);
      }
      group[name] = name in group ? plain(group[name]) : value;
    }

    const own = new Set(group.params);
    if (own.size !== group.params.length) {
      process.emitWarning(
        "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see github.com/pytorch/pytorch/issues/40967 for more information",
        "UserWarning",
      );
    }
    for (const other of this.param_groups) {
      if ("param_names" in group !== "param_names" in other) {
        throw new ValueError(
          `all optimizer param groups should be with/without names. cannot add param group ${"param_names" in group ? "with names" : "without names"} to the optimizer`,
        );
      }
    }
    if (this.param_groups.some((other) => other.params.some((param) => own.has(param)))) {
      throw new ValueError("some parameters appear in more than one parameter group");
    }
    this.param_groups.push(group);
  }
}

takeKeywords(
  "Optimizer",
  Optimizer.prototype,
  { add_param_group: ["param_group"], load_state_dict: ["state_dict"] },
  { dict: 0 },
);

takeKeywords("Optimizer", Optimizer.prototype, {
  register_load_state_dict_post_hook: ["hook", "prepend"],
  register_load_state_dict_pre_hook: ["hook", "prepend"],
  register_state_dict_post_hook: ["hook", "prepend"],
  register_state_dict_pre_hook: ["hook", "prepend"],
  register_step_post_hook: ["hook"],
  register_step_pre_hook: ["hook"],
  state_dict: [],
  step: ["closure"],
  zero_grad: ["set_to_none"],
});

/** An option as Python prints it: lists, but for names, are tuples there. */
function optionText(value: unknown, key: string, isFloat: boolean): string {
  if (value instanceof Tensor) return value.__format__();
  if (typeof value === "number") return isFloat ? floatRepr(value) : str(value);
  if (!Array.isArray(value) || key === "param_names") return str(value);
  const items = value.map((element) => (isFloat && typeof element === "number" ? floatRepr(element) : repr(element)));
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}

/**
 * The base of all optimizers, for tensors, named tensors, or groups of them with options of their own.
 *
 * A class of one's own calls `super(params, defaults)` and has a method `step(closure)`, which finds the parameters and
 * options in `this.param_groups` and keeps what it needs in `this.state.get(param)`.
 *
 * Throws ValueError for an empty list of parameters.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html#torch.optim.Optimizer}
 */
const CallableOptimizer = callable(Optimizer);
type CallableOptimizer = Optimizer;

export { CallableOptimizer as Optimizer };
