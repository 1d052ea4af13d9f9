import * as torch from "tstorch";
import { describe, expect, test } from "vitest";
import { replay } from "../recordings/replay.js";

describe("torch.foreach, as Python gave it", () => replay("foreach"));

test("in-place functions return the very list", () => {
  const list = [torch.ones(2)];
  expect(torch.foreach.add_(list, 1)).toBe(list);
  expect(torch.foreach.neg_(list)).toBe(list);
  expect(list[0].tolist()).toEqual([-2, -2]);
});
