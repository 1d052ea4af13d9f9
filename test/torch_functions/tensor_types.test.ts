import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

describe("old tensor types", () => {
  test("make tensors of sizes and of data", () => {
    expect([...new torch.FloatTensor(2, 3).shape]).toEqual([2, 3]);
    expect(torch.LongTensor([[1, 2]]).tolist()).toEqual([[1, 2]]);
    expect(torch.LongTensor([2.5]).tolist()).toEqual([2]);
    expect(torch.BoolTensor([1, 0]).tolist()).toEqual([true, false]);
    expect([...torch.ByteTensor(torch.ones(2, 3).shape as never).shape]).toEqual([2, 3]);
    expect(torch.HalfTensor().numel()).toBe(0);
  });

  test("test for tensors of their dtype", () => {
    const x = torch.ones(2);
    expect(x).toBeInstanceOf(torch.FloatTensor);
    expect(x).not.toBeInstanceOf(torch.LongTensor);
    expect(x.to_sparse()).not.toBeInstanceOf(torch.FloatTensor);
    expect(String(torch.LongTensor)).toBe("<class 'torch.LongTensor'>");
    expect(torch.CharTensor.dtype).toBe(torch.int8);
  });

  test("errors", () => {
    expect(() => torch.LongTensor("a" as never)).toThrow(new TypeError("new(): invalid data type 'str'"));
    expect(() => torch.LongTensor(2.5)).toThrow(new TypeError("new(): data must be a sequence (got float)"));
  });
});

describe("set_default_tensor_type", () => {
  test("a type or its name", () => {
    torch.set_default_tensor_type(torch.DoubleTensor);
    expect(torch.get_default_dtype()).toBe(torch.float64);
    torch.set_default_tensor_type("torch.FloatTensor");
    expect(torch.get_default_dtype()).toBe(torch.float32);
  });

  test("errors", () => {
    expect(() => torch.set_default_tensor_type(torch.LongTensor)).toThrow(
      new TypeError("only floating-point types are supported as the default type"),
    );
    expect(() => torch.set_default_tensor_type("torch.X")).toThrow(
      new torch.AttributeError("module 'torch' has no attribute 'X'"),
    );
    expect(() => torch.set_default_tensor_type(3 as never)).toThrow(
      new TypeError("invalid type object: only floating-point types are supported as the default type"),
    );
  });
});
