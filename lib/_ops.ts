// torch/_ops.py: torch.ops, where every registered operator stands under its namespace and name.

import fs from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { callDefined, definedOverloads, findDefined } from "./_library/registry.js";
import { cast, castError, type Write } from "./_ops/cast.js";
import type { Tag } from "./_ops/tags.js";
import { findOperator } from "./arguments/bind.js";
import { begin, call, writeDefault } from "./arguments/frame.js";
import { isPlainObject } from "./arguments/function.js";
import { typeName } from "./arguments/kinds.js";
import { known_crashes } from "./arguments/known_crashes.js";
import { loadLibrary, native, type SchemaDescription, type SchemaValue } from "./binding.js";
import { AttributeError, NotImplementedError, RuntimeError } from "./errors.js";
import { replaceTensors, wrapResults } from "./operator.js";
import { repr, str } from "./python/repr.js";
import { NoHandle, TensorBase } from "./tensor_base.js";

export { Tag } from "./_ops/tags.js";

// biome-ignore-start lint/suspicious/noExplicitAny: operators are found at run time, and so are their types
type Call = (...args: any[]) => any;
// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** An argument of a schema, or a result. */
export interface Argument {
  readonly name: string;
  /** The type in the schema's words. */
  readonly type: string;
  readonly kwarg_only: boolean;
  readonly is_write: boolean;
}

/** The schema of an operator; its text is what PyTorch prints. */
export class FunctionSchema {
  readonly name: string;
  readonly overload_name: string;
  readonly arguments: readonly Argument[];
  readonly returns: readonly Argument[];
  readonly #text: string;

  /** @internal */
  constructor(name: string, { overload, schema, arguments: parameters, returns }: SchemaDescription) {
    const argument = ({ name, type, keywordOnly, alias }: SchemaValue): Argument =>
      Object.freeze({ name, type, kwarg_only: keywordOnly, is_write: alias === "write" });
    this.name = name;
    this.overload_name = overload;
    this.arguments = parameters.map(argument);
    this.returns = returns.map(argument);
    this.#text = schema;
  }

  toString(): string {
    return this.#text;
  }

  [inspect.custom](): string {
    return this.#text;
  }
}

/** One overload of an operator: `torch.ops.aten.add.Tensor`. */
export interface OpOverload extends Call {
  readonly _schema: FunctionSchema;
  readonly overloadpacket: OpOverloadPacket;
  readonly namespace: string;
  readonly __name__: string;
  readonly _opname: string;
  readonly _overloadname: string;
  /** Whether the result shares memory with an argument. */
  readonly is_view: boolean;
  readonly tags: readonly Tag[];
  /** The qualified name, "aten::add.Tensor". */
  name(): string;
}

/** All overloads of an operator: `torch.ops.aten.add`; called, it takes the first overload that the arguments fit. */
export interface OpOverloadPacket extends Call {
  readonly _qualified_op_name: string;
  readonly __name__: string;
  /** The names of the overloads; "default" is the one without. */
  overloads(): string[];
  // biome-ignore lint/suspicious/noExplicitAny: the members above are no overloads
  readonly [overload: string]: OpOverload | any;
}

/** The operators of a namespace: `torch.ops.aten`. */
export interface OpNamespace {
  readonly [operator: string]: OpOverloadPacket;
}

interface Given {
  readonly args: readonly unknown[];
  readonly keywords: Readonly<Record<string, unknown>>;
}

function given(args: unknown[]): Given {
  const positional = [...args];
  while (positional.length && positional.at(-1) === undefined) positional.pop();
  const keywords = isPlainObject(positional.at(-1)) ? (positional.pop() as Record<string, unknown>) : {};
  return {
    args: positional,
    keywords: Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined)),
  };
}

