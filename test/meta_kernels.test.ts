import * as torch from "tstorch";
import { expect, test } from "vitest";

const meta = (...size: number[]) => torch.empty(size, { device: "meta" });
const refused = /attempted to run this operator with Meta tensors/;

test("operators without a kernel for tensors without data give the sizes, strides and dtype that data would give", () => {
  const x = meta(3, 2).t();
  const y = torch.nn.functional.relu(x);
  expect([y.is_meta, [...y.shape], y.stride(), y.dtype]).toEqual([true, [2, 3], [1, 2], torch.float32]);
  const [values, indices] = x.mode();
  expect([values.is_meta, indices.is_meta, indices.dtype]).toEqual([true, true, torch.int64]);
  expect(x.abs_()).toBe(x);
  expect(torch.ops.aten.mode.default(x)[0].is_meta).toBe(true);
});

test("gradients flow through them", () => {
  const model = torch.nn.Sequential(
    torch.nn.Conv2d(1, 4, 3),
    torch.nn.ReLU(),
    torch.nn.Flatten(),
    torch.nn.Linear(64, 2),
  );
  model.to("meta");
  const y = model(meta(5, 1, 6, 6));
  expect([y.is_meta, [...y.shape], y.requires_grad]).toEqual([true, [5, 2], true]);
  y.sum().backward();
  expect([...model.parameters()].map(({ grad }) => [grad?.is_meta, ...(grad?.shape ?? [])])).toEqual([
    [true, 4, 1, 3, 3],
    [true, 4],
    [true, 2, 64],
    [true, 2],
  ]);
});

test("tensors made without data leave the default generator alone", () => {
  torch.manual_seed(3);
  const drawn = torch.rand(2).tolist();
  torch.manual_seed(3);
  const made = [
    torch.randperm(5, { device: "meta" }),
    torch.tril_indices(3, 3, { device: "meta" }),
    torch.triu_indices(3, 4, { device: "meta" }),
    meta(4).bernoulli(),
    torch.multinomial(meta(4), 2),
  ];
  expect(made.map((x) => [x.is_meta, x.dtype, ...x.shape])).toEqual([
    [true, torch.int64, 5],
    [true, torch.int64, 2, 6],
    [true, torch.int64, 2, 9],
    [true, torch.float32, 4],
    [true, torch.int64, 2],
  ]);
  expect(torch.rand(2).tolist()).toEqual(drawn);
});

test("out= without data is resized and returned", () => {
  const out = meta(0);
  expect(torch.tril(meta(2, 3), { out })).toBe(out);
  expect([...out.shape]).toEqual([2, 3]);
  const values = meta(0);
  expect(torch.mode(meta(2, 3), 1, { out: [values, meta(0).long()] }).values).toBe(values);
  expect([...values.shape]).toEqual([2]);
});

test("what depends on data, costs much, or has no such kernel in Python keeps PyTorch's error", () => {
  expect(() => meta(3).masked_select(torch.empty(3, { device: "meta", dtype: torch.bool }))).toThrow(refused);
  expect(() => meta(3).nonzero()).toThrow(refused);
  expect(() => meta(2 ** 30).relu()).toThrow(refused);
  expect(() => torch.binomial(meta(2), meta(2))).toThrow(refused);
  expect(() => meta().item()).toThrow("Tensor.item() cannot be called on meta tensors");
});
