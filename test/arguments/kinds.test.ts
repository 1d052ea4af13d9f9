import * as torch from "tstorch";
import { complex, float, isInt } from "tstorch/python";
import { expect, test } from "vitest";
import * as kinds from "../../dist/arguments/kinds.js";

const { kindOf, typeName } = kinds;

test("kindOf()", () => {
  const expected: [unknown, number][] = [
    [undefined, kinds.ABSENT],
    [null, kinds.NONE],
    [1, kinds.INT],
    [2n ** 70n, kinds.INT],
    [-0, kinds.FLOAT],
    [2 ** 53, kinds.FLOAT],
    [1.5, kinds.FLOAT],
    [Number.NaN, kinds.FLOAT],
    [float(1), kinds.FLOAT],
    [true, kinds.BOOL],
    [complex(1, 2), kinds.COMPLEX],
    ["a", kinds.STRING],
    [torch.ones(1), kinds.TENSOR],
    [torch.float32, kinds.DTYPE],
    [torch.device("cpu"), kinds.DEVICE],
    [torch.strided, kinds.LAYOUT],
    [torch.channels_last, kinds.MEMORY_FORMAT],
    [torch.per_tensor_affine, kinds.QSCHEME],
    [torch.Generator(), kinds.GENERATOR],
    [[], kinds.EMPTY_LIST],
    [[1, "a"], kinds.LIST + kinds.INT],
    [new Float32Array([0.5]), kinds.LIST + kinds.FLOAT],
    [torch.ones(2).shape, kinds.LIST + kinds.INT],
    [{}, kinds.PLAIN_OBJECT],
    [Object.create(null), kinds.PLAIN_OBJECT],
    [new Map(), kinds.OBJECT],
    [() => 0, kinds.OBJECT],
    [Symbol("a"), kinds.OBJECT],
  ];
  for (const [value, kind] of expected) expect(kindOf(value)).toBe(kind);
});

test("isInt()", () => {
  expect([0, 1, -5, 2 ** 53 - 1].map(isInt)).toEqual([true, true, true, true]);
  expect([-0, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY].map(isInt)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("typeName()", () => {
  expect([undefined, 1, 1.5, true, "a", [1], {}, torch.ones(1)].map(typeName)).toEqual([
    "NoneType",
    "int",
    "float",
    "bool",
    "str",
    "list",
    "dict",
    "Tensor",
  ]);
  expect(typeName(Object.create(Object.create(null)))).toBe("object");
});

test("arrays that are nested very deep, or hold themselves", () => {
  const cyclic: unknown[] = [];
  cyclic[0] = cyclic;
  let deep: unknown[] = [];
  for (let i = 0; i < 100_000; i++) deep = [deep];
  for (const list of [cyclic, deep]) {
    expect(kindOf(list)).toBeGreaterThanOrEqual(kinds.LIST);
    expect(typeName(list)).toBe("list");
  }
});
