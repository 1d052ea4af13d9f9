// The part of torch.nn.Module that has to do with parameters, buffers and children.

import { Tensor } from "../../../_tensor.js";
import { takeKeywords } from "../../../arguments/class.js";
import { AttributeError, KeyError, ValueError } from "../../../errors.js";
import { typeName } from "../../../python/objects.js";
import { repr } from "../../../python/repr.js";
import type { Keywords } from "../../../types.js";
import { Parameter } from "../../parameter.js";
import type { Module } from "../module.js";
import { FunctionObject } from "./function_object.js";
import { applyRegistrationHooks, registrationHooks } from "./hooks.js";
import { getField, hasattr, isModule, type Kind, members, setField, stateOf } from "./state.js";

/** What goes through the members of a module takes by keyword. */
type Traversal = Keywords<{ prefix?: string; recurse?: boolean; remove_duplicate?: boolean }>;

/** What Python calls the type of a value in the errors of registrations. */
function typename(value: unknown): string {
  return value instanceof Tensor ? value.type() : typeName(value);
}

/** The parts of the registrations' checks that are the same for all kinds. */
function checkName(self: object, name: unknown, kind: Kind): void {
  const dotted = kind === "module" ? `module name can't contain ".", got: ${name}` : `${kind} name can't contain "."`;
  if (typeof name !== "string") throw new TypeError(`${kind} name should be a string. Got ${typename(name)}`);
  const taken = () => hasattr(self, name) && !members(self, kind).some(([known]) => known === name);
  if (kind === "module" && taken()) throw new KeyError(repr(`attribute '${name}' already exists`));
  if (name.includes(".")) throw new KeyError(repr(dotted));
  if (name === "") throw new KeyError(repr(`${kind} name can't be empty string ""`));
  if (taken()) throw new KeyError(repr(`attribute '${name}' already exists`));
}

/** The module that these members are of. */
const moduleOf = (members: Members) => members as unknown as Module;

/** The module that has the last name of a path, and that name. */
function ownerOf(self: Members, target: string): [module: Module, name: string] {
  const dot = target.lastIndexOf(".");
  const module = self.get_submodule(target.slice(0, Math.max(dot, 0)));
  const name = target.slice(dot + 1);
  if (!hasattr(module, name)) throw new AttributeError(`${module._get_name()} has no attribute \`${name}\``);
  return [module, name];
}

/** A module and all below it with their names: what `named_modules()` gives, in one go. */
function modulesOf(
  module: Module,
  prefix: string,
  memo: Set<Module>,
  remove_duplicate: boolean,
  found: [string, Module][],
): [string, Module][] {
  if (memo.has(module)) return found;
  if (remove_duplicate) memo.add(module);
  found.push([prefix, module]);
  const start = prefix === "" ? "" : `${prefix}.`;
  for (const [name, child] of members(module, "module")) {
    if (child === null) continue;
    if (child.named_modules === Members.prototype.named_modules) {
      modulesOf(child, start + name, memo, remove_duplicate, found);
    } else {
      found.push(...child.named_modules(memo, start + name, remove_duplicate));
    }
  }
  return found;
}

/** The members of a module and, with `recurse`, of those below it. */
function* namedMembers<K extends "parameter" | "buffer">(
  self: Members,
  kind: K,
  prefix: string,
  recurse: boolean,
  remove_duplicate: boolean,
): Generator<[string, K extends "parameter" ? Parameter : Tensor], void, undefined> {
  const memo = new Set<unknown>();
  const own = self.named_modules === Members.prototype.named_modules;
  const modules = !recurse
    ? ([[prefix, moduleOf(self)]] as [string, Module][])
    : own
      ? modulesOf(moduleOf(self), prefix, new Set(), remove_duplicate, [])
      : self.named_modules({ prefix, remove_duplicate });
  for (const [module_prefix, module] of modules) {
    const start = module_prefix === "" ? "" : `${module_prefix}.`;
    for (const [name, value] of members(module, kind)) {
      if (value === null || memo.has(value)) continue;
      if (remove_duplicate) memo.add(value);
      yield [start + name, value as Parameter];
    }
  }
}

