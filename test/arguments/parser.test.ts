import * as torch from "tstorch";
import { expect, test } from "vitest";
import { parser } from "../../dist/arguments/parser.js";

const parse = parser(
  "f(Tensor input, int64_t dim, bool keepdim=False, *, ScalarType? dtype=None)",
  "f(Tensor input, *, Scalar alpha=1)",
);

test("gives the values by name, and which signature they fit", () => {
  const input = torch.ones(1);
  const parsed = (...args: unknown[]) => {
    const { input: found, ...rest } = parse<{ input: torch.Tensor }>(args);
    expect(found === input).toBe(true);
    return rest;
  };
  expect(parsed(input, 1)).toEqual({ overload: 0, dim: 1 });
  expect(parsed(input, 1, true, { dtype: torch.int8 })).toEqual({
    overload: 0,
    dim: 1,
    keepdim: true,
    dtype: torch.int8,
  });
  expect(parsed(input)).toEqual({ overload: 1 });
  expect(parsed({ input, alpha: 2.5 })).toEqual({ overload: 1, alpha: 2.5 });
  expect(parsed(input, { dim: 1, axis: undefined })).toEqual({ overload: 0, dim: 1 });
  expect(parsed(input, { axis: 1 })).toEqual({ overload: 0, dim: 1 });
  expect(parsed(input, undefined, undefined)).toEqual({ overload: 1 });
});

test("Python's errors", () => {
  expect(() => parse([5])).toThrow("f(): argument 'input' (position 1) must be Tensor, not int");
  expect(() => parse([5, 1])).toThrow(
    "f() received an invalid combination of arguments - got (int, int), but expected one of:\n" +
      " * (Tensor input, int dim, bool keepdim = False, *, torch.dtype dtype = None)\n" +
      " * (Tensor input, *, Number alpha = 1)\n",
  );
  const single = parser("g(int64_t dim, bool copy=False)");
  expect(() => single([])).toThrow('g() missing 1 required positional arguments: "dim"');
  expect(() => single([1, 5])).toThrow("g(): argument 'copy' (position 2) must be bool, not int");
  expect(() => single([1, { foo: 1 }])).toThrow("g() got an unexpected keyword argument 'foo'");
  expect(() => single([1, { dim: 2 }])).toThrow("g() got multiple values for argument 'dim'");
  expect(() => single([1, true, 3])).toThrow("g() takes from 1 to 2 positional arguments but 3 were given");
});
