// torch/utils/data/datapipes/datapipe.pyi: the types of the functional forms, which the classes of iter/ and map/ register

import type { Arguments } from "../../../arguments/function.js";
import type { Keywords } from "../../../types.js";
import type { Collated } from "../_utils/collate.js";
import type { ChunkClass, DataChunk, IterDataPipe, MapDataPipe } from "./datapipe.js";
import type { ShufflerIterDataPipe } from "./iter/combinatorics.js";
import type { Copy } from "./iter/combining.js";
import type { ShardingFilterIterDataPipe } from "./iter/sharding.js";
import type { ShufflerIterDataPipe as MapShuffler } from "./map/combinatorics.js";
import type { StreamWrapper } from "./utils/common.js";
import type { Handler } from "./utils/decoder.js";

// biome-ignore-start lint/suspicious/noExplicitAny: samples and functions of any type

/** The place of a value in a sample: an index of a list, or the key of a dict. */
export type Column = number | string;

/** One place or several. */
export type Columns = Column | readonly Column[];

/** What stands in a sample's lists. */
export type Element<T> = T extends readonly (infer S)[] ? S : any;

type ElementsOf<D extends readonly { [Symbol.iterator](): Iterator<any> }[]> = {
  -readonly [Key in keyof D]: D[Key] extends { [Symbol.iterator](): Iterator<infer S> } ? S : never;
};

type Batch = Arguments<
  ["batch_size", "drop_last", "wrapper_class"],
  [batch_size: number, drop_last?: boolean, wrapper_class?: ChunkClass]
>;

/** The keyword arguments of `groupby()`. */
export interface GroupbyOptions {
  /** Whether the key comes with each group. @default false */
  keep_key?: boolean;
  /** How many samples wait for more of their group. @default 10000 */
  buffer_size?: number;
  /** How many samples a group has at most. */
  group_size?: number | null;
  /** How many samples a group has at least, when the buffer is full. */
  guaranteed_group_size?: number | null;
  /** Whether smaller groups are dropped when the buffer is full; else they are an error. @default false */
  drop_remaining?: boolean;
}

interface MapColumns {
  input_col?: Columns | null;
  output_col?: Column | readonly [Column] | null;
}

/**
 * The functional forms of IterDataPipes. A functional form of your own is typed by
 * `declare module "tstorch/utils/data/datapipes/functions" { interface IterDataPipeFunctions<T> { ... } }`.
 */
