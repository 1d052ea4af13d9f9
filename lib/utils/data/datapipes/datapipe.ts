// torch/utils/data/datapipes/datapipe.py

import { inspect } from "node:util";
import { takeKeywords } from "../../../arguments/class.js";
import { callable } from "../../../callable.js";
import { AttributeError, NotImplementedError, RuntimeError } from "../../../errors.js";
import { registerClass, registerFunction } from "../../../multiprocessing/reductions.js";
import { has, typeName } from "../../../python/objects.js";
import { iter, type PythonIterable } from "../../../python/sequences.js";
import { Dataset, IterableDataset } from "../dataset.js";
import { _SnapshotState, hook_iterator } from "./_hook_iterator.js";
import type { IterDataPipeFunctions, MapDataPipeFunctions } from "./functions.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples, functions of any type

/** A list of samples that belong together: what `batch()` and `groupby()` give. */
class DataChunk<T = any> extends Array<T> {
  constructor(items: Iterable<T> | { items: Iterable<T> }) {
    const given = Symbol.iterator in items ? items : (items as { items: Iterable<T> }).items;
    const list = [...iter(given as PythonIterable<T>)];
    super(list.length);
    for (const [i, item] of list.entries()) this[i] = item;
  }

  /** The samples as a plain list. */
  get items(): T[] {
    return Array.from(this);
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** The samples as text, with something before. */
  as_str(indent = ""): string {
    return `${indent}[${Array.from(this, String).join(", ")}]`;
  }

  /** The samples one by one, whatever iterating over the chunk gives. */
  *raw_iterator(): Generator<T, void, undefined> {
    yield* this.items;
  }
}

takeKeywords("DataChunk", DataChunk.prototype, { as_str: ["indent"], raw_iterator: [] });

/** {@inheritDoc DataChunk} */
const CallableDataChunk = callable(DataChunk) as unknown as {
  new <T>(items: Iterable<T> | { items: Iterable<T> }): DataChunk<T>;
  <T>(items: Iterable<T> | { items: Iterable<T> }): DataChunk<T>;
  readonly prototype: any;
};
type CallableDataChunk<T = any> = DataChunk<T>;

export { CallableDataChunk as DataChunk };

/** A class that makes chunks, for `wrapper_class`. */
export type ChunkClass = new (items: any) => DataChunk;

type Functions = Record<string, (source_dp: any, ...args: any[]) => unknown>;
type Hook<R> = ((value: any) => R) | null;

/** What Python's `__dict__` has: the fields of an object. */
const fieldsOf = (datapipe: object): Record<string, unknown> => ({ ...datapipe });

interface DataPipeClass {
  readonly prototype: object;
  functions: Functions;
  reduce_ex_hook: Hook<unknown>;
  getstate_hook: Hook<unknown>;
}

/** Makes a method of a function: each datapipe has it under the name. */
function registerFunctional(type: DataPipeClass, function_name: string, f: Functions[string]): void {
  type.functions[function_name] = f;
  Object.defineProperty(type.prototype, function_name, {
    value(this: object, ...args: unknown[]) {
      return f(this, ...args);
    },
    writable: true,
    configurable: true,
  });
}

function checkFree(type: DataPipeClass, function_name: string): void {
  if (!Object.hasOwn(type.functions, function_name)) return;
  throw new Error(`Unable to add DataPipe function name ${function_name} as it is already taken`);
}

function setHook(type: DataPipeClass, name: "getstate_hook" | "reduce_ex_hook", hook_fn: Hook<unknown>): void {
  if (type[name] !== null && hook_fn !== null) throw new RuntimeError(`Attempt to override existing ${name}`);
  type[name] = hook_fn;
}

/** A class's object, made of its state without calling the constructor. */
const _rebuild_datapipe = (type: { prototype: object }, state: unknown): object => {
  const datapipe = Object.create(type.prototype);
  if (datapipe instanceof IterDataPipe) hook_iterator(type.prototype, IterableDataset.prototype);
  if (has(datapipe, "__setstate__")) datapipe.__setstate__(state);
  else Object.assign(datapipe, state);
  return datapipe;
};
registerFunction("torch.utils.data.datapipes.datapipe._rebuild_datapipe", _rebuild_datapipe);

/** The class and the state of a datapipe, by which it crosses to workers. */
function reduce(datapipe: { __getstate__(): unknown }, hook: Hook<unknown>): [unknown, readonly unknown[]] {
  if (hook !== null) {
    try {
      return hook(datapipe) as [unknown, readonly unknown[]];
    } catch (error) {
      if (!(error instanceof NotImplementedError)) throw error;
    }
  }
  return [_rebuild_datapipe, [datapipe.constructor, datapipe.__getstate__()]];
}

// biome-ignore lint/correctness/noUnusedVariables: the class below is merged with it
interface IterDataPipe<T> extends IterDataPipeFunctions<T> {}

class IterDataPipe<T = any> extends IterableDataset<T> {
  /** The functional forms: what makes a datapipe of another one, by the names of the methods. */
  static functions: Functions = {};
  static reduce_ex_hook: Hook<unknown> = null;
  static getstate_hook: Hook<unknown> = null;
  static str_hook: Hook<string> = null;
  static repr_hook: Hook<string> = null;

