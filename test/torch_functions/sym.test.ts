import * as torch from "tstorch";
import { expect, test } from "vitest";

const { float, repr } = torch.py;

test("numbers as Python has them", () => {
  expect(repr(torch.sym_max(1, float(2)))).toBe("2.0");
  expect(repr(torch.sym_max(3, 2))).toBe("3");
  expect(repr(torch.sym_min(3, 2))).toBe("2");
  expect(torch.sym_int(2.7)).toBe(2);
  expect(repr(torch.sym_float(3))).toBe("3.0");
  expect(repr(torch.sym_sqrt(4))).toBe("2.0");
  expect(torch.sym_sum([1, 2])).toBe(3);
  expect(torch.sym_sum(1, 2)).toBe(3);
  expect(torch.sym_not(0)).toBe(true);
  expect(torch.sym_ite(true, 1, 2)).toBe(1);
  expect(torch.sym_fresh_size(3)).toBe(3);
});

test("errors", () => {
  expect(() => torch.sym_ite(true, 1, float(2))).toThrow(
    new torch.AssertionError("type mismatch: <class 'int'> vs <class 'float'>"),
  );
  expect(() => torch.sym_max(1, "a" as never)).toThrow(torch.AssertionError);
});
