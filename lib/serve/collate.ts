// What makes a batch of inputs, and takes the result of a batch apart.

import type { Tensor } from "../_tensor.js";
import { def, isPlainObject } from "../arguments/function.js";
import { RuntimeError } from "../errors.js";
import { type PackedSequence, pack_sequence, pad_sequence } from "../nn/utils/rnn.js";
import { typeName } from "../python/objects.js";
import { TensorBase } from "../tensor_base.js";
import { as_tensor } from "../tensor_new.js";

/** A tensor (L, *), or what as_tensor() makes one of. */
export type Sequence = Tensor | readonly number[] | Int32Array | BigInt64Array | Float32Array | Float64Array;

const tensors = (sequences: readonly Sequence[]): Tensor[] =>
  sequences.map((sequence) => as_tensor(sequence as readonly number[]));

/**
 * Sequences (L, *) of different lengths as one tensor (B, T, *), or (T, B, *) without `batch_first`, and their lengths (B).
 *
 * `padding_value` fills up to the longest.
 */
export const pad_batch = def(
  "pad_batch",
  ["sequences", "batch_first", "padding_value"],
  (sequences: readonly Sequence[], batch_first = true, padding_value = 0): [padded: Tensor, lengths: Tensor] => {
    const list = tensors(sequences);
    const lengths = as_tensor(list.map((sequence) => sequence.size(0)));
    return [pad_sequence(list, { batch_first, padding_value }), lengths];
  },
);

/** Sequences (L, *) of different lengths, in any order, as a PackedSequence: what recurrent modules compute without padding. */
export function pack_batch(sequences: readonly Sequence[]): PackedSequence {
  return pack_sequence(tensors(sequences), { enforce_sorted: false });
}

/** What split_batch() makes of one request's part. */
export type Split<T> = T extends Tensor
  ? Tensor
  : T extends readonly unknown[]
    ? { -readonly [Index in keyof T]: Split<T[Index]> }
    : T extends object
      ? { -readonly [Key in keyof T]: Split<T[Key]> }
      : T;

/**
 * A batch's result as a list of the requests' results: tensors along their first dimension, and lists and dicts of tensors by elements.
 *
 * Throws RuntimeError for tensors of different first dimensions, and where there is no tensor.
 */
export function split_batch<T>(output: T): Split<T>[] {
  const size = sizeOf(output);
  if (size === null) throw new RuntimeError("split_batch() takes a tensor, or a list or dict of tensors");
  const parts = partsOf(output, size);
  return Array.from({ length: size }, (_, i) => parts(i)) as Split<T>[];
}

/** The first dimension of the first tensor. */
function sizeOf(output: unknown): number | null {
  if (output instanceof TensorBase) return (output as Tensor).size(0);
  const elements = Array.isArray(output) ? output : isPlainObject(output) ? Object.values(output) : [];
  for (const element of elements) {
    const size = sizeOf(element);
    if (size !== null) return size;
  }
  return null;
}

function partsOf(output: unknown, size: number): (i: number) => unknown {
  if (output instanceof TensorBase) {
    const rows = (output as Tensor).unbind(0);
    if (rows.length === size) return (i) => rows[i];
    throw new RuntimeError(`split_batch() got tensors of ${size} and ${rows.length} rows`);
  }
  if (Array.isArray(output)) {
    const parts = output.map((element) => partsOf(element, size));
    return (i) => parts.map((part) => part(i));
  }
  if (isPlainObject(output)) {
    const parts = Object.entries(output).map(([key, element]) => [key, partsOf(element, size)] as const);
    return (i) => Object.fromEntries(parts.map(([key, part]) => [key, part(i)]));
  }
  throw new RuntimeError(`split_batch() takes tensors, lists and dicts, not '${typeName(output)}' objects`);
}
