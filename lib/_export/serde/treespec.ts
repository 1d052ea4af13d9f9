// torch.utils._pytree.treespec_loads: the shapes of a program's inputs and outputs, in the words of Python's classes.

import { inspect } from "node:util";
import { isPlainObject } from "../../arguments/function.js";
import { ValueError } from "../../errors.js";
import { namedTupleClass } from "../../named_tuple.js";
import { repr } from "../../python/repr.js";
import { dictOf } from "../../serialization/values.js";
import { TREESPEC_VERSION } from "./schema.js";
import { dataclass, later, list, optional, parseJson, type Reader, readValue, SerializeError, str } from "./union.js";

/** One step on the way to a leaf: a key, or a position. */
export type Key = string | number;

/** How values of one of Python's classes come apart, in the order of the spec, and together. */
interface Class {
  /** What Python calls the class. */
  readonly name: string;
  /** The children of a value with their keys; null if the value is none of this class. */
  flatten(value: unknown, spec: TreeSpec): (readonly [Key, unknown])[] | null;
  unflatten(children: unknown[], spec: TreeSpec): unknown;
}

const sequence = (name: string): Class => ({
  name,
  flatten: (value, { children }) =>
    Array.isArray(value) && value.length === children.length ? value.map((item, i) => [i, item] as const) : null,
  unflatten: (children) => children,
});

/** The value of a key in a plain object or a Map; undefined if it has no such key. */
function member(value: object, key: unknown): unknown {
  if (value instanceof Map) return value.get(key);
  return Object.hasOwn(value, key as string) ? (value as Record<string, unknown>)[key as string] : undefined;
}

const sizeOf = (value: object) => (value instanceof Map ? value.size : Object.keys(value).length);

const isDict = (value: unknown): value is object => value instanceof Map || isPlainObject(value);

const mapping = (name: string): Class => ({
  name,
  flatten(value, spec) {
    if (!isDict(value) || sizeOf(value) !== spec.keys.length) return null;
    const children = spec.keys.map((key) => [key as Key, member(value, key)] as const);
    return children.some(([, child]) => child === undefined) ? null : children;
  },
  unflatten: (children, spec) => dictOf(new Map(spec.keys.map((key, i) => [key, children[i]]))),
});

/** Objects with fields: named tuples and dataclasses. */
const fielded = (name: string, make: (spec: TreeSpec, children: unknown[]) => unknown): Class => ({
  name,
  flatten(value, spec) {
    const fields = spec.keys as string[];
    if (Array.isArray(value)) return value.length === fields.length ? value.map((item, i) => [fields[i], item]) : null;
    if (typeof value !== "object" || value === null) return null;
    const children = fields.map((field) => [field, (value as Record<string, unknown>)[field]] as const);
    return children.some(([, child]) => child === undefined) ? null : children;
  },
  unflatten: (children, spec) => make(spec, children),
});

const namedtuple = fielded("namedtuple", (spec, children) => {
  const made = namedTupleClass(spec.className, spec.keys as string[], "typing");
  return new made(...children);
});

const asDataclass = fielded("dataclass", (spec, children) => {
  const entries = [
    ...spec.keys.map((key, i) => [key, children[i]] as const),
    ...spec.absent.map((key) => [key, null] as const),
  ];
  return dictOf(new Map<unknown, unknown>(entries));
});

const classes: Readonly<Record<string, Class>> = {
  "builtins.tuple": sequence("tuple"),
  "builtins.list": sequence("list"),
  "builtins.dict": mapping("dict"),
  "collections.OrderedDict": mapping("OrderedDict"),
  "collections.defaultdict": mapping("defaultdict"),
  "collections.deque": sequence("deque"),
  "collections.namedtuple": namedtuple,
};

/** The shape of a program's inputs or outputs. */
export class TreeSpec {
  /** The class; null for a leaf. */
  readonly type: Class | null;
  readonly children: readonly TreeSpec[];
  /** The keys of a dict, the fields of a named tuple or dataclass. */
  readonly keys: readonly unknown[];
  /** The fields of a dataclass that were None. */
  readonly absent: readonly string[];
  readonly className: string;
  readonly num_leaves: number;

  constructor(
    type: Class | null,
    children: readonly TreeSpec[],
    keys: readonly unknown[] = [],
    absent: readonly string[] = [],
    className = "",
  ) {
    this.type = type;
    this.children = children;
    this.keys = keys;
    this.absent = absent;
    this.className = className;
    this.num_leaves = type === null ? 1 : children.reduce((sum, child) => sum + child.num_leaves, 0);
  }

  /** Adds the leaves of a value of this shape to a list; returns false if the value is of another shape. */
  flattenInto(value: unknown, leaves: unknown[]): boolean {
    if (this.type === null) {
      leaves.push(value);
      return true;
    }
    const children = this.type.flatten(value, this);
    return children?.every(([, child], i) => this.children[i].flattenInto(child, leaves)) ?? false;
  }

