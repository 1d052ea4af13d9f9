// torch/utils/_pytree.py: structures of arrays and dicts, taken apart into their leaves and put together again.

import { inspect } from "node:util";
import { isPlainObject } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { ValueError } from "../errors.js";
import { repr } from "../python/repr.js";
import { Size } from "../size.js";

/** A structure: leaves in arrays, plain objects, Maps, named tuples and registered classes. */
// biome-ignore lint/suspicious/noExplicitAny: any value is one
export type PyTree = any;

/** What a node holds beside its children: an object's keys, say. */
export type Context = unknown;

/** How structures of one class come apart and together. */
interface NodeDef {
  /** The name that a TreeSpec prints. */
  readonly name: string;
  flatten(tree: PyTree): [children: PyTree[], context: Context];
  unflatten(children: PyTree[], context: Context): PyTree;
}

const tuple: NodeDef = {
  name: "tuple",
  flatten: (tree) => [[...tree], null],
  unflatten: (children) => children,
};

const dict: NodeDef = {
  name: "dict",
  flatten: (tree) => [Object.values(tree), Object.keys(tree)],
  unflatten(children, context) {
    const result: Record<string, unknown> = {};
    for (const [i, key] of (context as string[]).entries()) {
      // A key may be "__proto__", which an assignment would not define.
      Object.defineProperty(result, key, { value: children[i], writable: true, enumerable: true, configurable: true });
    }
    return result;
  },
};

const map: NodeDef = {
  name: "dict",
  flatten: (tree: Map<unknown, unknown>) => [[...tree.values()], [...tree.keys()]],
  unflatten: (children, context) => new Map((context as unknown[]).map((key, i) => [key, children[i]])),
};

const namedtuple: NodeDef = {
  name: "namedtuple",
  flatten: (tree) => [[...tree], tree.constructor],
  unflatten: (children, context) => new (context as new (...values: unknown[]) => unknown)(...children),
};

const registered = new Map<unknown, NodeDef>();

/** Makes instances of a class nodes: `flatten_fn` gives the children and a context, from which `unflatten_fn` makes one again. */
export function register_pytree_node<T extends object>(
  cls: new (...args: never[]) => T,
  flatten_fn: (tree: T) => readonly [readonly PyTree[], Context],
  unflatten_fn: (children: PyTree[], context: Context) => T,
): void {
  if (registered.has(cls)) throw new ValueError(`<class '${cls.name}'> is already registered as pytree node.`);
  registered.set(cls, {
    name: cls.name,
    flatten(tree) {
      const [children, context] = flatten_fn(tree);
      return [[...children], context];
    },
    unflatten: unflatten_fn,
  });
}

function nodeDef(tree: PyTree): NodeDef | null {
  if (typeof tree !== "object" || tree === null) return null;
  if (Array.isArray(tree)) {
    if (tree.constructor === Array) return tuple;
    return tree instanceof Size ? null : (registered.get(tree.constructor) ?? namedtuple);
  }
  if (isPlainObject(tree)) return dict;
  return tree instanceof Map ? map : (registered.get(tree.constructor) ?? null);
}

const isDict = (def: NodeDef | null) => def === dict || def === map;

/** Tells of any value whether it counts as a leaf, whatever it is. */
export type IsLeaf = (tree: PyTree) => boolean;

/** The shape of a structure: what it is without its leaves. */
export class TreeSpec {
  readonly num_nodes: number;
  readonly num_leaves: number;
  readonly num_children: number;
  readonly #def: NodeDef | null;
  readonly #context: Context;
  readonly #children: readonly TreeSpec[];

  /** @internal */
  constructor(def: NodeDef | null, context: Context, children: readonly TreeSpec[]) {
    this.#def = def;
    this.#context = context;
    this.#children = children;
    this.num_children = children.length;
    this.num_nodes = children.reduce((sum, child) => sum + child.num_nodes, 1);
    this.num_leaves = def === null ? 1 : children.reduce((sum, child) => sum + child.num_leaves, 0);
  }

  get context(): Context {
    return this.#context;
  }

  is_leaf(): boolean {
    return this.#def === null;
  }

