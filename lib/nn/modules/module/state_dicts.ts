// The part of torch.nn.Module that writes and reads state dicts.

import { Tensor } from "../../../_tensor.js";
import { takeKeywords } from "../../../arguments/class.js";
import { isPlainObject } from "../../../arguments/function.js";
import { no_grad } from "../../../autograd/grad_mode.js";
import { AssertionError, RuntimeError } from "../../../errors.js";
import { typeName } from "../../../python/objects.js";
import { repr } from "../../../python/repr.js";
import type { Keywords } from "../../../types.js";
import type { RemovableHandle } from "../../../utils/_removable_handle.js";
import { is_lazy, Parameter } from "../../parameter.js";
import type { Module } from "../module.js";
import { namedtuple } from "../utils.js";
import { HookRegistration } from "./hook_registration.js";
import {
  addHook,
  type LoadStateDictPostHook,
  type LoadStateDictPreHook,
  type StateDictHook,
  type StateDictPreHook,
} from "./hooks.js";
import { allMembers, hooksOf, members, setField, stateOf } from "./state.js";

/** What a module's state dict says of each module, by its path: the version of its format. */
export interface LocalMetadata {
  version?: number;
  assign_to_params_buffers?: boolean;
}

/** A module's state by names such as "net.0.weight": tensors, and what `get_extra_state()` gave. */
// biome-ignore lint/suspicious/noExplicitAny: nearly all are tensors, extra state may be anything
export type StateDict = Record<string, any>;

/** A state dict with what is kept about its modules, which is not one of its keys. */
type WithMetadata = StateDict & { _metadata?: ReadonlyMap<string, LocalMetadata> | Record<string, LocalMetadata> };

/** What `load_state_dict()` returns. */
export interface IncompatibleKeys extends ReadonlyArray<string[]> {
  /** The names that the module has and the state dict has not. */
  readonly missing_keys: string[];
  /** The names that the state dict has and the module has not. */
  readonly unexpected_keys: string[];
}

const KeysTuple = namedtuple("_IncompatibleKeys", ["missing_keys", "unexpected_keys"]);

class _IncompatibleKeys extends KeysTuple {
  override __repr__(): string {
    const { missing_keys, unexpected_keys } = this as unknown as IncompatibleKeys;
    return missing_keys.length + unexpected_keys.length === 0 ? "<All keys matched successfully>" : super.__repr__();
  }
}

const _EXTRA_STATE_KEY_SUFFIX = "_extra_state";

const NEVER_CALLED = (name: string) =>
  `Reached a code path in Module.${name}() that should never be called. Please file an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.`;

/** What `_load_from_state_dict()` is given; subclasses that override it see the same. */
type LoadArguments = Parameters<StateDicts["_load_from_state_dict"]>;

/** Modules that write and read their state. */
export abstract class StateDicts extends HookRegistration {
  /** The version of what the module writes into its state dict. */
  get _version(): number {
    return 1;
  }

  /** State besides parameters and buffers, for the state dict; a subclass that has any overrides it. */
  get_extra_state(): unknown {
    throw new RuntimeError(NEVER_CALLED("get_extra_state"));
  }

  /** Takes back what `get_extra_state()` gave. */
  set_extra_state(_state: unknown): void {
    throw new RuntimeError(NEVER_CALLED("set_extra_state"));
  }

  /** @internal */
  _save_to_state_dict(destination: StateDict, prefix: string, keep_vars: boolean): void {
    saveMembers(this, allMembers(this), destination, prefix, keep_vars);
  }

  /**
   * The parameters and persistent buffers of this module and of all below it, by their names.
   *
   * They share memory with the module and are outside of autograd, unless `keep_vars` asks for the very objects.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.state_dict}
   */
  state_dict(keywords?: Keywords<{ destination?: StateDict | null; prefix?: string; keep_vars?: boolean }>): StateDict;
  state_dict(destination: StateDict | null, prefix?: string, keep_vars?: boolean): StateDict;
  state_dict(destination: StateDict | null = null, prefix = "", keep_vars = false): StateDict {
    return saveState(this, destination ?? newStateDict(), prefix, keep_vars);
  }

