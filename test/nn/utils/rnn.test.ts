import * as torch from "tstorch";
import {
  invert_permutation,
  PackedSequence,
  pack_padded_sequence,
  pack_sequence,
  pad_packed_sequence,
  pad_sequence,
  unpack_sequence,
  unpad_sequence,
} from "tstorch/nn/utils/rnn";
import { describe, expect, test } from "vitest";
import { f32, thrown } from "../functional/helpers/values.js";

const sequences = [f32([1, 2, 3]), f32([4]), f32([5, 6])];
const packed = pack_sequence(sequences, { enforce_sorted: false });
const SORTED =
  "RuntimeError: `lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.";

describe("PackedSequence", () => {
  test("is a named tuple and prints as one", () => {
    expect(String(packed)).toBe(
      "PackedSequence(data=tensor([1., 5., 4., 2., 6., 3.]), batch_sizes=tensor([3, 2, 1]), sorted_indices=tensor([0, 2, 1]), unsorted_indices=tensor([0, 2, 1]))",
    );
    const [data, batch_sizes, sorted_indices, unsorted_indices] = packed;
    expect(data).toBe(packed.data);
    expect(batch_sizes).toBe(packed.batch_sizes);
    expect(sorted_indices).toBe(packed.sorted_indices);
    expect(unsorted_indices).toBe(packed.unsorted_indices);
    expect(packed.length).toBe(4);
    expect(packed).toBeInstanceOf(PackedSequence);
    expect(packed.constructor.name).toBe("PackedSequence");
  });

  test("is made of data and batch sizes, with or without new", () => {
    const text =
      "PackedSequence(data=tensor([1., 2.]), batch_sizes=tensor([1, 1]), sorted_indices=None, unsorted_indices=None)";
    const [data, batch_sizes] = [f32([1, 2]), torch.tensor([1, 1])];
    expect(String(new PackedSequence(data, batch_sizes))).toBe(text);
    expect(String(PackedSequence([data, batch_sizes]))).toBe(text);
    expect(String(PackedSequence({ data, batch_sizes }))).toBe(text);
  });

  test("finds the unsorted indices", () => {
    const { unsorted_indices } = PackedSequence(f32([1, 2, 3]), torch.tensor([3]), torch.tensor([2, 0, 1]));
    expect(unsorted_indices?.tolist()).toEqual([1, 2, 0]);
  });

  test("moves and converts its data", () => {
    expect(packed.to(torch.float64).data.dtype).toBe(torch.float64);
    expect(packed.to({ dtype: torch.float16 }).data.dtype).toBe(torch.float16);
    expect(packed.to("cpu")).toBe(packed);
    expect(packed.cpu()).toBe(packed);
    expect(packed.float()).toBe(packed);
    expect(packed.double().data.dtype).toBe(torch.float64);
    expect(packed.half().data.dtype).toBe(torch.float16);
    expect(packed.long().data.dtype).toBe(torch.int64);
    expect(packed.int().data.dtype).toBe(torch.int32);
    expect(packed.short().data.dtype).toBe(torch.int16);
    expect(packed.char().data.dtype).toBe(torch.int8);
    expect(packed.byte().data.dtype).toBe(torch.uint8);
    expect([packed.is_cuda, packed.is_pinned()]).toEqual([false, false]);
    const meta = packed.to("meta");
    expect([meta.data.device.type, meta.sorted_indices?.device.type, meta.batch_sizes.device.type]).toEqual([
      "meta",
      "meta",
      "cpu",
    ]);
  });

  test("errors", () => {
    const make = PackedSequence as unknown as (...args: unknown[]) => unknown;
    expect(thrown(() => make())).toBe(
      "TypeError: PackedSequence.__new__() missing 1 required positional argument: 'data'",
    );
    expect(thrown(() => make(f32([1])))).toBe("AssertionError: Expected data to be a list or tuple of length 2");
    expect(thrown(() => make(f32([1]), torch.ones(1, { device: "meta" })))).toContain(
      "ValueError: batch_sizes should always be on CPU.",
    );
  });
});

test("invert_permutation", () => {
  expect(invert_permutation(torch.tensor([2, 0, 1])).tolist()).toEqual([1, 2, 0]);
  expect(invert_permutation(null)).toBe(null);
});

