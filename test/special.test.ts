import * as torch from "tstorch";
import * as special from "tstorch/special";
import { expect, test } from "vitest";

test("the module is torch.special", () => {
  expect({ ...torch.special }).toEqual({ ...special });
  expect(special.expit(torch.tensor(0)).item()).toBe(0.5);
});