  /** @internal Calls a hook after the state is written; what it returns, if anything, is the state dict. */
  _register_state_dict_hook(hook: StateDictHook): RemovableHandle {
    return addHook(hooksOf(this).state_dict, { hook, from_public_api: false });
  }

  /**
   * Calls `hook(module, state_dict, prefix, local_metadata)` after the state was written, to change it in place.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_state_dict_post_hook}
   */
  register_state_dict_post_hook(hook: StateDictHook): RemovableHandle {
    return addHook(hooksOf(this).state_dict, { hook, from_public_api: true });
  }

  /**
   * Calls `hook(module, prefix, keep_vars)` before the state is written.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_state_dict_pre_hook}
   */
  register_state_dict_pre_hook(hook: StateDictPreHook): RemovableHandle {
    return addHook(hooksOf(this).state_dict_pre, hook);
  }

  /**
   * Calls a hook before this module's state is loaded, to change the state dict in place.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_load_state_dict_pre_hook}
   */
  register_load_state_dict_pre_hook(hook: LoadStateDictPreHook): RemovableHandle {
    return this._register_load_state_dict_pre_hook(hook, true);
  }

  /** @internal The same; without `with_module` the hook is not given the module. */
  _register_load_state_dict_pre_hook(hook: (...args: never[]) => void, with_module = false): RemovableHandle {
    return addHook(hooksOf(this).load_state_dict_pre, { hook, with_module });
  }

  /**
   * Calls `hook(module, incompatible_keys)` after the state was loaded; it may change the lists of names in place.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_load_state_dict_post_hook}
   */
  register_load_state_dict_post_hook(hook: LoadStateDictPostHook): RemovableHandle {
    return addHook(hooksOf(this).load_state_dict_post, hook);
  }

  /** @internal Loads this module's own state: names are added to the lists of keys, and errors to those of messages. */
  _load_from_state_dict(
    state_dict: StateDict,
    prefix: string,
    local_metadata: LocalMetadata,
    strict: boolean,
    missing_keys: string[],
    unexpected_keys: string[],
    error_msgs: string[],
  ): void {
    const given = [state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs];
    for (const { hook, with_module } of stateOf(this).hooks?.load_state_dict_pre.values() ?? []) {
      (hook as (...args: unknown[]) => void)(...(with_module ? [this, ...given] : given));
    }
    const { buffers } = stateOf(this);
    const { parameter, buffer, module } = allMembers(this);
    const persistent = buffer.filter(([name]) => buffers.get(name));
    const local_state = new Map<string, Tensor>();
    for (const [name, value] of [...parameter, ...persistent]) if (value) local_state.set(name, value);
    const assign = local_metadata.assign_to_params_buffers ?? false;
    for (const [name, param] of local_state) {
      const key = prefix + name;
      if (Object.hasOwn(state_dict, key)) {
        const message = loadParameter(this, name, param, key, state_dict[key], assign);
        if (message !== null) error_msgs.push(message);
      } else if (strict) {
        missing_keys.push(key);
      }
    }
    const extra_state_key = prefix + _EXTRA_STATE_KEY_SUFFIX;
    if (this.set_extra_state !== StateDicts.prototype.set_extra_state) {
      if (Object.hasOwn(state_dict, extra_state_key)) this.set_extra_state(state_dict[extra_state_key]);
      else if (strict) missing_keys.push(extra_state_key);
    } else if (strict && Object.hasOwn(state_dict, extra_state_key)) {
      unexpected_keys.push(extra_state_key);
    }
    if (!strict) return;
    const modules = new Set(module.map(([name]) => name));
    for (const key of Object.keys(state_dict)) {
      if (!key.startsWith(prefix) || key === extra_state_key) continue;
      const dot = key.indexOf(".", prefix.length);
      const known = dot < 0 ? local_state.has(key.slice(prefix.length)) : modules.has(key.slice(prefix.length, dot));
      if (!known) unexpected_keys.push(key);
    }
  }

