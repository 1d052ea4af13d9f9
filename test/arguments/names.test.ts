import { expect, test } from "vitest";
import { parameterNames, parametersOf } from "../../dist/arguments/names.js";

const told = (fn: object) => parametersOf(fn)?.map(({ name, isRest, hasDefault }) => [name, isRest, hasDefault]);

test("parametersOf", () => {
  expect(told((a: number, b = 1, ...rest: number[]) => a + b + rest.length)).toEqual([
    ["a", false, false],
    ["b", false, true],
    ["rest", true, false],
  ]);
  expect(told(({ x }: { x: number }, [y] = [1], z = { w: (q: number) => q }) => x + y + z.w(1))).toEqual([
    [null, false, false],
    [null, false, true],
    ["z", false, true],
  ]);
  expect(told(() => 1)).toEqual([]);
  expect(told(async (x: number) => x)).toEqual([["x", false, false]]);
  expect(told(Math.max)).toBe(undefined);
});

test("classes have the parameters of their constructors, their own or inherited", () => {
  class Base {
    constructor(
      readonly a: number,
      readonly b = 2,
    ) {}
  }
  class Derived extends Base {}
  expect(parameterNames(Base)).toEqual(["a", "b"]);
  expect(parameterNames(Derived)).toEqual(["a", "b"]);
  expect(parameterNames(class {})).toEqual([]);
});
