// torch/library.py: operators that users define, with kernels in JavaScript

import { inspect } from "node:util";
import { defineOperator, findDefined, type Kernel, type Operator, removeOperator } from "./_library/registry.js";
import { definitionsChanged, type OpOverload, ops } from "./_ops.js";
import { takeKeywords } from "./arguments/class.js";
import { def, missingError } from "./arguments/function.js";
import type { FunctionCtx } from "./autograd/function.js";
import { native } from "./binding.js";
import { callableObject } from "./callable.js";
import type { dtype } from "./dtype.js";
import { AssertionError, NotImplementedError, RuntimeError, ValueError } from "./errors.js";
import { str } from "./python/repr.js";
import type { Keywords } from "./types.js";

export type { Kernel } from "./_library/registry.js";

/** "cpu", "cuda", "meta", several of them, or null for all. */
export type DeviceTypes = string | readonly string[] | null;

/** An operator by its qualified name, "mylib::sin", or what defined it. */
export type OpIdentifier = string | CustomOpDef | OpOverload;

const reserved = new Set(["prim"]);
const deviceKeys: Record<string, string> = { cpu: "CPU", cuda: "CUDA", meta: "Meta", xpu: "XPU", mps: "MPS" };

/** The dispatch keys that a kernel of ours can be found by. */
const dispatchKeys = new Set([
  ...["CPU", "CUDA", "Meta", "XPU", "MPS", "Autograd", "CompositeImplicitAutograd", "CompositeExplicitAutograd"],
]);

function operatorOf(op: OpIdentifier, use: string): Operator {
  if (op instanceof CustomOpDef) return op.operator;
  const name = typeof op === "string" ? op : op.name();
  const found = findDefined(name.replace(/\.default$/, ""));
  if (found) return found;
  const [base] = name.split(".");
  if (base.includes("::") && native.operatorSchemas(base).length > 0) {
    throw new NotImplementedError(`${use}(): ${name} is libtorch's own: JavaScript cannot give it another kernel`);
  }
  throw new RuntimeError(`operator ${name} does not exist`);
}

function register(operator: Operator, key: string, kernel: Kernel): void {
  if (!dispatchKeys.has(key)) {
    throw new RuntimeError(`could not parse dispatch key: ${key}`);
  }
  operator.kernels.set(key, kernel);
}

function keysOf(types: DeviceTypes): string[] {
  if (types === null) return ["CompositeExplicitAutograd"];
  const list = typeof types === "string" ? [types] : types;
  return list.map((type) => deviceKeys[type] ?? (dispatchKeys.has(type) ? type : type.toUpperCase()));
}

/** With a function, does it; without one, returns the decorator that will. */
function decorated<F extends Kernel>(func: F | null, use: (func: F) => void): F | ((func: F) => F) {
  const decorator = (given: F): F => {
    use(given);
    return given;
  };
  return func ? decorator(func) : decorator;
}

/**
 * A set of operators under a namespace, or of kernels for them. The definitions last until `_destroy()`.
 *
 * `kind` is "DEF" or "FRAGMENT" (which define operators) or "IMPL" (which adds kernels to operators defined here). Operators and kernels belong to this
 * thread; operators of libtorch itself keep their kernels.
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.Library}
 */
export class Library {
  readonly ns: string;
  readonly kind: string;
  readonly dispatch_key: string;
  #operators: Operator[] | null = [];

  constructor(ns: string, kind: "DEF" | "IMPL" | "FRAGMENT", dispatch_key = "") {
    if (!["IMPL", "DEF", "FRAGMENT"].includes(kind)) throw new ValueError(`Unsupported kind: ${kind}`);
    if (reserved.has(ns) && kind !== "IMPL") {
      throw new ValueError(`${ns} is a reserved namespace. Please try creating a library with another name.`);
    }
    this.ns = ns;
    this.kind = kind;
    this.dispatch_key = dispatch_key;
  }

  #alive(): Operator[] {
    if (this.#operators === null) throw new AssertionError("Library object has been destroyed");
    return this.#operators;
  }