  /**
   * Copies a state dict into the parameters and buffers of this module and of all below it; a Map does as well.
   *
   * With `assign` the state dict's tensors take the places of the module's instead. Returns the missing and the
   * unexpected names.
   *
   * Throws RuntimeError for tensors of other sizes and, unless `strict` is false, for missing and unexpected names;
   * TypeError for what is no dict.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict}
   */
  load_state_dict(
    state_dict: StateDict | ReadonlyMap<string, unknown>,
    keywords: Keywords<{ strict?: boolean; assign?: boolean }>,
  ): IncompatibleKeys;
  load_state_dict(
    state_dict: StateDict | ReadonlyMap<string, unknown>,
    strict?: boolean,
    assign?: boolean,
  ): IncompatibleKeys;
  load_state_dict(state_dict: unknown, strict: unknown = true, assign = false): IncompatibleKeys {
    if (!(state_dict instanceof Map) && !isPlainObject(state_dict)) {
      throw new TypeError(`Expected state_dict to be dict-like, got <class '${typeName(state_dict)}'>.`);
    }
    const missing_keys: string[] = [];
    const unexpected_keys: string[] = [];
    const error_msgs: string[] = [];
    const { _metadata } = state_dict as WithMetadata;
    const metadata = _metadata && new Map(_metadata instanceof Map ? _metadata : Object.entries(_metadata));

    const load = (module: Module, local_state_dict: StateDict, prefix: string): void => {
      const local_metadata: LocalMetadata = { ...metadata?.get(prefix.slice(0, -1)) };
      if (assign) local_metadata.assign_to_params_buffers = assign;
      const given: LoadArguments = [
        local_state_dict,
        prefix,
        local_metadata,
        true,
        missing_keys,
        unexpected_keys,
        error_msgs,
      ];
      module._load_from_state_dict(...given);
      const children = members(module, "module");
      const below = children.length > 0 ? statesBelow(local_state_dict, prefix) : null;
      for (const [name, child] of children) {
        if (child !== null) load(child, below?.get(name) ?? {}, `${prefix}${name}.`);
      }
      const incompatible_keys = new _IncompatibleKeys(missing_keys, unexpected_keys) as unknown as IncompatibleKeys;
      for (const hook of stateOf(module).hooks?.load_state_dict_post.values() ?? []) {
        const out: unknown = hook(module, incompatible_keys);
        if (out !== null && out !== undefined) {
          throw new AssertionError(
            "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, if incompatible_keys need to be modified, it should be done inplace.",
          );
        }
      }
    };
    load(
      this as unknown as Module,
      Object.fromEntries(state_dict instanceof Map ? state_dict : Object.entries(state_dict)),
      "",
    );

    if (strict) {
      const quoted = (keys: string[]) => keys.map((key) => `"${key}"`).join(", ");
      if (unexpected_keys.length > 0) {
        error_msgs.unshift(`Unexpected key(s) in state_dict: ${quoted(unexpected_keys)}. `);
      }
      if (missing_keys.length > 0) error_msgs.unshift(`Missing key(s) in state_dict: ${quoted(missing_keys)}. `);
    }
    if (error_msgs.length > 0) {
      throw new RuntimeError(
        `Error(s) in loading state_dict for ${this.constructor.name}:\n\t${error_msgs.join("\n\t")}`,
      );
    }
    return new _IncompatibleKeys(missing_keys, unexpected_keys) as unknown as IncompatibleKeys;
  }
}

takeKeywords("Module", StateDicts.prototype, {
  get_extra_state: [],
  register_state_dict_post_hook: ["hook"],
  register_state_dict_pre_hook: ["hook"],
  register_load_state_dict_pre_hook: ["hook"],
  register_load_state_dict_post_hook: ["hook"],
});
takeKeywords("Module", StateDicts.prototype, { set_extra_state: ["state"] }, { dict: 0 });
takeKeywords("Module", StateDicts.prototype, { state_dict: ["destination", "prefix", "keep_vars"] }, { dict: 0 });
takeKeywords("Module", StateDicts.prototype, { load_state_dict: ["state_dict", "strict", "assign"] }, { dict: 0 });

/** Writes the state of a module itself. */
function saveMembers(
  module: StateDicts,
  { parameter, buffer: found }: ReturnType<typeof allMembers>,
  destination: StateDict,
  prefix: string,
  keep_vars: boolean,
): void {
  for (const [name, param] of parameter) {
    if (param !== null) destination[prefix + name] = keep_vars ? param : param.detach();
  }
  const { buffers } = stateOf(module);
  for (const [name, buffer] of found) {
    if (buffer !== null && buffers.get(name)) destination[prefix + name] = keep_vars ? buffer : buffer.detach();
  }
  if (module.get_extra_state !== StateDicts.prototype.get_extra_state) {
    destination[prefix + _EXTRA_STATE_KEY_SUFFIX] = module.get_extra_state();
  }
}

