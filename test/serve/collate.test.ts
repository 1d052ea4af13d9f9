import * as torch from "tstorch";
import { pack_batch, pad_batch, split_batch } from "tstorch/serve";
import { expect, test } from "vitest";

test("pad_batch", () => {
  const [padded, lengths] = pad_batch([[1, 2, 3], new BigInt64Array([4n]), torch.tensor([5, 6])]);
  expect(padded.tolist()).toEqual([
    [1, 2, 3],
    [4, 0, 0],
    [5, 6, 0],
  ]);
  expect(lengths.tolist()).toEqual([3, 1, 2]);
  expect(pad_batch([[1], [2, 3]], { batch_first: false, padding_value: -1 })[0].tolist()).toEqual([
    [1, 2],
    [-1, 3],
  ]);
});

test("pack_batch, in any order", () => {
  const packed = pack_batch([[1], [2, 3, 4], [5, 6]]);
  expect(packed.batch_sizes.tolist()).toEqual([3, 2, 1]);
  const [first, ...others] = torch.nn.utils.rnn.unpack_sequence(packed);
  expect([first.tolist(), ...others.map((one) => one.tolist())]).toEqual([[1], [2, 3, 4], [5, 6]]);
  expect(() => pack_batch([[1], []])).toThrow("Length of all samples has to be greater than 0");
});

test("split_batch", () => {
  const x = torch.arange(6).view(3, 2);
  expect(split_batch(x).map((row) => row.tolist())).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
  const [best] = split_batch({ logits: x, top: x.max(1) });
  expect(best.logits.tolist()).toEqual([0, 1]);
  expect([best.top[0].item(), best.top[1].item()]).toEqual([1, 1]);
  expect(split_batch(torch.empty(0, 2))).toEqual([]);
  expect(() => split_batch([x, torch.ones(2)])).toThrow("tensors of 3 and 2 rows");
  expect(() => split_batch([x, 1])).toThrow("not 'int' objects");
  expect(() => split_batch(1)).toThrow(torch.RuntimeError);
});
