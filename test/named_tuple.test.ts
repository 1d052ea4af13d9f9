import { inspect } from "node:util";
import * as torch from "tstorch";
import { expect, test } from "vitest";

// biome-ignore format: rows
const result = () => torch.tensor([[1, 5], [4, 3]]).max(1);

test("is an array with named fields", () => {
  const found = result();
  const [values, indices] = found;
  expect(values).toBe(found.values);
  expect(indices).toBe(found.indices);
  expect(found[0]).toBe(values);
  expect(Array.isArray(found)).toBe(true);
  expect(found).toHaveLength(2);
  expect(Object.keys(found)).toEqual(["0", "1"]);
});

test("prints as Python's", () => {
  const text = "torch.return_types.max(\nvalues=tensor([5, 4]),\nindices=tensor([1, 0]))";
  expect(String(result())).toBe(text);
  expect(inspect(result())).toBe(text);
});

test("what an array's methods make is a plain array", () => {
  const list = (result() as unknown as torch.Tensor[]).map((x) => x.tolist());
  expect(list).toEqual([[5, 4], [1, 0]]); // biome-ignore format: one row
  expect(list.constructor).toBe(Array);
});

test("one class for each function", () => {
  expect(result().constructor).toBe(result().constructor);
  expect(result().constructor === torch.sort(torch.ones(2)).constructor).toBe(false);
  expect(result().constructor.name).toBe("max");
});

test("fields of more than two", () => {
  const { U, S, Vh } = torch.linalg.svd(torch.eye(2));
  expect([U, S, Vh].map((x) => [...x.shape])).toEqual([[2, 2], [2], [2, 2]]); // biome-ignore format: one row
  const { P, L, U: upper } = torch.linalg.lu(torch.eye(2));
  expect(P.matmul(L).matmul(upper).tolist()).toEqual([[1, 0], [0, 1]]); // biome-ignore format: one row
});