  /** The ways to the leaves, in order. */
  paths(before: readonly Key[] = []): Key[][] {
    if (this.type === null) return [[...before]];
    return this.children.flatMap((child, i) => child.paths([...before, (this.keys[i] as Key | undefined) ?? i]));
  }

  /** The value of this shape with these leaves. */
  unflatten(leaves: readonly unknown[]): unknown {
    if (leaves.length !== this.num_leaves) {
      throw new ValueError(
        `treespec.unflatten(leaves): \`leaves\` has length ${leaves.length} but the spec refers to a pytree that holds ${this.num_leaves} items (${this}).`,
      );
    }
    return this.#build(leaves[Symbol.iterator]());
  }

  #build(leaves: Iterator<unknown>): unknown {
    if (this.type === null) return leaves.next().value;
    return this.type.unflatten(
      this.children.map((child) => child.#build(leaves)),
      this,
    );
  }

  __repr__(indent = 0): string {
    if (this.type === null) return "*";
    const context = this.keys.length > 0 || this.type.name.endsWith("ict") ? repr(this.keys) : "None";
    const separator = `,\n${" ".repeat(indent + 2)}`;
    return `TreeSpec(${this.type.name}, ${context}, [${this.children.map((child) => child.__repr__(indent + 2)).join(separator)}])`;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

const LEAF = new TreeSpec(null, []);

interface Json {
  readonly type: string | null;
  /** JSON in most cases, the name of the class for a named tuple, an object for a defaultdict. */
  readonly context: unknown;
  readonly children_spec: readonly Json[];
}

/** A value of any type. */
const any: Reader<unknown> = (data) => data;

const Json: Reader<Json> = dataclass("TreeSpec", {
  type: optional(str),
  context: any,
  children_spec: list(later(() => Json)),
});

function fields(context: unknown): string[] | null {
  return Array.isArray(context) && context.every((field) => typeof field === "string") ? context : null;
}

/** The names of the fields of a dataclass with and without a value, as register_dataclass() writes them. */
function dataclassFields(context: unknown): [string[], string[]] | null {
  if (!Array.isArray(context) || context.length !== 2) return null;
  const [present, absent] = context.map(fields);
  return present && absent && [present, absent];
}

function build(json: Json, namedtuples: ReadonlyMap<string, readonly string[]> | null): TreeSpec {
  const { type: name, context } = json;
  if (name === null) return LEAF;
  const children = json.children_spec.map((child) => build(child, namedtuples));
  const made = (type: Class, keys: unknown, absent: readonly string[] = [], className = "") => {
    if (Array.isArray(keys) && keys.length === children.length) {
      return new TreeSpec(type, children, keys, absent, className);
    }
    throw new SerializeError(`a tree spec of ${name} has ${children.length} children, but not as many keys`);
  };
  const className = (full: string) => full.slice(full.lastIndexOf(".") + 1);
  const written = () => (typeof context === "string" ? parseJson(context, "the context of a tree spec") : null);
  switch (name) {
    case "builtins.tuple":
    case "builtins.list":
    case "collections.deque":
      return new TreeSpec(classes[name], children);
    case "builtins.dict":
    case "collections.OrderedDict":
      return made(classes[name], written());
    case "collections.defaultdict":
      return made(classes[name], (context as { dict_context?: unknown } | null)?.dict_context);
    case "collections.namedtuple":
      if (namedtuples === null) return new TreeSpec(classes["builtins.tuple"], children);
      return made(namedtuple, namedtuples.get(String(context)), [], className(String(context)));
  }
  const found = dataclassFields(written());
  if (found === null) {
    throw new SerializeError(
      `Deserializing ${name} in pytree failed because the serialized type is not one that tstorch can make: tuples, lists, dicts, named tuples and what torch.export.register_dataclass() registered can be`,
    );
  }
  return made(asDataclass, ...found, className(name));
}

/** Reads a spec; `namedtuples` has the fields of the named tuples in it, null if they are not known: then they are plain tuples. */
export function treespec_loads(
  serialized: string,
  namedtuples: ReadonlyMap<string, readonly string[]> | null,
): TreeSpec {
  const pair = parseJson(serialized, "a tree spec");
  if (!Array.isArray(pair) || pair.length !== 2 || pair[0] !== TREESPEC_VERSION) {
    const version = Array.isArray(pair) ? pair[0] : pair;
    throw new SerializeError(`Unknown protocol ${repr(version)}. Available protocols: [${TREESPEC_VERSION}]`);
  }
  return build(readValue(Json, pair[1], "a tree spec"), namedtuples);
}