/** The base of modules: what stands in their fields. */
export abstract class Members extends FunctionObject {
  /** Whether the module is being trained, as `train()` and `eval()` set it. */
  training = true;

  /** The parameters of this module alone, by name, with those that are None; a copy. */
  get _parameters(): Readonly<Record<string, Parameter | null>> {
    return Object.freeze(Object.fromEntries(members(this, "parameter")));
  }

  /** The buffers of this module alone, by name, with those that are None; a copy. */
  get _buffers(): Readonly<Record<string, Tensor | null>> {
    return Object.freeze(Object.fromEntries(members(this, "buffer")));
  }

  /** The modules that stand in this module's fields, by name, with those that are None; a copy. */
  get _modules(): Readonly<Record<string, Module | null>> {
    return Object.freeze(Object.fromEntries(members(this, "module")));
  }

  /** The names of the buffers that are not in the state dict. */
  get _non_persistent_buffers_set(): ReadonlySet<string> {
    const { buffers } = stateOf(this);
    return new Set(members(this, "buffer").flatMap(([name]) => (buffers.get(name) ? [] : [name])));
  }

  /**
   * Puts a buffer into the field of this name: a tensor that is state but is not trained, or null.
   *
   * It is in the state dict unless `persistent` is false. Throws KeyError for a name that is taken or holds a dot, and
   * TypeError for what is no tensor.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_buffer}
   */
  register_buffer(name: string, tensor: Tensor | null, keywords: Keywords<{ persistent?: boolean }>): void;
  register_buffer(name: string, tensor: Tensor | null, persistent?: boolean): void;
  register_buffer(name: string, tensor: Tensor | null, persistent: unknown = true): void {
    checkName(this, name, "buffer");
    if (tensor !== null && !(tensor instanceof Tensor)) {
      throw new TypeError(
        `cannot assign '${typename(tensor)}' object to buffer '${name}' (torch Tensor or None required)`,
      );
    }
    setField(this, name, applyRegistrationHooks(registrationHooks.buffer, this, name, tensor));
    stateOf(this).buffers.set(name, persistent as boolean);
  }

  /**
   * Puts a parameter, or null, into the field of this name.
   *
   * Throws KeyError for a name that is taken or holds a dot, and TypeError for what is no Parameter.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_parameter}
   */
  register_parameter(name: string, param: Parameter | null): void {
    checkName(this, name, "parameter");
    if (param === null) {
      stateOf(this).none.set(name, "parameter");
      setField(this, name, null);
      return;
    }
    if (!(param instanceof Parameter)) {
      throw new TypeError(
        `cannot assign '${typename(param)}' object to parameter '${name}' (torch.nn.Parameter or None required)`,
      );
    }
    if (param.grad_fn) {
      throw new ValueError(
        `Cannot assign non-leaf Tensor to parameter '${name}'. Model parameters must be created explicitly. To express '${name}' as a function of another Tensor, compute the value in the forward() method.`,
      );
    }
    setField(this, name, applyRegistrationHooks(registrationHooks.parameter, this, name, param));
  }

  /**
   * Puts a module, or null, into the field of this name.
   *
   * Throws KeyError for a name that is taken or holds a dot, and TypeError for what is no Module.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.add_module}
   */
  add_module(name: string, module: Module | null): void {
    if (!isModule(module) && module !== null) throw new TypeError(`${typename(module)} is not a Module subclass`);
    checkName(this, name, "module");
    const registered = applyRegistrationHooks(registrationHooks.module, this, name, module);
    if (registered === null) stateOf(this).none.set(name, "module");
    setField(this, name, registered);
  }