export interface IterDataPipeFunctions<T> {
  /** Lists of `batch_size` samples; the last one may be shorter, unless `drop_last` leaves it out. */
  batch(...args: Batch): IterDataPipe<DataChunk<T>>;
  /** Each sample, a list of samples as `batch()` gives it, as one batch of tensors: by default_collate() or a function. */
  collate(): IterDataPipe<Collated<Element<T>>>;
  collate<R>(conversion: (batch: T) => R): IterDataPipe<R>;
  collate<R>(keywords: Keywords<{ collate_fn: (batch: T) => R }>): IterDataPipe<R>;
  /** This datapipe's samples, then those of others. */
  concat<U = T>(...datapipes: IterDataPipe<U>[]): IterDataPipe<T | U>;
  /** Several datapipes, of which each gets the samples for which the function gives its number. */
  demux(
    ...args: Arguments<
      ["num_instances", "classifier_fn", "drop_none", "buffer_size"],
      [
        ...[num_instances: number, classifier_fn: (value: T) => number | boolean | null],
        ...[drop_none?: boolean, buffer_size?: number],
      ]
    >
  ): IterDataPipe<T>[];
  /** The samples for which the function gives true; with `input_col`, of the values in those places. */
  filter(filter_fn: (data: T) => boolean): IterDataPipe<T>;
  filter(
    filter_fn: (...args: any[]) => boolean,
    input_col: Columns | null | Keywords<{ input_col?: Columns | null }>,
  ): IterDataPipe<T>;
  /** Several datapipes with the same samples; one alone for `num_instances` 1. */
  fork(
    ...args: Arguments<
      ["num_instances", "buffer_size", "copy"],
      [num_instances: number, buffer_size?: number, copy?: Copy]
    >
  ): IterDataPipe<T>[];
  /** Groups of the samples for which the function gives the same key. */
  groupby<K>(
    group_key_fn: (data: T) => K,
    keywords: Keywords<GroupbyOptions & { keep_key: true }>,
  ): IterDataPipe<[key: K, group: DataChunk<T>]>;
  groupby(group_key_fn: (data: T) => unknown, keywords?: Keywords<GroupbyOptions>): IterDataPipe<DataChunk<T>>;
  /** The files in the folders of this datapipe. */
  list_files(
    masks?: string | readonly string[] | Keywords<ListFilesOptions & { masks?: string | readonly string[] }>,
    keywords?: Keywords<ListFilesOptions>,
  ): IterDataPipe<string>;
  /** What a function makes of each sample; with `input_col`, of the values in those places, in place of which the result comes. */
  map<R>(fn: (data: T) => R): IterDataPipe<R>;
  map<R = any>(
    fn: (...args: any[]) => unknown,
    input_col: Columns | null | Keywords<MapColumns>,
    output_col?: MapColumns["output_col"] | Keywords<Pick<MapColumns, "output_col">>,
  ): IterDataPipe<R>;
  /** One sample of each datapipe in turn, until the shortest is at its end. */
  mux<U = T>(...datapipes: IterDataPipe<U>[]): IterDataPipe<T | U>;
  /** The files of these paths, opened. */
  open_files(
    ...args: Arguments<["mode", "encoding", "length"], [mode?: string, encoding?: string | null, length?: number]>
  ): IterDataPipe<[pathname: string, stream: StreamWrapper]>;
  /** What is in the files, `chunk` bytes or characters at a time. */
  read_from_stream(
    ...args: Arguments<["chunk"], [chunk?: number | null]>
  ): IterDataPipe<[pathname: string, data: string | Buffer]>;
  /** What the files hold, decoded by the ends of their names. */
  routed_decode(
    ...args: Handler[] | [...handlers: Handler[], keywords: Keywords<{ key_fn?: (pathname: string) => string }>]
  ): IterDataPipe<[pathname: string, data: any]>;
  /** Every n-th sample, once sharding is applied: what each of n workers reads. */
  sharding_filter(
    ...args: Arguments<["sharding_group_filter"], [sharding_group_filter?: number | null]>
  ): ShardingFilterIterDataPipe<T>;
  /** The samples in random order, as far as a buffer of `buffer_size` mixes them. */
  shuffle(keywords?: Keywords<{ buffer_size?: number; unbatch_level?: number }>): ShufflerIterDataPipe<T>;
  /** The samples of the lists, `unbatch_level` levels deep; -1 for all levels. */
  unbatch(): IterDataPipe<Element<T>>;
  unbatch<R = any>(unbatch_level: number | Keywords<{ unbatch_level: number }>): IterDataPipe<R>;
  /** Lists of one sample of each datapipe, until the shortest is at its end. */
  zip<D extends IterDataPipe[]>(...datapipes: D): IterDataPipe<[T, ...ElementsOf<D>]>;
}

/** The keyword arguments of `list_files()`. */
export interface ListFilesOptions {
  /** Whether files in folders within are listed too. @default false */
  recursive?: boolean;
  /** Whether paths are absolute. @default false */
  abspath?: boolean;
  /** Whether files come in the order of the file system, else by name. @default false */
  non_deterministic?: boolean;
  /** What `len()` says; -1 for not known. @default -1 */
  length?: number;
}

/** The functional forms of MapDataPipes. */
export interface MapDataPipeFunctions<T> {
  /** Lists of `batch_size` samples; the last one may be shorter, unless `drop_last` leaves it out. */
  batch(...args: Batch): MapDataPipe<DataChunk<T>>;
  /** This datapipe's samples, then those of others. */
  concat<U = T>(...datapipes: MapDataPipe<U>[]): MapDataPipe<T | U>;
  /** What a function makes of each sample. */
  map(): MapDataPipe<T>;
  map<R>(fn: ((data: T) => R) | Keywords<{ fn: (data: T) => R }>): MapDataPipe<R>;
  /** The samples in random order: an IterDataPipe. */
  shuffle(keywords?: Keywords<{ indices?: readonly any[] | null }>): MapShuffler<T>;
  /** Lists of one sample of each datapipe. */
  zip<D extends MapDataPipe[]>(...datapipes: D): MapDataPipe<[T, ...ElementsOf<D>]>;
}

// biome-ignore-end lint/suspicious/noExplicitAny: see above
