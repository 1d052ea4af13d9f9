import * as torch from "tstorch";
import { nn } from "tstorch";
import { expect, test } from "vitest";
import { expectClose } from "../functional/helpers/values.js";

test("PixelShuffle and PixelUnshuffle undo each other", () => {
  const x = torch.arange(8).view(1, 4, 1, 2);
  const shuffled = nn.PixelShuffle(2)(x);
  expectClose(shuffled[0][0], [
    [0, 2, 1, 3],
    [4, 6, 5, 7],
  ]);
  expect(nn.PixelUnshuffle({ downscale_factor: 2 })(shuffled).equal(x)).toBe(true);
});

test("print", () => {
  expect(String(nn.PixelShuffle(2))).toBe("PixelShuffle(upscale_factor=2)");
  expect(String(nn.PixelUnshuffle(2))).toBe("PixelUnshuffle(downscale_factor=2)");
});
