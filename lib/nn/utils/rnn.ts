// torch/nn/utils/rnn.py

import type { Tensor } from "../../_tensor.js";
import type { Constructor } from "../../arguments/class.js";
import { takeKeywords } from "../../arguments/class.js";
import { type Arguments, bindArguments, def, generic, isPlainObject } from "../../arguments/function.js";
import { parser } from "../../arguments/parser.js";
import { callable } from "../../callable.js";
import * as dtypes from "../../dtype.js";
import { AssertionError, RuntimeError, ValueError } from "../../errors.js";
import * as _nn from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import { sizesOf } from "../../jit/_state.js";
import { contiguous_format } from "../../layout.js";
import { zip } from "../../python/iteration.js";
import { typeName } from "../../python/objects.js";
import { TensorBase } from "../../tensor_base.js";
import { as_tensor, tensor } from "../../tensor_new.js";
import type { DeviceLike, dtype, Keywords, memory_format } from "../../types.js";
import { namedtuple } from "../modules/utils.js";

const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase;

/** What `PackedSequence.to()` takes by keyword. */
interface ToKeywords {
  device?: DeviceLike | null;
  dtype?: dtype | null;
  other?: Tensor;
  non_blocking?: boolean;
  copy?: boolean;
  memory_format?: memory_format | null;
}

const parseTo = parser(
  "to(Device device=None, ScalarType dtype=None, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
  "to(ScalarType dtype, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
  "to(Tensor tensor, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
);

/** The function's value, or null for null. */
const bind = <T, R>(optional: T | null, fn: (value: T) => R): R | null => (optional === null ? null : fn(optional));

const FIELDS = ["data", "batch_sizes", "sorted_indices", "unsorted_indices"] as const;

const PackedSequence_: new (...values: unknown[]) => unknown[] = namedtuple("PackedSequence_", FIELDS);

/** The data alone, or with the batch sizes. */
type Data = Tensor | readonly [data: Tensor, batch_sizes: Tensor];

/** The parameters of PackedSequence. */
type PackedSequenceArguments = Arguments<
  typeof FIELDS,
  [data: Data, batch_sizes?: Tensor | null, sorted_indices?: Tensor | null, unsorted_indices?: Tensor | null]
>;

class PackedSequenceTuple extends PackedSequence_ {
  /** The elements of all sequences: first all first ones, then all second ones, ... */
  declare readonly data: Tensor;
  /** How many sequences have a first element, a second one, ...; on the CPU. */
  declare readonly batch_sizes: Tensor;
  /** The places where the sequences stood before they were sorted by length, or null. */
  declare readonly sorted_indices: Tensor | null;
  /** The places to which the sequences were sorted, or null. */
  declare readonly unsorted_indices: Tensor | null;

  constructor(...args: PackedSequenceArguments) {
    const [data, batch_sizes = null, sorted_indices = null, unsorted_indices = null] = bindArguments(
      "PackedSequence.__new__",
      FIELDS,
      1,
      args,
    ) as [Data, Tensor?, Tensor?, Tensor?];
    super(..._packed_sequence_init_args(data, batch_sizes, sorted_indices, unsorted_indices));
  }

  /** A copy in pinned memory. */
  pin_memory(): this {
    return this._with(
      this.data.pin_memory(),
      bind(this.sorted_indices, (t) => t.pin_memory()),
      bind(this.unsorted_indices, (t) => t.pin_memory()),
    );
  }

  /** @internal The sequence with other data and indices. */
  _with(data: Tensor, sorted_indices: Tensor | null, unsorted_indices: Tensor | null): this {
    const type = this.constructor as typeof PackedSequence;
    return new type(data, this.batch_sizes, sorted_indices, unsorted_indices) as this;
  }

  /** The sequence with the data on another device or of another dtype; itself if nothing changes. */
  to(dtype: dtype, non_blocking?: boolean, copy?: boolean): this;
  to(device: DeviceLike | null, dtype?: dtype | null, non_blocking?: boolean, copy?: boolean): this;
  to(other: Tensor, non_blocking?: boolean, copy?: boolean): this;
  to(keywords: Keywords<ToKeywords>): this;
  to(...args: unknown[]): this {
    const data = (this.data.to as (...args: unknown[]) => Tensor).apply(this.data, args);
    if (data === this.data) return this;
    const { non_blocking, memory_format } = parseTo<ToKeywords>(args);
    const format = memory_format ? { memory_format } : {};
    const call_to = (t: Tensor) => t.to({ device: data.device, non_blocking, ...format });
    return this._with(data, bind(this.sorted_indices, call_to), bind(this.unsorted_indices, call_to));
  }

  /** The sequence on a CUDA device, the current one by default. */
  cuda(...args: unknown[]): this {
    return this._onDevice("cuda", args);
  }

  /** The sequence on the CPU. */
  cpu(...args: unknown[]): this {
    return this._onDevice("cpu", args);
  }