/** Writes the state of a module and of those below it; returns the state dict, or what a hook put in its place. */
function saveState(module: StateDicts, destination: WithMetadata, prefix: string, keep_vars: boolean): StateDict {
  const local_metadata: LocalMetadata = { version: module._version };
  if (destination._metadata instanceof Map) destination._metadata.set(prefix.slice(0, -1), local_metadata);
  const hooks = stateOf(module).hooks;
  for (const hook of hooks?.state_dict_pre.values() ?? []) hook(module, prefix, keep_vars);
  let children: ReturnType<typeof allMembers>["module"];
  if (module._save_to_state_dict === StateDicts.prototype._save_to_state_dict) {
    const held = allMembers(module);
    saveMembers(module, held, destination, prefix, keep_vars);
    children = held.module;
  } else {
    module._save_to_state_dict(destination, prefix, keep_vars);
    children = members(module, "module");
  }
  for (const [name, child] of children) {
    if (child === null) continue;
    const below = `${prefix}${name}.`;
    if (child.state_dict === StateDicts.prototype.state_dict) saveState(child, destination, below, keep_vars);
    else child.state_dict({ destination, prefix: below, keep_vars });
  }
  let result = destination;
  for (const { hook, from_public_api } of hooks?.state_dict.values() ?? []) {
    const replaced = hook(module, result, prefix, local_metadata);
    if (replaced === null || replaced === undefined) continue;
    if (from_public_api) throw new RuntimeError("state_dict post-hook must return None");
    result = replaced;
  }
  return result;
}

function newStateDict(): StateDict {
  return Object.defineProperty({}, "_metadata", { value: new Map(), writable: true, configurable: true });
}

/** The parts of a state dict that belong to each child of the module with a prefix. */
function statesBelow(state_dict: StateDict, prefix: string): Map<string, StateDict> {
  const found = new Map<string, StateDict>();
  for (const key of Object.keys(state_dict)) {
    const dot = key.indexOf(".", prefix.length);
    if (dot < 0 || !key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length, dot);
    let part = found.get(name);
    if (part === undefined) {
      part = {};
      found.set(name, part);
    }
    part[key] = state_dict[key];
  }
  return found;
}

/** Loads one parameter or buffer; returns what is wrong with it, or null. */
function loadParameter(
  module: object,
  name: string,
  param: Tensor,
  key: string,
  given: unknown,
  assign: boolean,
): string | null {
  if (!(given instanceof Tensor)) {
    return `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object from checkpoint but received <class '${typeName(given)}'>`;
  }
  let input_param = given;
  if (!is_lazy(param)) {
    if (param.dim() === 0 && input_param.dim() === 1 && input_param.shape[0] === 1) input_param = input_param[0];
    const { shape } = input_param;
    const current = param.shape;
    if (shape.length !== current.length || shape.some((size, dim) => size !== current[dim])) {
      return `size mismatch for ${key}: copying a param with shape ${shape} from checkpoint, the shape in current model is ${current}.`;
    }
  }
  if (param.is_meta && !input_param.is_meta && !assign) {
    process.emitWarning(
      `for ${key}: copying from a non-meta parameter in the checkpoint to a meta parameter in the current model, which is a no-op. (Did you mean to pass \`assign=True\` to assign items in the state dictionary to their corresponding key in the module instead of copying them in place?)`,
    );
  }
  try {
    if (assign) {
      if (!(param instanceof Parameter)) setField(module, name, input_param);
      else if (input_param instanceof Parameter)
        setField(module, name, input_param.requires_grad_(param.requires_grad));
      else setField(module, name, new Parameter(input_param, { requires_grad: param.requires_grad }));
    } else {
      no_grad(() => param.copy_(input_param));
    }
    return null;
  } catch (error) {
    const { message } = error as Error;
    return `While copying the parameter named "${key}", whose dimensions in the model are ${param.size()} and whose dimensions in the checkpoint are ${input_param.size()}, an exception occurred : (${repr(message)},).`;
  }
}