  /** @internal The number of the iterator that is valid. */
  declare _valid_iterator_id: number | null;
  /** How many samples this pass has given. */
  declare _number_of_samples_yielded: number;
  /** @internal */
  declare _snapshot_state: number;
  /** @internal What goes on where the datapipe was restored. */
  declare _fast_forward_iterator: Iterator<T> | null;

  constructor() {
    super();
    hook_iterator(new.target.prototype, IterableDataset.prototype);
  }

  /** The samples; every subclass writes this. A new iterator makes the one before it invalid. */
  override __iter__(): Iterator<T> {
    return this as unknown as Iterator<T>;
  }

  override [Symbol.iterator](): Generator<T, void, undefined> {
    return iter({ __iter__: () => this.__iter__() }) as Generator<T, void, undefined>;
  }

  /** Makes a function a method of all IterDataPipes; its first argument is the datapipe. */
  static register_function(function_name: string, f: Functions[string]): void {
    registerFunctional(IterDataPipe, function_name, f);
  }

  /** Makes a class a method of all IterDataPipes. Throws Error for a name that is taken. */
  static register_datapipe_as_function(
    function_name: string,
    cls_to_register: abstract new (source_dp: any, ...args: any[]) => unknown,
    enable_df_api_tracing = false,
  ): void {
    checkFree(IterDataPipe, function_name);
    registerFunctional(IterDataPipe, function_name, (source_dp, ...args) => {
      const result_pipe = Reflect.construct(cls_to_register as new () => unknown, [source_dp, ...args]);
      const isTraced = enable_df_api_tracing || source_dp instanceof DFIterDataPipe;
      if (!isTraced || !(result_pipe instanceof IterDataPipe) || untraceable.has(function_name)) return result_pipe;
      return traceAsDataframe(result_pipe);
    });
  }

  static set_getstate_hook(hook_fn: Hook<unknown>): void {
    setHook(IterDataPipe, "getstate_hook", hook_fn);
  }

  static set_reduce_ex_hook(hook_fn: Hook<unknown>): void {
    setHook(IterDataPipe, "reduce_ex_hook", hook_fn);
  }

  /** The fields that cross to a worker, and in which `traverse_dps()` looks for datapipes. */
  __getstate__(): unknown {
    const state = fieldsOf(this);
    return IterDataPipe.getstate_hook === null ? state : IterDataPipe.getstate_hook(state);
  }

  /** @internal */
  __reduce__(): [unknown, readonly unknown[]] {
    return reduce(this, IterDataPipe.reduce_ex_hook);
  }

  __repr__(): string {
    return IterDataPipe.repr_hook === null ? this.constructor.name : IterDataPipe.repr_hook(this);
  }

  __str__(): string {
    return IterDataPipe.str_hook === null ? this.constructor.name : IterDataPipe.str_hook(this);
  }

  override toString(): string {
    return this.__str__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }

  /** Brings the datapipe back to its beginning; every new iterator calls it. Subclasses clear their buffers here. */
  reset(): void {}
}

takeKeywords("IterDataPipe", IterDataPipe, {
  register_datapipe_as_function: ["function_name", "cls_to_register", "enable_df_api_tracing"],
  register_function: ["function_name", "function"],
  set_getstate_hook: ["hook_fn"],
  set_reduce_ex_hook: ["hook_fn"],
});

Object.assign(IterDataPipe.prototype, {
  _valid_iterator_id: null,
  _number_of_samples_yielded: 0,
  _snapshot_state: _SnapshotState.NotStarted,
  _fast_forward_iterator: null,
});

/** The class of IterDataPipes, generic when it is extended. */
type IterDataPipeConstructor = {
  new <T = any>(): IterDataPipe<T>;
  <T = any>(): IterDataPipe<T>;
  readonly prototype: any;
} & { [Key in Exclude<keyof typeof IterDataPipe, "prototype">]: (typeof IterDataPipe)[Key] };

/**
 * The base of datapipes that are streams: a subclass has `*__iter__()`, and every datapipe can be read on by the methods
 * `map`, `filter`, `batch`, `shuffle`, ..., each of which makes another one.
 *
 * Only the last iterator of a datapipe is valid, because datapipes may have buffers: an earlier one throws RuntimeError.
 * An error from within gets a line more, which tells the datapipe.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableIterDataPipe = callable(IterDataPipe) as unknown as IterDataPipeConstructor;
type CallableIterDataPipe<T = any> = IterDataPipe<T>;

export { CallableIterDataPipe as IterDataPipe };

class DFIterDataPipe<T = any> extends IterDataPipe<T> {
  /** Marks datapipes of data frames. */
  _is_dfpipe(): true {
    return true;
  }
}