  /** Another name of `add_module`. */
  register_module(name: string, module: Module | null): void {
    this.add_module(name, module);
  }

  /**
   * The module at a path such as "net.0.conv"; this module for "".
   *
   * Throws AttributeError if there is none.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.get_submodule}
   */
  get_submodule(target: string): Module {
    let module = moduleOf(this);
    if (target === "") return module;
    for (const item of target.split(".")) {
      if (!hasattr(module, item)) throw new AttributeError(`${module._get_name()} has no attribute \`${item}\``);
      const found = getField(module, item);
      if (!isModule(found)) throw new AttributeError(`\`${item}\` is not an nn.Module`);
      module = found;
    }
    return module;
  }

  /**
   * Puts a module at a path such as "net.0.conv"; with `strict` only where one is already.
   *
   * Throws ValueError for the path "", and AttributeError if what is on the path is no module.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.set_submodule}
   */
  set_submodule(target: string, module: Module, keywords: Keywords<{ strict?: boolean }>): void;
  set_submodule(target: string, module: Module, strict?: boolean): void;
  set_submodule(target: string, module: Module, strict: unknown = false): void {
    if (target === "") throw new ValueError("Cannot set the submodule without a target name!");
    if (!isModule(module)) throw new ValueError(`\`module\` is not an nn.Module, found <class '${typeName(module)}'>`);
    const atoms = target.split(".");
    const name = atoms.pop() as string;
    const parent = this.get_submodule(atoms.join("."));
    if (!hasattr(parent, name)) {
      if (strict) throw new AttributeError(`${parent._get_name()} has no attribute \`${name}\``);
    } else if (!isModule(getField(parent, name))) {
      throw new AttributeError(`\`${name}\` is not an nn.Module`);
    }
    setField(parent, name, module);
  }

  /**
   * The parameter at a path such as "net.0.weight".
   *
   * Throws AttributeError if there is none.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.get_parameter}
   */
  get_parameter(target: string): Parameter {
    const [module, name] = ownerOf(this, target);
    const param = getField(module, name);
    if (!(param instanceof Parameter)) throw new AttributeError(`\`${name}\` is not an nn.Parameter`);
    return param;
  }

  /**
   * The buffer at a path such as "net.1.running_mean".
   *
   * Throws AttributeError if there is none.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.get_buffer}
   */
  get_buffer(target: string): Tensor {
    const [module, name] = ownerOf(this, target);
    const found = members(module, "buffer").find(([known]) => known === name);
    if (!found) throw new AttributeError(`\`${name}\` is not a buffer`);
    return found[1] as Tensor;
  }

  /**
   * The parameters of this module and, with `recurse`, of all modules below it.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.parameters}
   */
  parameters(keywords: Keywords<{ recurse?: boolean }>): Generator<Parameter, void, undefined>;
  parameters(recurse?: boolean): Generator<Parameter, void, undefined>;
  *parameters(recurse: unknown = true): Generator<Parameter, void, undefined> {
    const own = this.named_parameters === Members.prototype.named_parameters;
    const named = own
      ? namedMembers(this, "parameter", "", recurse as boolean, true)
      : this.named_parameters({ recurse: recurse as boolean });
    for (const [_name, param] of named) yield param;
  }

  /**
   * The parameters with their names, such as "net.0.weight"; each once unless `remove_duplicate` is false.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.named_parameters}
   */
  named_parameters(keywords: Traversal): Generator<[string, Parameter], void, undefined>;
  named_parameters(
    prefix?: string,
    recurse?: boolean,
    remove_duplicate?: boolean,
  ): Generator<[string, Parameter], void, undefined>;
  *named_parameters(
    prefix: unknown = "",
    recurse = true,
    remove_duplicate = true,
  ): Generator<[string, Parameter], void, undefined> {
    yield* namedMembers(this, "parameter", prefix as string, recurse, remove_duplicate);
  }

