import * as torch from "tstorch";
import { nn } from "tstorch";
import { describe, expect, test } from "vitest";
import { expectClose, thrown } from "../functional/helpers/values.js";

// biome-ignore lint/suspicious/noExplicitAny: calls that TypeScript forbids
const untyped = nn as any;

describe("Flatten", () => {
  test("keeps the batch by default", () => {
    expect(String(nn.Flatten())).toBe("Flatten(start_dim=1, end_dim=-1)");
    expect(nn.Flatten()(torch.ones(2, 3, 4)).shape).toEqual([2, 12]);
    expect(nn.Flatten(0, { end_dim: 1 })(torch.ones(2, 3, 4)).shape).toEqual([6, 4]);
  });
});

describe("Unflatten", () => {
  test("makes several dimensions of one", () => {
    expect(String(nn.Unflatten(1, [2, 2]))).toBe("Unflatten(dim=1, unflattened_size=(2, 2))");
    const output = nn.Unflatten({ dim: 1, unflattened_size: [2, -1] })(torch.arange(4).view(1, 4));
    expectClose(output, [
      [
        [0, 1],
        [2, 3],
      ],
    ]);
  });

  test("errors", () => {
    expect(thrown(() => nn.Unflatten(1, [2, 1.5]))).toBe(
      "TypeError: unflattened_size must be tuple of ints, but found element of type float at pos 1",
    );
    expect(thrown(() => untyped.Unflatten(1, 4))).toBe(
      "TypeError: unflattened_size must be a tuple of ints, but found type int",
    );
  });
});