  /** Defines an operator by its schema, "sin(Tensor x) -> Tensor"; returns its name. */
  define(schema: string, alias_analysis = ""): string {
    if (!["", "FROM_SCHEMA", "CONSERVATIVE"].includes(alias_analysis)) {
      throw new RuntimeError(`Invalid alias_analysis type ${alias_analysis}`);
    }
    const operators = this.#alive();
    if (this.kind === "IMPL") {
      throw new RuntimeError(`${schema}: cannot define an operator in a library of kind IMPL: use DEF or FRAGMENT`);
    }
    const [name] = schema.split("(");
    operators.push(defineOperator(name.includes("::") ? schema : `${this.ns}::${schema}`));
    definitionsChanged(this.ns);
    return name;
  }

  /** Gives an operator of the namespace a kernel for a dispatch key. */
  impl(op_name: string | OpOverload, fn: Kernel, dispatch_key = ""): void {
    this.#alive();
    if (typeof fn !== "function")
      throw new TypeError(`Input function is required to be a callable but found type ${typeof fn}`);
    const key = dispatch_key || this.dispatch_key || "CompositeImplicitAutograd";
    const name = typeof op_name === "string" ? (op_name.includes("::") ? op_name : `${this.ns}::${op_name}`) : op_name;
    register(operatorOf(name, "impl"), key, fn);
  }

