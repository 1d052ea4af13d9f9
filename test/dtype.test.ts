// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
import { inspect } from "node:util";
import * as torch from "tstorch";
import { expect, test } from "vitest";

test.each([
  [torch.float32, "float32", 4, true, false, true],
  [torch.float16, "float16", 2, true, false, true],
  [torch.bfloat16, "bfloat16", 2, true, false, true],
  [torch.float64, "float64", 8, true, false, true],
  [torch.complex32, "complex32", 4, false, true, true],
  [torch.complex64, "complex64", 8, false, true, true],
  [torch.complex128, "complex128", 16, false, true, true],
  [torch.bool, "bool", 1, false, false, false],
  [torch.uint8, "uint8", 1, false, false, false],
  [torch.int8, "int8", 1, false, false, true],
  [torch.uint16, "uint16", 2, false, false, false],
  [torch.int32, "int32", 4, false, false, true],
  [torch.int64, "int64", 8, false, false, true],
  [torch.int1, "int1", 1, false, false, true],
  [torch.float8_e5m2, "float8_e5m2", 1, true, false, true],
  [torch.float8_e8m0fnu, "float8_e8m0fnu", 1, true, false, false],
  [torch.bcomplex32, "bcomplex32", 4, false, true, true],
])("%s", (dtype, name, itemsize, is_floating_point, is_complex, is_signed) => {
  expect(dtype).toMatchObject({ name, itemsize, is_floating_point, is_complex, is_signed });
  expect(String(dtype)).toBe(`torch.${name}`);
  expect(inspect(dtype)).toBe(`torch.${name}`);
  expect(torch.empty(1, { dtype }).dtype).toBe(dtype);
});

test("other names", () => {
  expect(torch.float).toBe(torch.float32);
  expect(torch.double).toBe(torch.float64);
  expect(torch.half).toBe(torch.float16);
  expect(torch.cfloat).toBe(torch.complex64);
  expect(torch.cdouble).toBe(torch.complex128);
  expect(torch.chalf).toBe(torch.complex32);
  expect(torch.short).toBe(torch.int16);
  expect(torch.int).toBe(torch.int32);
  expect(torch.long).toBe(torch.int64);
});

test("to_real() and to_complex()", () => {
  expect(torch.complex64.to_real()).toBe(torch.float32);
  expect(torch.float16.to_complex()).toBe(torch.complex32);
  expect(torch.bfloat16.to_complex()).toBe(torch.bcomplex32);
  expect(torch.float32.to_real()).toBe(torch.float32);
  expect(torch.complex64.to_complex()).toBe(torch.complex64);
  expect(torch.int64.to_real()).toBe(torch.int64);
  expect(() => torch.int64.to_complex()).toThrow(new torch.RuntimeError("Unknown Complex ScalarType for Long"));
  expect(() => torch.float8_e5m2.to_complex()).toThrow("Unknown Complex ScalarType for Float8_e5m2");
});

test("nobody makes dtypes or layouts, or passes what only looks like one", () => {
  expect(() => new (torch.dtype as any)(6, "mine", 4, "f")).toThrow(
    new TypeError("cannot create 'torch.dtype' instances"),
  );
  expect(() => new (torch.layout as any)(0, "mine")).toThrow(new TypeError("cannot create 'torch.layout' instances"));
  expect(torch.ones(1).dtype).toBe(torch.float32);
  const fake = Object.create(torch.float32, { code: { value: 100 } });
  expect(() => torch.ones(1, { dtype: fake })).toThrow(TypeError);
  expect(() => torch.ones(2).view(fake)).toThrow(TypeError);
  const layout = Object.create(torch.strided, { code: { value: 1 } });
  expect(() => torch.ones(1, { layout })).toThrow(TypeError);
  expect(() => torch.can_cast(fake, torch.float32)).toThrow(TypeError);
});

test("is_signed of types without numbers", () => {
  for (const dtype of [torch.qint8, torch.quint4x2]) {
    expect(() => dtype.is_signed).toThrow(new torch.RuntimeError("isSignedType not supported for quantized types"));
  }
  expect(() => torch.bits8.is_signed).toThrow(new torch.RuntimeError("Bits types are undefined"));
});

test("layouts, memory formats and schemes print as Python's", () => {
  expect(String(torch.strided)).toBe("torch.strided");
  expect(inspect(torch.sparse_coo)).toBe("torch.sparse_coo");
  expect(String(torch.channels_last)).toBe("torch.channels_last");
  expect(inspect(torch.contiguous_format)).toBe("torch.contiguous_format");
  expect(String(torch.per_tensor_affine)).toBe("torch.per_tensor_affine");
  expect(torch.ones(2).to_sparse().layout).toBe(torch.sparse_coo);
});
