import * as torch from "tstorch";
import * as linalg from "tstorch/linalg";
import { expect, test } from "vitest";

test("the module is torch.linalg", () => {
  expect({ ...torch.linalg }).toEqual({ ...linalg });
  expect(linalg.det(torch.eye(2)).item()).toBe(1);
});

test("LinAlgError", () => {
  expect(() => linalg.inv(torch.zeros(2, 2))).toThrow(linalg.LinAlgError);
  expect(() => linalg.cholesky(torch.eye(2).neg())).toThrow(
    "linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the leading minor of order 1 is not positive-definite).",
  );
});
