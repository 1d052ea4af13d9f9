import * as torch from "tstorch";
import { nn } from "tstorch";
import { expect, test } from "vitest";
import { expectClose } from "../functional/helpers/values.js";

test("Fold", () => {
  expect(String(nn.Fold([4, 4], 2))).toBe("Fold(output_size=(4, 4), kernel_size=2, dilation=1, padding=0, stride=1)");
  const output = nn.Fold([3, 3], { kernel_size: 2 })(torch.ones(1, 4, 4));
  expectClose(output[0][0], [
    [1, 2, 1],
    [2, 4, 2],
    [1, 2, 1],
  ]);
});

test("Unfold", () => {
  const m = nn.Unfold([2, 2], { stride: 2 });
  expect(String(m)).toBe("Unfold(kernel_size=(2, 2), dilation=1, padding=0, stride=2)");
  expectClose(m(torch.arange(16).view(1, 1, 4, 4).float())[0], [
    [0, 2, 8, 10],
    [1, 3, 9, 11],
    [4, 6, 12, 14],
    [5, 7, 13, 15],
  ]);
});
