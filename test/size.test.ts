// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
import { inspect } from "node:util";
import * as torch from "tstorch";
import { expect, test } from "vitest";

const Size = torch.Size as any;

test("is an array that prints as Python's", () => {
  const size = torch.ones(2, 3).shape;
  expect(size).toBeInstanceOf(torch.Size);
  expect(Array.isArray(size)).toBe(true);
  expect([...size]).toEqual([2, 3]);
  expect(size).toHaveLength(2);
  expect(String(size)).toBe("torch.Size([2, 3])");
  expect(inspect(size)).toBe("torch.Size([2, 3])");
  expect(`${torch.tensor(1).shape}`).toBe("torch.Size([])");
  for (let dims = 0; dims < 7; dims++)
    expect([...torch.ones(new Array(dims).fill(2)).shape]).toEqual(new Array(dims).fill(2));
});

test("numel()", () => {
  expect(torch.ones(2, 3, 4).shape.numel()).toBe(24);
  expect(torch.tensor(1).shape.numel()).toBe(1);
  expect(torch.ones(0, 3).shape.numel()).toBe(0);
});

test("what an array's methods make is a plain array", () => {
  const size = torch.ones(2, 3).shape;
  expect(size.map((n) => n * 2)).toEqual([4, 6]);
  expect(size.slice(1).constructor).toBe(Array);
  expect(size.filter((n) => n > 2)).toEqual([3]);
  expect(JSON.stringify(size)).toBe("[2,3]");
});

test("torch.Size() takes an iterable of ints", () => {
  expect(String(Size([2, 3]))).toBe("torch.Size([2, 3])");
  expect(String(new Size([2, 3]))).toBe("torch.Size([2, 3])");
  expect(String(Size([5]))).toBe("torch.Size([5])");
  expect(String(Size())).toBe("torch.Size([])");
  expect(String(Size(torch.ones(2, 3).shape))).toBe("torch.Size([2, 3])");
  expect(() => Size(5)).toThrow(new TypeError("'int' object is not iterable"));
  expect(() => Size(["a"])).toThrow("torch.Size() takes an iterable of 'int' (item 0 is 'str')");
  expect(String(Size([true, torch.tensor(2), 3n]))).toBe("torch.Size([1, 2, 3])");
  expect(String(Size(torch.tensor([4, 5])))).toBe("torch.Size([4, 5])");
  expect(Size([1])).toBeInstanceOf(torch.Size);
  expect(Size([1]).constructor).toBe(torch.Size);
  expect(() => Size([2], [3])).toThrow(new TypeError("tuple expected at most 1 argument, got 2"));
  expect(() => Size([1, 2n ** 70n])).toThrow(new torch.ValueError("Overflow when unpacking long long"));
  expect(() => Size([1.5])).toThrow("torch.Size() takes an iterable of 'int' (item 0 is 'float')");
});

test("serves as sizes", () => {
  const { shape } = torch.ones(2, 3);
  expect([...torch.zeros(shape).shape]).toEqual([2, 3]);
  expect([...torch.arange(6).view(shape).shape]).toEqual([2, 3]);
});
