import { expect, test } from "vitest";
import { def, isPlainObject } from "../../dist/arguments/function.js";

type Loose = (...args: unknown[]) => unknown;
const f = def("f", ["a", "b", "c"], (a: unknown, b: unknown = 2, c: unknown = 3) => [a, b, c]) as Loose;

test("binds positions and keywords", () => {
  expect(f(1)).toEqual([1, 2, 3]);
  expect(f(1, 5)).toEqual([1, 5, 3]);
  expect(f(1, { c: 7 })).toEqual([1, 2, 7]);
  expect(f({ b: null, a: 1 })).toEqual([1, null, 3]);
  expect(f(1, 5, undefined)).toEqual([1, 5, 3]);
  expect(f(1, { b: undefined })).toEqual([1, 2, 3]);
  expect(f(1, {})).toEqual([1, 2, 3]);
  expect(f({}, {})).toEqual([{}, 2, 3]);
  expect(f(Object.assign(Object.create(null), { a: 1 }))).toEqual([1, 2, 3]);
  expect(f([1], new Map())).toEqual([[1], new Map(), 3]);
});

test("keeps this, and the name", () => {
  const object = {
    g: def("g", ["x"], function (this: unknown, x: number) {
      return [this, x];
    }),
  };
  expect(object.g(5)).toEqual([object, 5]);
  expect(f.name).toBe("f");
});

test("Python's errors", () => {
  expect(() => f()).toThrow(new TypeError("f() missing 1 required positional argument: 'a'"));
  expect(() => f(1, 2, 3, 4)).toThrow(new TypeError("f() takes from 1 to 3 positional arguments but 4 were given"));
  expect(() => f(1, { d: 1 })).toThrow(new TypeError("f() got an unexpected keyword argument 'd'"));
  expect(() => f(1, { a: 1 })).toThrow(new TypeError("f() got multiple values for argument 'a'"));
  expect(() => f(1, { __proto__: null, constructor: 1 })).toThrow(
    "f() got an unexpected keyword argument 'constructor'",
  );
  const g = def("g", ["a", "b", "c"], (_a: unknown, _b: unknown, _c: unknown) => 0) as Loose;
  expect(() => g()).toThrow("g() missing 3 required positional arguments: 'a', 'b', and 'c'");
  expect(() => g(1)).toThrow("g() missing 2 required positional arguments: 'b' and 'c'");
  expect(() => g(1, 2, 3, 4)).toThrow("g() takes 3 positional arguments but 4 were given");
  const none = def("none", [], () => 0) as Loose;
  expect(() => none(1)).toThrow("none() takes 0 positional arguments but 1 was given");
  const one = def("one", ["a"], (a: unknown) => a) as Loose;
  expect(() => one(1, 2)).toThrow("one() takes 1 positional argument but 2 were given");
});

test("plain objects", () => {
  expect([{}, Object.create(null), { a: 1 }].map(isPlainObject)).toEqual([true, true, true]);
  expect([[], new Map(), null, undefined, 5, "a", () => 0, new (class A {})(), new Date(0)].map(isPlainObject)).toEqual(
    new Array(9).fill(false),
  );
});