describe("pack_padded_sequence", () => {
  test("lengths as a list or a tensor, batch first or not", () => {
    const input = f32([
      [1, 2, 3],
      [4, 5, 0],
    ]);
    const { data, batch_sizes, sorted_indices } = pack_padded_sequence(input, [3, 2], { batch_first: true });
    expect(data.tolist()).toEqual([1, 4, 2, 5, 3]);
    expect(batch_sizes.tolist()).toEqual([2, 2, 1]);
    expect(sorted_indices).toBe(null);
    expect(pack_padded_sequence(input.t(), torch.tensor([3, 2])).data.tolist()).toEqual([1, 4, 2, 5, 3]);
  });

  test("gradients reach the input", () => {
    const input = torch.ones(3, 2).requires_grad_();
    pack_padded_sequence(input, [2, 3], { enforce_sorted: false }).data.sum().backward();
    expect(input.grad?.tolist()).toEqual([
      [1, 1],
      [1, 1],
      [0, 1],
    ]);
  });

  test("errors", () => {
    expect(thrown(() => pack_padded_sequence(torch.zeros(3, 2), [2, 3]))).toBe(SORTED);
    expect(thrown(() => pack_padded_sequence(torch.zeros(3, 2), [3, 0]))).toBe(
      "RuntimeError: Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
    );
  });
});

describe("pad_packed_sequence", () => {
  test("restores the order", () => {
    const [padded, lengths] = pad_packed_sequence(packed);
    expect(padded.tolist()).toEqual([
      [1, 4, 5],
      [2, 0, 6],
      [3, 0, 0],
    ]);
    expect(lengths.tolist()).toEqual([3, 1, 2]);
  });

  test("batch_first, padding_value and total_length", () => {
    const [padded] = pad_packed_sequence(packed, { batch_first: true, padding_value: 9, total_length: 4 });
    expect(padded.tolist()).toEqual([
      [1, 2, 3, 9],
      [4, 9, 9, 9],
      [5, 6, 9, 9],
    ]);
    expect(thrown(() => pad_packed_sequence(packed, { total_length: 2 }))).toBe(
      "ValueError: Expected total_length to be at least the length of the longest sequence in input, but got total_length=2 and max sequence length being 3",
    );
  });
});

test("pad_sequence", () => {
  expect(pad_sequence(sequences).tolist()).toEqual([
    [1, 4, 5],
    [2, 0, 6],
    [3, 0, 0],
  ]);
  expect(pad_sequence(sequences, { batch_first: true, padding_value: -1 })[1].tolist()).toEqual([4, -1, -1]);
  expect(pad_sequence(sequences, true, { padding_side: "left" })[2].tolist()).toEqual([0, 5, 6]);
  expect(pad_sequence(f32([[1, 2]])).tolist()).toEqual([[1], [2]]);
  expect(thrown(() => pad_sequence(3 as unknown as torch.Tensor[]))).toBe(
    "RuntimeError: pad_sequence: Expected iterable for input sequences, but got arg of type: <class 'int'>",
  );
  expect(thrown(() => pad_sequence(sequences, { padding_side: "up" as "left" }))).toBe(
    "RuntimeError: Expected padding_side to be one of left or right, but got up.",
  );
});

test("unpad_sequence", () => {
  const unpadded = unpad_sequence(pad_sequence(sequences), torch.tensor([3, 1, 2]));
  expect(unpadded.map((t) => t.tolist())).toEqual([[1, 2, 3], [4], [5, 6]]);
  expect(thrown(() => unpad_sequence(pad_sequence(sequences), torch.tensor([3, 1])))).toBe(
    "ValueError: zip() argument 2 is shorter than argument 1",
  );
});

test("pack_sequence and unpack_sequence", () => {
  expect(unpack_sequence(packed).map((t) => t.tolist())).toEqual([[1, 2, 3], [4], [5, 6]]);
  expect(pack_sequence([sequences[0], sequences[2]]).batch_sizes.tolist()).toEqual([2, 2, 1]);
  expect(thrown(() => pack_sequence(sequences))).toBe(SORTED);
});