/** What writes the arguments for a schema; throws RuntimeError with Python's text if they do not fit. */
function writers(
  name: string,
  { schema, arguments: parameters }: SchemaDescription,
  { args, keywords }: Given,
): Write[] {
  const names = Object.keys(keywords);
  const count = args.length + names.length;
  if (count > parameters.length) {
    throw new RuntimeError(
      `${name}() expected at most ${parameters.length} argument(s) but received ${count} argument(s). Declaration: ${schema}`,
    );
  }
  const operator = name.slice(name.indexOf("::") + 2);
  const result = parameters.map((parameter, i): Write => {
    if (i < args.length && parameter.keywordOnly) {
      const positional = parameters.filter(({ keywordOnly }) => !keywordOnly).length;
      throw new RuntimeError(
        `${name}() takes ${positional} positional argument(s) but ${args.length} was/were given.  Declaration: ${schema}`,
      );
    }
    const value = i < args.length ? (args[i] ?? null) : keywords[parameter.name];
    if (value === undefined) {
      if (parameter.hasDefault) return writeDefault;
      throw new RuntimeError(`${name}() is missing value for argument '${parameter.name}'. Declaration: ${schema}`);
    }
    const write = cast(operator, parameter.type, parameter.size, value);
    if (write) return write;
    const type = value instanceof TensorBase ? "torch.Tensor" : typeName(value);
    throw new RuntimeError(
      `${name}() Expected a value of type '${parameter.printed}' for argument '${parameter.name}' but instead found type '${type.slice(type.lastIndexOf(".") + 1)}'.\n` +
        `Position: ${i}\nValue: ${repr(value)}\nDeclaration: ${schema}\n` +
        `Cast error details: ${castError(parameter.type, str(value), type)}`,
    );
  });
  const positionalNames = new Set(parameters.slice(0, args.length).map((parameter) => parameter.name));
  for (const keyword of names) {
    if (!parameters.some((parameter) => parameter.name === keyword)) {
      throw new RuntimeError(`Unknown keyword argument '${keyword}' for operator '${name}'. Schema: ${schema}`);
    }
    if (positionalNames.has(keyword)) {
      throw new RuntimeError(
        `Argument '${keyword}' specified both as positional and keyword argument. Schema: ${schema}`,
      );
    }
  }
  return result;
}

function callWith(
  name: string,
  description: SchemaDescription,
  write: readonly Write[],
  { args, keywords }: Given,
): unknown {
  const qualified = description.overload ? `${name}.${description.overload}` : name;
  const defined = findDefined(qualified);
  if (defined) {
    const names = description.arguments.map((argument) => argument.name);
    return callDefined(
      defined,
      names.map((one, i) => (i < args.length ? (args[i] ?? null) : keywords[one])),
    );
  }
  const operator = findOperator(qualified);
  if (!operator) {
    throw new NotImplementedError(
      `${description.schema} belongs to TorchScript alone: the dispatcher has no kernel for it`,
    );
  }
  const guard = known_crashes.get(qualified);
  if (guard) guard(description.arguments.map((argument, i) => (i < args.length ? args[i] : keywords[argument.name])));
  begin(operator.id);
  let result: unknown;
  try {
    for (const writeNext of write) writeNext();
    result = call();
  } catch (error) {
    if (!(error instanceof NoHandle)) throw error;
    const parameters = description.arguments;
    return error.tensor.dispatch({
      operator: name.slice(name.indexOf("::") + 2),
      overload: description.overload,
      values: () =>
        Object.fromEntries(parameters.map((p, i) => [p.name, i < args.length ? args[i] : keywords[p.name]])),
      again: (replace) => {
        const replaced = {
          args: args.map((value) => replaceTensors(value, replace)),
          keywords: Object.fromEntries(Object.entries(keywords).map(([k, v]) => [k, replaceTensors(v, replace)])),
        };
        return callWith(name, description, writers(name, description, replaced), replaced);
      },
    });
  }
  return wrapResults({ operator, tuple: null }, result, args[0]);
}

function makeOverload(packet: OpOverloadPacket, name: string, description: SchemaDescription): OpOverload {
  const [namespace, opname] = name.split("::");
  const overload = description.overload || "default";
  const text = `${namespace}.${opname}.${overload}`;
  const aliases = [...description.arguments, ...description.returns].map(({ alias }) => alias);
  const op = (...args: unknown[]) => {
    const values = given(args);
    return callWith(name, description, writers(name, description, values), values);
  };
  return define(op, {
    _schema: new FunctionSchema(name, description),
    overloadpacket: packet,
    namespace,
    __name__: `${opname}.${overload}`,
    _opname: opname,
    _overloadname: overload,
    is_view: aliases.includes("read") && !aliases.includes("write"),
    tags: description.tags as Tag[],
    name: () => (description.overload ? `${name}.${description.overload}` : name),
    toString: () => text,
    __repr__: () => `<OpOverload(op='${namespace}.${opname}', overload='${overload}')>`,
  }) as unknown as OpOverload;
}

function define<F extends object>(target: F, members: Record<string, unknown>): F {
  for (const [name, value] of Object.entries(members)) Object.defineProperty(target, name, { value });
  const { __repr__ } = members as { __repr__: () => string };
  return Object.defineProperty(target, inspect.custom, { value: __repr__ });
}