  children(): TreeSpec[] {
    return [...this.#children];
  }

  child(index: number): TreeSpec {
    return this.#children[index];
  }

  /** Whether both are the same shape, with the same keys in the same order. */
  equals(other: TreeSpec): boolean {
    return (
      this === other ||
      (this.#def?.name === other.#def?.name &&
        sameContext(this.#context, other.#context) &&
        this.num_children === other.num_children &&
        this.#children.every((child, i) => child.equals(other.#children[i])))
    );
  }

  /**
   * The subtrees of another structure that stand where this one has its leaves.
   *
   * Throws ValueError if that structure differs from this one above them.
   */
  flatten_up_to(tree: PyTree): PyTree[] {
    const def = this.#def;
    if (def === null) return [tree];
    const given = nodeDef(tree);
    if (given === null || (given !== def && !(isDict(given) && isDict(def)))) {
      throw new ValueError(`Node type mismatch; expected ${def.name}, but got ${given?.name ?? typeName(tree)}.`);
    }
    const [children, context] = given.flatten(tree);
    if (children.length !== this.num_children) {
      throw new ValueError(`Node arity mismatch; expected ${this.num_children}, but got ${children.length}.`);
    }
    const ordered = isDict(def) ? this.#inOrder(children, context as unknown[]) : children;
    if (!isDict(def) && !sameContext(context, this.#context)) {
      throw new ValueError(
        `Node context mismatch for node type ${def.name}; expected ${repr(this.#context)}, but got ${repr(context)}.`,
      );
    }
    return this.#children.flatMap((child, i) => child.flatten_up_to(ordered[i]));
  }

  #inOrder(children: PyTree[], keys: unknown[]): PyTree[] {
    const expected = this.#context as unknown[];
    const missing = expected.filter((key) => !keys.includes(key));
    const extra = keys.filter((key) => !expected.includes(key));
    if (missing.length > 0 || extra.length > 0) {
      const parts = [
        missing.length > 0 ? `; missing key(s): ${repr(new Set(missing))}` : "",
        extra.length > 0 ? `; extra key(s): ${repr(new Set(extra))}` : "",
      ];
      throw new ValueError(`Node keys mismatch${parts.join("")}.`);
    }
    return expected.map((key) => children[keys.indexOf(key)]);
  }

  /** The structure of this shape with these leaves; throws ValueError if they are not as many as it has. */
  unflatten(leaves: Iterable<PyTree>): PyTree {
    const list = [...leaves];
    if (list.length !== this.num_leaves) {
      throw new ValueError(
        `treespec.unflatten(leaves): \`leaves\` has length ${list.length} but the spec refers to a pytree that holds ${this.num_leaves} items (${this}).`,
      );
    }
    return this.#build(list[Symbol.iterator]());
  }

  #build(leaves: Iterator<PyTree>): PyTree {
    if (this.#def === null) return leaves.next().value;
    return this.#def.unflatten(
      this.#children.map((child) => child.#build(leaves)),
      this.#context,
    );
  }

  __repr__(indent = 0): string {
    const def = this.#def;
    if (def === null) return "*";
    const context = def === namedtuple ? `<class '${(this.#context as { name: string }).name}'>` : repr(this.#context);
    const separator = `,\n${" ".repeat(indent + 2)}`;
    return `TreeSpec(${def.name}, ${context}, [${this.#children.map((child) => child.__repr__(indent + 2)).join(separator)}])`;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

function sameContext(a: Context, b: Context): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((element, i) => sameContext(element, b[i]));
}

const LEAF = new TreeSpec(null, null, []);

function flattenInto(tree: PyTree, leaves: PyTree[], is_leaf: IsLeaf | undefined): TreeSpec {
  const def = is_leaf?.(tree) ? null : nodeDef(tree);
  if (def === null) {
    leaves.push(tree);
    return LEAF;
  }
  const [children, context] = def.flatten(tree);
  return new TreeSpec(
    def,
    context,
    children.map((child) => flattenInto(child, leaves, is_leaf)),
  );
}

/** The leaves of a structure in order, and its shape. */
export function tree_flatten(tree: PyTree, is_leaf?: IsLeaf): [leaves: PyTree[], spec: TreeSpec] {
  const leaves: PyTree[] = [];
  const spec = flattenInto(tree, leaves, is_leaf);
  return [leaves, spec];
}

/** The structure of a shape with these leaves. */
export function tree_unflatten(leaves: Iterable<PyTree>, treespec: TreeSpec): PyTree {
  return treespec.unflatten(leaves);
}

/** Goes through the leaves in order. */
export function* tree_iter(tree: PyTree, is_leaf?: IsLeaf): Generator<PyTree> {
  const def = is_leaf?.(tree) ? null : nodeDef(tree);
  if (def === null) yield tree;
  else for (const child of def.flatten(tree)[0]) yield* tree_iter(child, is_leaf);
}

/** The leaves of a structure in order. */
export function tree_leaves(tree: PyTree, is_leaf?: IsLeaf): PyTree[] {
  return [...tree_iter(tree, is_leaf)];
}

/** The shape of a structure. */
export function tree_structure(tree: PyTree, is_leaf?: IsLeaf): TreeSpec {
  return tree_flatten(tree, is_leaf)[1];
}

/** Whether a value is a leaf: no array, plain object, Map or registered class. */
export function tree_is_leaf(tree: PyTree, is_leaf?: IsLeaf): boolean {
  return is_leaf?.(tree) || nodeDef(tree) === null;
}

/** The structure in which a function's results stand where `tree` has its leaves; `rests` go along from there. */
export function tree_map(func: (...leaves: PyTree[]) => PyTree, tree: PyTree, ...rests: PyTree[]): PyTree {
  const [leaves, spec] = tree_flatten(tree);
  const others = rests.map((rest) => spec.flatten_up_to(rest));
  return spec.unflatten(leaves.map((leaf, i) => func(leaf, ...others.map((other) => other[i]))));
}

/** Calls a function with each leaf, and returns the structure itself. */
export function tree_map_<T extends PyTree>(func: (...leaves: PyTree[]) => unknown, tree: T, ...rests: PyTree[]): T {
  tree_map(func, tree, ...rests);
  return tree;
}

/** tree_map() for the leaves of a class, or those that a function picks; the others stay. */
export function tree_map_only(
  type_or_pred: (abstract new (...args: never[]) => unknown) | ((leaf: PyTree) => boolean),
  func: (leaf: PyTree) => PyTree,
  tree: PyTree,
): PyTree {
  const picks = picker(type_or_pred);
  return tree_map((leaf) => (picks(leaf) ? func(leaf) : leaf), tree);
}

function picker(
  type_or_pred: (abstract new (...args: never[]) => unknown) | ((leaf: PyTree) => boolean),
): (leaf: PyTree) => boolean {
  const isClass = typeof type_or_pred.prototype === "object";
  if (isClass) return (leaf) => leaf instanceof (type_or_pred as new (...args: never[]) => unknown);
  return type_or_pred as (leaf: PyTree) => boolean;
}

/** Whether a function holds for all leaves. */
export function tree_all(pred: (leaf: PyTree) => boolean, tree: PyTree): boolean {
  return tree_leaves(tree).every(pred);
}

/** Whether a function holds for some leaf. */
export function tree_any(pred: (leaf: PyTree) => boolean, tree: PyTree): boolean {
  return tree_leaves(tree).some(pred);
}

/** Repeats the leaves of a structure for those of another that it is a beginning of; null if it is not. */
export function _broadcast_to_and_flatten(tree: PyTree, treespec: TreeSpec): PyTree[] | null {
  const [leaves, spec] = tree_flatten(tree);
  let subtrees: PyTree[];
  try {
    subtrees = spec.flatten_up_to(treespec.unflatten(new Array(treespec.num_leaves).fill(0)));
  } catch (error) {
    if (error instanceof ValueError) return null;
    throw error;
  }
  return subtrees.flatMap((subtree, i) => tree_leaves(subtree).map(() => leaves[i]));
}

/** Writes a structure as repr() does, but its arrays as Python's tuples. */
export function tupleText(tree: PyTree): string {
  const def = nodeDef(tree);
  if (def === null) return repr(tree);
  const [children, context] = def.flatten(tree);
  const texts = children.map(tupleText);
  if (isDict(def)) return `{${texts.map((text, i) => `${repr((context as unknown[])[i])}: ${text}`).join(", ")}}`;
  return texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(", ")})`;
}

class Asterisk {
  __repr__(): string {
    return "*";
  }
}

/** The text of a shape: a structure of asterisks. */
export function treespec_pprint(treespec: TreeSpec): string {
  return tupleText(treespec.unflatten(new Array(treespec.num_leaves).fill(new Asterisk())));
}