  /**
   * The buffers of this module and, with `recurse`, of all modules below it.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.buffers}
   */
  buffers(keywords: Keywords<{ recurse?: boolean }>): Generator<Tensor, void, undefined>;
  buffers(recurse?: boolean): Generator<Tensor, void, undefined>;
  *buffers(recurse: unknown = true): Generator<Tensor, void, undefined> {
    for (const [_name, buffer] of this.named_buffers({ recurse: recurse as boolean })) yield buffer;
  }

  /**
   * The buffers with their names; each once unless `remove_duplicate` is false.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.named_buffers}
   */
  named_buffers(keywords: Traversal): Generator<[string, Tensor], void, undefined>;
  named_buffers(
    prefix?: string,
    recurse?: boolean,
    remove_duplicate?: boolean,
  ): Generator<[string, Tensor], void, undefined>;
  *named_buffers(
    prefix: unknown = "",
    recurse = true,
    remove_duplicate = true,
  ): Generator<[string, Tensor], void, undefined> {
    yield* namedMembers(this, "buffer", prefix as string, recurse, remove_duplicate);
  }

  /**
   * The modules in this module's fields, each once.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.children}
   */
  *children(): Generator<Module, void, undefined> {
    for (const [_name, module] of this.named_children()) yield module;
  }

  /**
   * The modules in this module's fields with the fields' names, each once.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.named_children}
   */
  *named_children(): Generator<[string, Module], void, undefined> {
    const memo = new Set<Module>();
    for (const [name, module] of members(this, "module")) {
      if (module === null || memo.has(module)) continue;
      memo.add(module);
      yield [name, module];
    }
  }

  /**
   * This module and all below it; each once unless `remove_duplicate` is false.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.modules}
   */
  modules(keywords: Keywords<{ remove_duplicate?: boolean }>): Generator<Module, void, undefined>;
  modules(remove_duplicate?: boolean): Generator<Module, void, undefined>;
  *modules(remove_duplicate: unknown = true): Generator<Module, void, undefined> {
    for (const [_name, module] of this.named_modules({ remove_duplicate: remove_duplicate as boolean })) yield module;
  }

  /**
   * This module, named `prefix`, and all below it with their names; each once unless `remove_duplicate` is false.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.named_modules}
   */
  named_modules(
    keywords: Keywords<{ memo?: Set<Module> | null; prefix?: string; remove_duplicate?: boolean }>,
  ): Generator<[string, Module], void, undefined>;
  named_modules(
    memo?: Set<Module> | null,
    prefix?: string,
    remove_duplicate?: boolean,
  ): Generator<[string, Module], void, undefined>;
  *named_modules(
    memo: unknown = null,
    prefix = "",
    remove_duplicate = true,
  ): Generator<[string, Module], void, undefined> {
    const seen = (memo ?? new Set()) as Set<Module>;
    const self = moduleOf(this);
    if (seen.has(self)) return;
    if (remove_duplicate) seen.add(self);
    yield [prefix, self];
    for (const [name, module] of members(self, "module")) {
      if (module === null) continue;
      yield* module.named_modules(seen, prefix + (prefix ? "." : "") + name, remove_duplicate);
    }
  }
}

const TRAVERSAL = ["prefix", "recurse", "remove_duplicate"];

takeKeywords("Module", Members.prototype, {
  children: [],
  named_children: [],
  register_buffer: ["name", "tensor", "persistent"],
  register_parameter: ["name", "param"],
  add_module: ["name", "module"],
  register_module: ["name", "module"],
  get_submodule: ["target"],
  set_submodule: ["target", "module", "strict"],
  get_parameter: ["target"],
  get_buffer: ["target"],
  parameters: ["recurse"],
  named_parameters: TRAVERSAL,
  buffers: ["recurse"],
  named_buffers: TRAVERSAL,
  modules: ["remove_duplicate"],
  named_modules: ["memo", "prefix", "remove_duplicate"],
});