/** What JavaScript itself asks objects for: no operator's name. */
const protocol = new Set(["then", "toJSON", "constructor", "prototype", "asymmetricMatch", "nodeType", "tagName"]);

/** Members that are found when they are asked for. */
function lazily<T extends object>(target: T, find: (name: string) => unknown): T {
  return new Proxy(target, {
    get(object, name) {
      if (typeof name === "symbol" || protocol.has(name) || Object.hasOwn(object, name))
        return Reflect.get(object, name);
      const found = find(name);
      Object.defineProperty(object, name, { value: found, configurable: true });
      return found;
    },
  });
}

function makePacket(namespace: string, opname: string): OpOverloadPacket | null {
  const name = `${namespace}::${opname}`;
  const descriptions = [...native.operatorSchemas(name), ...definedOverloads(name)];
  if (!descriptions.length) return null;
  const call = (...args: unknown[]) => {
    const values = given(args);
    const problems: string[] = [];
    for (const description of descriptions) {
      let write: Write[];
      try {
        write = writers(name, description, values);
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
        problems.push(error.message);
        continue;
      }
      return callWith(name, description, write, values);
    }
    throw new RuntimeError(
      `Overloaded torch operator invoked from Python failed to match any schema:\n${problems.join("\n\n")}\n\n`,
    );
  };
  const target = define(call, {
    _qualified_op_name: name,
    __name__: opname,
    name: undefined,
    length: undefined,
    overloads: () => descriptions.map(({ overload }) => overload || "default"),
    toString: () => `${namespace}.${opname}`,
    __repr__: () => `<OpOverloadPacket(op='${namespace}.${opname}')>`,
  });
  const packet: OpOverloadPacket = lazily(target as unknown as OpOverloadPacket, (overload) => {
    const found = descriptions.find((description) => (description.overload || "default") === overload);
    if (found) return makeOverload(packet, name, found);
    throw new AttributeError(`The underlying op of '${namespace}.${opname}' has no overload name '${overload}'`);
  });
  return packet;
}

/** The namespaces that were asked for, with the operators found so far. */
const namespaces = new Map<string, object>();

/** @internal Forgets what was found in a namespace, because operators were defined there or taken away. */
export function definitionsChanged(namespace: string): void {
  const target = namespaces.get(namespace);
  if (!target) return;
  for (const [name, { configurable }] of Object.entries(Object.getOwnPropertyDescriptors(target))) {
    if (configurable && !name.startsWith("__")) Reflect.deleteProperty(target, name);
  }
}

function makeNamespace(namespace: string): OpNamespace {
  const target = define({}, { __repr__: () => `<module 'torch.ops.${namespace}' from 'torch.ops'>` });
  namespaces.set(namespace, target);
  return lazily(target as OpNamespace, (opname) => {
    const packet = makePacket(namespace, opname);
    if (packet) return packet;
    throw new AttributeError(`'_OpNamespace' '${namespace}' object has no attribute '${opname}'`);
  });
}

const loaded_libraries = new Set<string>();

/** What torch.ops has besides the namespaces. */
interface OpsMembers {
  /** The libraries that load_library() loaded. */
  readonly loaded_libraries: Set<string>;
  /**
   * Loads a shared library that registers operators, for the whole process.
   *
   * Throws an error with `code` "ENOENT" for a missing file.
   *
   * {@link https://docs.pytorch.org/docs/2.15/library.html}
   */
  load_library(path: string): void;
}

function load_library(file: string): void {
  const full = path.resolve(file);
  const problem = fs.existsSync(full) ? loadLibrary(fs.realpathSync(full)) : "no such file";
  if (problem) {
    const error = new Error(`Could not load this library: ${full}`, { cause: problem });
    throw fs.existsSync(full) ? error : Object.assign(error, { code: "ENOENT", path: full });
  }
  loaded_libraries.add(full);
}

/**
 * Every registered operator: `torch.ops.aten.add(x, y)`, one overload of it as `torch.ops.aten.add.Tensor(x, y)`.
 *
 * The operators of libraries that load_library() loaded are there too.
 *
 * {@link https://docs.pytorch.org/docs/2.15/library.html}
 */
export const ops = lazily(
  define(
    {},
    {
      loaded_libraries,
      load_library,
      __repr__: () => "<module 'torch.ops' from '_ops.py'>",
    },
  ) as OpsMembers & { readonly [namespace: string]: OpNamespace },
  makeNamespace,
);
