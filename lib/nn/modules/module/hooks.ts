import type { Tensor } from "../../../_tensor.js";
import { RuntimeError } from "../../../errors.js";
import { tracing } from "../../../jit/_state.js";
import { deepcopy } from "../../../python/copy.js";
import { RemovableHandle } from "../../../utils/hooks.js";
import type { Parameter } from "../../parameter.js";
import type { Module } from "../module.js";

// biome-ignore-start lint/suspicious/noExplicitAny: hooks see the arguments and results of modules of any type
// biome-ignore-start lint/suspicious/noConfusingVoidType: a hook may return nothing

/** Keyword arguments as hooks see them. */
export type Kwargs = Record<string, any>;

/** Gradients as backward hooks see them: one for each tensor, null where there is none. */
export type Gradients = (Tensor | null)[];

/** Called before `forward`; what it returns, if anything, replaces the arguments. */
export type ForwardPreHook = (module: any, args: any[]) => any;
/** The same for `{ with_kwargs: true }`: it returns `[args, kwargs]` or nothing. */
export type ForwardPreHookWithKwargs = (module: any, args: any[], kwargs: Kwargs) => [any[], Kwargs] | null | void;
/** Called after `forward`; what it returns, if anything, replaces the output. */
export type ForwardHook = (module: any, args: any[], output: any) => any;
/** The same for `{ with_kwargs: true }`. */
export type ForwardHookWithKwargs = (module: any, args: any[], kwargs: Kwargs, output: any) => any;
/** Called with the gradients of the module's outputs; what it returns, if anything, replaces them. */
export type BackwardPreHook = (module: any, grad_output: Gradients) => Gradients | Tensor | null | void;
/** Called with the gradients of the module's inputs and outputs; what it returns, if anything, replaces the former. */
export type BackwardHook = (
  module: any,
  grad_input: Gradients,
  grad_output: Gradients,
) => Gradients | Tensor | null | void;
/** Called before a module's state is written. */
export type StateDictPreHook = (module: any, prefix: string, keep_vars: boolean) => void;
/** Called after a module's state was written, to change it in place. */
export type StateDictHook = (module: any, state_dict: any, prefix: string, local_metadata: any) => any;
/** Called before a module's state is loaded, to change it in place. */
export type LoadStateDictPreHook = (
  module: any,
  state_dict: any,
  prefix: string,
  local_metadata: any,
  strict: boolean,
  missing_keys: string[],
  unexpected_keys: string[],
  error_msgs: string[],
) => void;
/** Called after a module's state was loaded; it may change the lists in place. */
export type LoadStateDictPostHook = (
  module: any,
  incompatible_keys: { missing_keys: string[]; unexpected_keys: string[] },
) => void;
/** Called when a buffer, a module or a parameter is registered; what it returns, if anything, is registered instead. */
export type RegistrationHook<T> = (module: any, name: string, value: T) => T | null | void;

// biome-ignore-end lint/suspicious/noConfusingVoidType: see above
// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** A hook on `forward`, with how it is called. */
export interface ForwardEntry {
  readonly hook: (...args: unknown[]) => unknown;
  readonly with_kwargs: boolean;
  readonly always_call: boolean;
}

const BOTH_KINDS = (where: string) =>
  `Cannot use both regular backward hooks and full backward hooks ${where}. Please use only one of them.`;

/** The hooks of one module, or of all modules. */
export class Hooks {
  forward = new Map<number, ForwardEntry>();
  forward_pre = new Map<number, ForwardEntry>();
  backward = new Map<number, BackwardHook>();
  backward_pre = new Map<number, BackwardPreHook>();
  is_full_backward_hook: boolean | null = null;
  state_dict = new Map<number, { hook: StateDictHook; from_public_api: boolean }>();
  state_dict_pre = new Map<number, StateDictPreHook>();
  load_state_dict_pre = new Map<number, { hook: (...args: never[]) => void; with_module: boolean }>();
  load_state_dict_post = new Map<number, LoadStateDictPostHook>();

  /** Whether a call of the module has to do more than call `forward`. */
  get onCalls(): boolean {
    return this.forward.size + this.forward_pre.size + this.backward.size + this.backward_pre.size > 0;
  }

  /** Notes which of the two kinds of backward hooks is used; `where` ends the error's sentence. */
  chooseKind(full: boolean, where: string): void {
    if (this.is_full_backward_hook === !full) throw new RuntimeError(BOTH_KINDS(where));
    this.is_full_backward_hook = full;
  }

  /** The same hooks in maps of their own; those that are objects are copied too. */
  copy(memo: Map<unknown, unknown>): Hooks {
    const made = new Hooks();
    for (const name of Object.keys(this) as (keyof Hooks)[]) {
      const value = this[name];
      Object.assign(made, { [name]: deepcopy(value as unknown, memo) });
    }
    return made;
  }
}

/** Adds a hook as the last one, or with `prepend` as the first one. */
export function addHook<H>(hooks: Map<number, H>, hook: H, prepend = false): RemovableHandle {
  const handle = new RemovableHandle(() => hooks.delete(handle.id));
  const others = prepend ? [...hooks] : [];
  if (prepend) hooks.clear();
  hooks.set(handle.id, hook);
  for (const [id, other] of others) hooks.set(id, other);
  return handle;
}

/** The hooks on calls of all modules; a trace, which records each call, counts as one. */
export const globalHooks: Hooks = new (class extends Hooks {
  override get onCalls(): boolean {
    return tracing !== null || super.onCalls;
  }
})();

interface RegistrationHooks {
  buffer: Map<number, RegistrationHook<Tensor | null>>;
  module: Map<number, RegistrationHook<Module | null>>;
  parameter: Map<number, RegistrationHook<Parameter>>;
}

/** The hooks on the registration of buffers, modules and parameters. */
export const registrationHooks: RegistrationHooks = { buffer: new Map(), module: new Map(), parameter: new Map() };

/** The value to register: the one given, or what the hooks made of it. */
export function applyRegistrationHooks<T>(
  hooks: Map<number, RegistrationHook<T>>,
  module: object,
  name: string,
  value: T,
): T {
  let result = value;
  for (const hook of hooks.values()) result = (hook(module, name, result) as T | null | undefined) ?? result;
  return result;
}