  /** Takes the operators that this library defined away. */
  _destroy(): void {
    for (const operator of this.#operators ?? []) removeOperator(operator);
    this.#operators = null;
    definitionsChanged(this.ns);
  }

  __repr__(): string {
    return `Library(kind=${this.kind}, ns=${this.ns}, dispatch_key=${this.dispatch_key})>`;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

takeKeywords("Library", Library.prototype, {
  define: ["schema", "alias_analysis", "*", "tags"],
  impl: ["op_name", "fn", "dispatch_key", "*", "with_keyset", "allow_override"],
});

function splitName(qualname: string): [namespace: string, name: string] {
  const parts = qualname.split("::");
  if (parts.length === 2) return parts as [string, string];
  throw new ValueError(
    `Expected \`qualname\` to be of the form "namespace::name", but got ${qualname}. The qualname passed to the torch.library APIs must consist of a namespace and a name, e.g. aten::sin`,
  );
}

/**
 * Defines an operator: `define("mylib::sin", "(Tensor x) -> Tensor")`. Kernels are given by impl().
 *
 * `define(qualname, schema, *, lib=None, tags=())`
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.define}
 */
export const define = def(
  "define",
  ["qualname", "schema", "*", "lib"],
  (qualname: string, schema: string, lib: Library | null = null): void => {
    if (typeof qualname !== "string") {
      throw new ValueError(
        `define(qualname, schema): expected qualname to be instance of str, got ${str(typeof qualname)}`,
      );
    }
    const [namespace, name] = splitName(qualname);
    if (!/^\(.*\) -> .*$/s.test(schema)) {
      throw new ValueError(
        `define(qualname, schema, ...): expected schema to look like e.g. "(Tensor x) -> Tensor" but got "${schema}"`,
      );
    }
    (lib ?? new Library(namespace, "FRAGMENT")).define(name + schema);
  },
);

/**
 * Gives an operator a kernel for types of devices, or for a dispatch key ("CompositeImplicitAutograd", ...); without a function, returns
 * a decorator.
 *
 * `impl(qualname, types, func=None, *, lib=None) -> object`
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.impl}
 */
export const impl = def(
  "impl",
  ["qualname", "types", "func", "*", "lib"],
  (qualname: OpIdentifier, types: string | readonly string[], func: Kernel | null = null) =>
    decorated(func, (kernel) => {
      const operator = operatorOf(qualname, "impl");
      const list = typeof types === "string" ? [types] : types;
      const keys = list.includes("default") ? ["CompositeExplicitAutograd"] : keysOf(list);
      for (const key of keys) register(operator, key, kernel);
    }),
);

/**
 * Gives an operator a kernel for types of devices, null for all; without a function, returns a decorator.
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.register_kernel}
 */
export const register_kernel = def(
  "register_kernel",
  ["op", "device_types", "func", "*", "lib"],
  (op: OpIdentifier, device_types: DeviceTypes, func: Kernel | null = null) =>
    decorated(func, (kernel) => {
      const operator = operatorOf(op, "register_kernel");
      for (const key of keysOf(device_types)) register(operator, key, kernel);
    }),
);

/**
 * Says what an operator returns for tensors without data, on the device "meta": their sizes, strides and dtype.
 *
 * `register_fake(op, func=None, /, *, lib=None, _stacklevel=1, allow_override=True)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.register_fake}
 */
export const register_fake = def(
  "register_fake",
  ["op", "func", "*", "lib", "allow_override"],
  (op: OpIdentifier, func: Kernel | null = null) =>
    decorated(func, (kernel) => register(operatorOf(op, "register_fake"), "Meta", kernel)),
);

/**
 * An old name of register_fake().
 *
 * `impl_abstract(qualname, func=None, *, lib=None, _stacklevel=1)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.impl_abstract}
 */
export const impl_abstract = def(
  "impl_abstract",
  ["qualname", "func", "*", "lib"],
  (qualname: OpIdentifier, func: Kernel | null = null) => register_fake(qualname, func),
);

/**
 * Gives an operator its backward formula: `backward(ctx, ...grads)` returns a gradient (or null) for each argument; `setup_context(ctx, inputs, output)`
 * saves what it needs.
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.register_autograd}
 */
export const register_autograd = def(
  "register_autograd",
  ["op", "backward", "*", "setup_context", "lib"],
  (
    op: OpIdentifier,
    backward: Kernel,
    setup_context: ((ctx: FunctionCtx, inputs: unknown[], output: unknown) => void) | null = null,
  ): void => {
    const operator = operatorOf(op, "register_autograd");
    const { schema, arguments: parameters } = operator.description;
    if (parameters.some(({ alias }) => alias !== "")) {
      throw new RuntimeError(
        `Cannot register autograd formula for non-functional operator ${operator.name} with schema ${schema}. Please create a functional operator and register an autograd formula for that.`,
      );
    }
    operator.autograd = { backward, setup_context };
  },
);

/**
 * Lets an operator's inputs be cast to a dtype where autocast is on for a type of device.
 *
 * `register_autocast(op, device_type, cast_inputs, /, *, lib=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.register_autocast}
 */
export const register_autocast = def(
  "register_autocast",
  ["op", "device_type", "cast_inputs", "*", "lib"],
  (op: OpIdentifier, device_type: string, cast_inputs: dtype): void => {
    if (device_type !== "cpu" && device_type !== "cuda") throw new ValueError(`Unknown device type: ${device_type}`);
    operatorOf(op, "register_autocast").autocast.set(device_type, cast_inputs);
  },
);

/**
 * What Library.impl() would take for "no kernel: go on"; calling it throws NotImplementedError.
 *
 * `fallthrough_kernel()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.fallthrough_kernel}
 */
export const fallthrough_kernel = def("fallthrough_kernel", [], (): never => {
  throw new NotImplementedError("fallthrough_kernel() should never be called.");
});

/**
 * The kernel that an operator has for a dispatch key or a type of device.
 *
 * `get_kernel(op, dispatch_key) -> _SafeKernelFunction`
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.get_kernel}
 */
export const get_kernel = def(
  "get_kernel",
  ["op", "dispatch_key"],
  (op: OpIdentifier, dispatch_key: string): Kernel => {
    const operator = operatorOf(op, "get_kernel");
    const kernel = operator.kernels.get(deviceKeys[dispatch_key] ?? dispatch_key);
    if (!kernel) throw new RuntimeError(`no kernel for ${dispatch_key} for ${operator.name}`);
    return kernel;
  },
);

/** What custom_op() makes: the operator, to be called, and what its parts are registered with. */
export class CustomOpDef {
  /** @internal */
  readonly operator: Operator;
  readonly _qualname: string;
  readonly _schema: string;

  /** @internal */
  constructor(operator: Operator, schema: string) {
    this.operator = operator;
    this._qualname = operator.name;
    this._schema = schema;
    const self = callableObject(new.target.prototype as CustomOpDef);
    // biome-ignore lint/correctness/noConstructorReturn: an object that can be called is a function
    return Object.defineProperties(self, Object.getOwnPropertyDescriptors(this));
  }

  /** Calls the operator, as `torch.ops` does. */
  __call__(...args: unknown[]): unknown {
    const [namespace, name] = this._qualname.split("::");
    return ops[namespace][name](...args);
  }

  /** Gives the operator a kernel for types of devices. */
  register_kernel(device_types: DeviceTypes, fn: Kernel | null = null): Kernel {
    return register_kernel(this, device_types, fn);
  }

  /** Says what the operator returns for tensors without data. */
  register_fake(fn: Kernel): Kernel {
    return register_fake(this, fn);
  }

  /** Gives the operator its backward formula. */
  register_autograd(
    backward: Kernel,
    keywords: { setup_context?: ((ctx: FunctionCtx, inputs: unknown[], output: unknown) => void) | null } = {},
  ): void {
    register_autograd(this, backward, keywords);
  }

  /** Lets the operator's inputs be cast where autocast is on. */
  register_autocast(device_type: string, cast_inputs: dtype): void {
    register_autocast(this, device_type, cast_inputs);
  }

  toString(): string {
    return `<CustomOpDef(${this._qualname})>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** The operator is called as its kernel is; what it takes the schema says at run time. */
export interface CustomOpDef extends Kernel {}

type MutatesArgs = string | readonly string[];

interface CustomOpKeywords {
  mutates_args: MutatesArgs;
  device_types?: DeviceTypes;
  schema?: string | null;
  tags?: unknown;
}

/** The type of custom_op(). */
export interface CustomOp {
  (name: string, fn: Kernel, keywords: Keywords<CustomOpKeywords>): CustomOpDef;
  (name: string, fn: null, keywords: Keywords<CustomOpKeywords>): (fn: Kernel) => CustomOpDef;
  (name: string, keywords: Keywords<CustomOpKeywords>): (fn: Kernel) => CustomOpDef;
}

/**
 * Makes an operator of a function: `custom_op("mylib::sin", fn, { mutates_args: [], schema: "(Tensor x) -> Tensor" })`.
 *
 * `custom_op(name, fn=None, /, *, mutates_args, device_types=None, schema=None, tags=None)`
 *
 * Without `fn` the result takes it, as Python's decorator does. The operator is called as the result, or as `torch.ops.mylib.sin`. Python reads the schema from annotations; JavaScript has none, so it must be given: TypeError
 * without it. Autograd does not see what the function does: register_autograd() gives the formula.
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html#torch.library.custom_op}
 */
export const custom_op: CustomOp = def(
  "custom_op",
  ["name", "fn", "*", "mutates_args", "device_types", "schema", "tags"],
  (
    name: string,
    fn: Kernel | null = null,
    mutates_args?: MutatesArgs,
    device_types: DeviceTypes = null,
    schema: string | null = null,
    _tags: unknown = null,
  ): CustomOpDef | ((fn: Kernel) => CustomOpDef) => {
    if (mutates_args === undefined) throw missingError("custom_op", "keyword-only", ["mutates_args"]);
    if (schema === null) {
      throw new TypeError("custom_op() needs a schema: JavaScript's functions have no annotations to read it from");
    }
    const made = (fn: Kernel): CustomOpDef => {
      const [namespace, opname] = splitName(name);
      const operator = defineOperator(`${namespace}::${opname}${schema}`);
      definitionsChanged(namespace);
      for (const key of keysOf(device_types)) register(operator, key, fn);
      return new CustomOpDef(operator, schema);
    };
    return fn === null ? made : made(fn);
  },
) as never;
