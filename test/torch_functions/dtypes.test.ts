import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

describe("finfo", () => {
  test.each([
    [
      torch.float16,
      "finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)",
    ],
    [
      torch.bfloat16,
      "finfo(resolution=0.01, min=-3.38953e+38, max=3.38953e+38, eps=0.0078125, smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=bfloat16)",
    ],
    [
      torch.complex128,
      "finfo(resolution=1e-15, min=-1.79769e+308, max=1.79769e+308, eps=2.22045e-16, smallest_normal=2.22507e-308, tiny=2.22507e-308, dtype=float64)",
    ],
    [
      torch.float8_e4m3fn,
      "finfo(resolution=1, min=-448, max=448, eps=0.125, smallest_normal=0.015625, tiny=0.015625, dtype=float8_e4m3fn)",
    ],
  ])("%s", (dtype, text) => {
    expect(String(torch.finfo(dtype))).toBe(text);
  });

  test("fields, and the default dtype", () => {
    expect(torch.finfo().max).toBe(3.4028234663852886e38);
    expect(torch.finfo({ type: torch.float64 }).eps).toBe(Number.EPSILON);
    expect(new torch.finfo(torch.float32).bits).toBe(32);
    expect(torch.finfo(torch.float32).tiny).toBe(1.1754943508222875e-38);
  });

  test("errors", () => {
    expect(() => torch.finfo(torch.int32)).toThrow(
      new TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'"),
    );
    expect(() => torch.finfo("float32" as never)).toThrow(
      new TypeError("finfo(): argument 'type' (position 1) must be torch.dtype, not str"),
    );
  });
});

describe("iinfo", () => {
  test("limits", () => {
    expect(String(torch.iinfo(torch.int32))).toBe("iinfo(min=-2.14748e+09, max=2.14748e+09, dtype=int32)");
    expect(torch.iinfo(torch.uint8).max).toBe(255);
    expect(torch.iinfo(torch.int8).min).toBe(-128);
    expect(torch.iinfo(torch.int64).max).toBe(9223372036854775807n);
    expect(torch.iinfo(torch.uint64).max).toBe(18446744073709551615n);
    expect(torch.iinfo(torch.int16).bits).toBe(16);
  });

  test("errors", () => {
    expect(() => torch.iinfo(torch.float32)).toThrow(
      new TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'"),
    );
    expect(() => torch.iinfo(torch.bool)).toThrow(new TypeError("torch.bool is not supported by torch.iinfo"));
    expect(() => torch.iinfo(undefined as never)).toThrow(
      new TypeError('iinfo() missing 1 required positional arguments: "type"'),
    );
  });
});

test("promote_types, result_type and can_cast", () => {
  expect(torch.promote_types(torch.int32, torch.float16)).toBe(torch.float16);
  expect(torch.promote_types({ type1: torch.uint8, type2: torch.int8 })).toBe(torch.int16);
  expect(() => torch.promote_types(torch.int32, undefined as never)).toThrow(
    new TypeError('promote_types() missing 1 required positional arguments: "type2"'),
  );
  expect(torch.result_type(torch.tensor([1]), 1.5)).toBe(torch.float32);
  expect(torch.result_type(torch.tensor([1], { dtype: torch.uint8 }), 1)).toBe(torch.uint8);
  expect(torch.can_cast(torch.float32, torch.int32)).toBe(false);
});