  /** @internal `to()` with these arguments, which may name a device of this type. */
  _onDevice(type: string, args: unknown[]): this {
    const to = this.to as (...args: unknown[]) => this;
    const { dtype, device } = this.data;
    const ex = (tensor([], { dtype, device }).to as (...args: unknown[]) => Tensor)(...args);
    if (ex.device.type === type) return to.apply(this, args);
    const keywords = args[args.length - 1];
    return isPlainObject(keywords)
      ? to.call(this, ...args.slice(0, -1), { ...keywords, device: type })
      : to.call(this, ...args, { device: type });
  }

  /** The sequence with data of dtype float64. */
  double(): this {
    return this.to({ dtype: dtypes.float64 });
  }

  /** The sequence with data of dtype float32. */
  float(): this {
    return this.to({ dtype: dtypes.float32 });
  }

  /** The sequence with data of dtype float16. */
  half(): this {
    return this.to({ dtype: dtypes.float16 });
  }

  /** The sequence with data of dtype int64. */
  long(): this {
    return this.to({ dtype: dtypes.int64 });
  }

  /** The sequence with data of dtype int32. */
  int(): this {
    return this.to({ dtype: dtypes.int32 });
  }

  /** The sequence with data of dtype int16. */
  short(): this {
    return this.to({ dtype: dtypes.int16 });
  }

  /** The sequence with data of dtype int8. */
  char(): this {
    return this.to({ dtype: dtypes.int8 });
  }

  /** The sequence with data of dtype uint8. */
  byte(): this {
    return this.to({ dtype: dtypes.uint8 });
  }

  /** Whether the data are on a CUDA device. */
  get is_cuda(): boolean {
    return this.data.is_cuda;
  }

  /** Whether the data are in pinned memory. */
  is_pinned(): boolean {
    return this.data.is_pinned();
  }
}

takeKeywords("PackedSequence", PackedSequenceTuple.prototype, {
  byte: [],
  char: [],
  double: [],
  float: [],
  half: [],
  int: [],
  is_pinned: [],
  long: [],
  pin_memory: [],
  short: [],
});

function _packed_sequence_init_args(
  data: Data,
  batch_sizes: Tensor | null,
  sorted_indices: Tensor | null,
  unsorted_indices: Tensor | null,
): [Tensor, Tensor, Tensor | null, Tensor | null] {
  unsorted_indices ??= invert_permutation(sorted_indices);
  if (batch_sizes !== null) {
    if (batch_sizes.device.type !== "cpu") {
      throw new ValueError(
        "batch_sizes should always be on CPU. Instances of PackedSequence should never be created manually. They should be instantiated by functions like pack_sequence and pack_padded_sequences in nn.utils.rnn. https://pytorch.org/docs/stable/nn.html#torch.nn.utils.rnn.pack_sequence",
      );
    }
    return [data as Tensor, batch_sizes, sorted_indices, unsorted_indices];
  }
  if (!(Array.isArray(data) && data.length === 2)) {
    throw new AssertionError("Expected data to be a list or tuple of length 2");
  }
  return [data[0], data[1], sorted_indices, unsorted_indices];
}

/**
 * Sequences of different lengths as one tensor: what recurrent modules take and give.
 *
 * A named tuple `[data, batch_sizes, sorted_indices, unsorted_indices]`, made by `pack_padded_sequence()` and
 * `pack_sequence()`. Throws ValueError if `batch_sizes` is not on the CPU.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.rnn.PackedSequence.html}
 */
export interface PackedSequence extends PackedSequenceTuple {}
export const PackedSequence = callable(PackedSequenceTuple) as unknown as Constructor<
  PackedSequence,
  PackedSequenceArguments
>;
Object.defineProperty(PackedSequenceTuple, "name", { value: "PackedSequence" });

/**
 * The permutation that takes another one back; null for null.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.rnn.invert_permutation.html}
 */
export const invert_permutation = generic(
  "invert_permutation",
  ["permutation"],
  <P extends Tensor | null>(permutation: P): P => {
    if (permutation === null) return permutation;
    const output = torch.empty_like(permutation, { memory_format: contiguous_format });
    output.scatter_(0, permutation, torch.arange(0, sizesOf(permutation)[0], { device: permutation.device }));
    return output as P;
  },
);

/**
 * Packs padded sequences: (T, B, *), or (B, T, *) with `batch_first`, of which each has one of the `lengths`.
 *
 * The sequences are to stand in order of length, the longest first, unless `enforce_sorted` is false. `lengths` is a list
 * or a tensor on the CPU. Throws RuntimeError for lengths out of order or of less than one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.rnn.pack_padded_sequence.html}
 */
export const pack_padded_sequence = def(
  "pack_padded_sequence",
  ["input", "lengths", "batch_first", "enforce_sorted"],
  (input: Tensor, lengths: Tensor | readonly number[], batch_first = false, enforce_sorted = true): PackedSequence => {
    let sizes = isTensor(lengths)
      ? lengths.to({ dtype: dtypes.int64 })
      : as_tensor(lengths, { dtype: dtypes.int64, device: "cpu" });
    let sorted_indices: Tensor | null = null;
    if (!enforce_sorted) {
      [sizes, sorted_indices] = torch.sort(sizes, { descending: true });
      sorted_indices = sorted_indices.to(input.device);
      const batch_dim = batch_first ? 0 : 1;
      input = input.index_select(batch_dim, sorted_indices);
    }
    const [data, batch_sizes] = torch._pack_padded_sequence(input, sizes, batch_first);
    return new PackedSequence(data, batch_sizes, sorted_indices, null);
  },
);

