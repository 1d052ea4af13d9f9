// torch/utils/data/graph.py

import { def, isPlainObject } from "../../arguments/function.js";
import { NotImplementedError, RuntimeError } from "../../errors.js";
import { typeName } from "../../python/objects.js";
import { warn } from "../../warnings.js";
import { IterDataPipe, MapDataPipe } from "./datapipes/datapipe.js";

// biome-ignore lint/suspicious/noExplicitAny: datapipes of any samples
export type DataPipe = IterDataPipe<any> | MapDataPipe<any>;

/** The datapipes by a number of each, with the graphs of what they read from. */
export type DataPipeGraph = Map<number, [datapipe: DataPipe, graph: DataPipeGraph]>;

const ids = new WeakMap<object, number>();
let next = 0;

/** A number of its own for each datapipe, as Python's `id()` gives. */
function id(datapipe: DataPipe): number {
  const known = ids.get(datapipe);
  if (known !== undefined) return known;
  ids.set(datapipe, next);
  return next++;
}

/** @internal */
export const isDataPipe = (x: unknown): x is DataPipe => x instanceof IterDataPipe || x instanceof MapDataPipe;
const isCollection = (x: unknown) => Array.isArray(x) || x instanceof Map || x instanceof Set || isPlainObject(x);

/** What of a state is looked at: datapipes and collections. */
function onlyDatapipes(state: unknown): unknown {
  const isLooked = (x: unknown) => isDataPipe(x) || isCollection(x);
  if (isPlainObject(state)) return Object.fromEntries(Object.entries(state).filter(([, value]) => isLooked(value)));
  if (Array.isArray(state)) return state.filter(isLooked);
  return isLooked(state) ? state : null;
}

/** What is in a value, as far as pickling it would reach. */
function partsOf(x: unknown): readonly unknown[] {
  if (x instanceof Map) return [...x].flat();
  if (x instanceof Set || Array.isArray(x)) return [...x];
  if (typeof x !== "object" || x === null || ArrayBuffer.isView(x)) return [];
  return Object.values(x);
}

/** The datapipes that a datapipe's state leads to, without going into those. */
function _list_connected_datapipes(scan_obj: DataPipe, only_datapipe: boolean, cache: Set<number>): DataPipe[] {
  const captured: DataPipe[] = [];
  const seen = new Set<unknown>();
  const reduce_hook = (datapipe: DataPipe) => {
    if (datapipe === scan_obj || cache.has(id(datapipe))) throw new NotImplementedError("");
    captured.push(datapipe);
    cache.add(id(datapipe));
    return null;
  };
  const visit = (x: unknown): void => {
    if (typeof x !== "object" || x === null || seen.has(x)) return;
    seen.add(x);
    if (!isDataPipe(x)) {
      for (const part of partsOf(x)) visit(part);
      return;
    }
    const reduced = x.__reduce__() as [unknown, [unknown, unknown]] | null;
    if (reduced !== null) visit(reduced[1][1]);
  };
  const classes = [IterDataPipe, MapDataPipe] as const;
  try {
    for (const type of classes) {
      type.set_reduce_ex_hook(reduce_hook);
      if (only_datapipe) type.set_getstate_hook(onlyDatapipes);
    }
    visit(scan_obj);
  } finally {
    for (const type of classes) {
      type.set_reduce_ex_hook(null);
      if (only_datapipe) type.set_getstate_hook(null);
    }
  }
  return captured;
}

/**
 * The datapipes from which one reads, as far as its fields hold them, themselves or in lists, sets and dicts: a Map of
 * `[datapipe, graph]`, in which `graph` has what that one reads from.
 *
 * Throws RuntimeError for what is no datapipe.
 */
export const traverse_dps = def("traverse_dps", ["datapipe"], (datapipe: DataPipe): DataPipeGraph => {
  return _traverse_helper(datapipe, true, new Set());
});

/**
 * As `traverse_dps()`; unless `only_datapipe`, datapipes are found in any object that a field holds, too.
 *
 * Deprecated in PyTorch, of which it warns.
 */
export const traverse = def(
  "traverse",
  ["datapipe", "only_datapipe"],
  (datapipe: DataPipe, only_datapipe: boolean | null | { only_datapipe?: boolean | null } = null): DataPipeGraph => {
    const only = isPlainObject(only_datapipe) ? only_datapipe.only_datapipe : (only_datapipe as boolean | null);
    let msg = "`traverse` function is deprecated and will be removed after 1.13. Please use `traverse_dps` instead.";
    if (!only) msg += " And, the behavior will be changed to the equivalent of `only_datapipe=True`.";
    warn(msg, "FutureWarning");
    return _traverse_helper(datapipe, only ?? false, new Set());
  },
);

/** `cache` has the datapipes of this path. */
function _traverse_helper(datapipe: DataPipe, only_datapipe: boolean, cache: Set<number>): DataPipeGraph {
  if (!isDataPipe(datapipe)) {
    throw new RuntimeError(
      `Expected \`IterDataPipe\` or \`MapDataPipe\`, but <class '${typeName(datapipe)}'> is found`,
    );
  }
  const number = id(datapipe);
  if (cache.has(number)) return new Map();
  cache.add(number);
  const graph: DataPipeGraph = new Map();
  for (const item of _list_connected_datapipes(datapipe, only_datapipe, new Set(cache))) {
    for (const [key, value] of _traverse_helper(item, only_datapipe, new Set(cache))) graph.set(key, value);
  }
  return new Map([[number, [datapipe, graph]]]);
}