/** The functional forms that take data frames apart. */
const untraceable = new Set(["batch", "groupby", "_dataframes_as_tuples", "trace_as_dataframe"]);

function traceAsDataframe(datapipe: IterDataPipe): unknown {
  if (has(datapipe, "trace_as_dataframe")) return datapipe.trace_as_dataframe();
  throw new AttributeError(`'${typeName(datapipe)}' object has no attribute 'trace_as_dataframe`);
}

/** The base of datapipes of data frames: their functional forms give what `trace_as_dataframe()` makes of the result. */
const CallableDFIterDataPipe = callable(DFIterDataPipe) as unknown as {
  new <T = any>(): DFIterDataPipe<T>;
  <T = any>(): DFIterDataPipe<T>;
  readonly prototype: any;
};
type CallableDFIterDataPipe<T = any> = DFIterDataPipe<T>;

export { CallableDFIterDataPipe as DFIterDataPipe };

// biome-ignore lint/correctness/noUnusedVariables: the class below is merged with it
interface MapDataPipe<T> extends MapDataPipeFunctions<T> {}

class MapDataPipe<T = any> extends Dataset<T> {
  /** The functional forms: what makes a datapipe of another one, by the names of the methods. */
  static functions: Functions = {};
  static reduce_ex_hook: Hook<unknown> = null;
  static getstate_hook: Hook<unknown> = null;
  static str_hook: Hook<string> = null;
  static repr_hook: Hook<string> = null;

  /** Makes a function a method of all MapDataPipes; its first argument is the datapipe. */
  static register_function(function_name: string, f: Functions[string]): void {
    registerFunctional(MapDataPipe, function_name, f);
  }

  /** Makes a class a method of all MapDataPipes. Throws Error for a name that is taken. */
  static register_datapipe_as_function(
    function_name: string,
    cls_to_register: abstract new (source_dp: any, ...args: any[]) => unknown,
  ): void {
    checkFree(MapDataPipe, function_name);
    registerFunctional(MapDataPipe, function_name, (source_dp, ...args) =>
      Reflect.construct(cls_to_register as new () => unknown, [source_dp, ...args]),
    );
  }

  static set_getstate_hook(hook_fn: Hook<unknown>): void {
    setHook(MapDataPipe, "getstate_hook", hook_fn);
  }

  static set_reduce_ex_hook(hook_fn: Hook<unknown>): void {
    setHook(MapDataPipe, "reduce_ex_hook", hook_fn);
  }

  /** The fields that cross to a worker, and in which `traverse_dps()` looks for datapipes. */
  __getstate__(): unknown {
    const state = fieldsOf(this);
    return MapDataPipe.getstate_hook === null ? state : MapDataPipe.getstate_hook(state);
  }

  /** @internal */
  __reduce__(): [unknown, readonly unknown[]] {
    return reduce(this, MapDataPipe.reduce_ex_hook);
  }

  __repr__(): string {
    return MapDataPipe.repr_hook === null ? this.constructor.name : MapDataPipe.repr_hook(this);
  }

  __str__(): string {
    return MapDataPipe.str_hook === null ? this.constructor.name : MapDataPipe.str_hook(this);
  }

  override toString(): string {
    return this.__str__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

takeKeywords("MapDataPipe", MapDataPipe, {
  register_datapipe_as_function: ["function_name", "cls_to_register"],
  register_function: ["function_name", "function"],
  set_getstate_hook: ["hook_fn"],
  set_reduce_ex_hook: ["hook_fn"],
});

/** The class of MapDataPipes, generic when it is extended. */
type MapDataPipeConstructor = {
  new <T = any>(): MapDataPipe<T>;
  <T = any>(): MapDataPipe<T>;
  readonly prototype: any;
} & { [Key in Exclude<keyof typeof MapDataPipe, "prototype">]: (typeof MapDataPipe)[Key] };

/**
 * The base of datapipes that are read by index or key: a subclass has `__getitem__(index)` and `__len__()`, and every
 * datapipe can be read on by the methods `map`, `batch`, `concat`, `zip` and `shuffle`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableMapDataPipe = callable(MapDataPipe) as unknown as MapDataPipeConstructor;
type CallableMapDataPipe<T = any> = MapDataPipe<T>;

export { CallableMapDataPipe as MapDataPipe };

registerFunction("torch.utils.data.datapipes.datapipe.DataChunk", CallableDataChunk as never);
registerClass<DataChunk>(
  "torch.utils.data.DataChunk",
  CallableDataChunk,
  (chunk) => [[...chunk]],
  (items) => new CallableDataChunk(items),
);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