/**
 * Takes a packed sequence apart: the padded sequences, (T, B, *) or with `batch_first` (B, T, *), and their lengths.
 *
 * They stand in the order that they had before packing. `padding_value` fills up to the longest or to `total_length`.
 * Throws ValueError for a `total_length` below that of the longest.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.rnn.pad_packed_sequence.html}
 */
export const pad_packed_sequence = def(
  "pad_packed_sequence",
  ["sequence", "batch_first", "padding_value", "total_length"],
  (
    sequence: PackedSequence,
    batch_first = false,
    padding_value = 0,
    total_length: number | null = null,
  ): [Tensor, Tensor] => {
    let max_seq_length = sequence.batch_sizes.size(0);
    if (total_length !== null) {
      if (total_length < max_seq_length) {
        throw new ValueError(
          `Expected total_length to be at least the length of the longest sequence in input, but got total_length=${total_length} and max sequence length being ${max_seq_length}`,
        );
      }
      max_seq_length = total_length;
    } else {
      max_seq_length = sizesOf(sequence.batch_sizes)[0];
    }
    const [padded_output, lengths] = torch._pad_packed_sequence(
      sequence.data,
      sequence.batch_sizes,
      batch_first,
      padding_value,
      max_seq_length,
    );
    const { unsorted_indices } = sequence;
    if (unsorted_indices !== null) {
      const batch_dim = batch_first ? 0 : 1;
      return [padded_output.index_select(batch_dim, unsorted_indices), lengths.index(unsorted_indices.cpu())];
    }
    return [padded_output, lengths];
  },
);

/**
 * Puts tensors (L, *) of different lengths side by side: (T, B, *), or (B, T, *) with `batch_first`.
 *
 * `padding_value` fills up to the longest, on the "right" or, by `padding_side`, on the "left". Throws RuntimeError for
 * what cannot be iterated over.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.rnn.pad_sequence.html}
 */
export const pad_sequence = def(
  "pad_sequence",
  ["sequences", "batch_first", "padding_value", "padding_side"],
  (
    sequences: Iterable<Tensor>,
    batch_first = false,
    padding_value = 0,
    padding_side: "right" | "left" = "right",
  ): Tensor => {
    if (typeof (sequences as Iterable<Tensor> | null)?.[Symbol.iterator] !== "function") {
      throw new RuntimeError(
        `pad_sequence: Expected iterable for input sequences, but got arg of type: <class '${typeName(sequences)}'>`,
      );
    }
    return _nn.pad_sequence([...sequences], batch_first, padding_value, padding_side);
  },
);

/**
 * Takes padded sequences, (T, B, *) or with `batch_first` (B, T, *), apart: a list of tensors of the given lengths.
 *
 * Throws ValueError unless there are as many lengths as sequences. Without `batch_first` the first two dimensions of
 * `padded_sequences` are transposed in place.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.rnn.unpad_sequence.html}
 */
export const unpad_sequence = def(
  "unpad_sequence",
  ["padded_sequences", "lengths", "batch_first"],
  (padded_sequences: Tensor, lengths: Tensor, batch_first = false): Tensor[] => {
    const unpadded_sequences: Tensor[] = [];
    if (!batch_first) padded_sequences.transpose_(0, 1);
    const max_length = padded_sequences.shape[1];
    const idx = torch.arange(max_length, { device: lengths.device });
    for (const [seq, length] of zip(padded_sequences, lengths, { strict: true })) {
      const mask = idx.lt(length);
      unpadded_sequences.push(seq.index(mask));
    }
    return unpadded_sequences;
  },
);

/**
 * Packs a list of tensors (L, *) of different lengths.
 *
 * They are to stand in order of length, the longest first, unless `enforce_sorted` is false; otherwise RuntimeError.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.rnn.pack_sequence.html}
 */
export const pack_sequence = def(
  "pack_sequence",
  ["sequences", "enforce_sorted"],
  (sequences: readonly Tensor[], enforce_sorted = true): PackedSequence => {
    const lengths = as_tensor(sequences.map((v) => v.size(0)));
    return pack_padded_sequence(pad_sequence(sequences), lengths, { enforce_sorted });
  },
);

/**
 * Takes a packed sequence apart into a list of tensors (L, *).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.rnn.unpack_sequence.html}
 */
export const unpack_sequence = def(
  "unpack_sequence",
  ["packed_sequences"],
  (packed_sequences: PackedSequence): Tensor[] => {
    const [padded_sequences, lengths] = pad_packed_sequence(packed_sequences, { batch_first: true });
    return unpad_sequence(padded_sequences, lengths, { batch_first: true });
  },
);
