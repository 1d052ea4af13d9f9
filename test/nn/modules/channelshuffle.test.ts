import * as torch from "tstorch";
import { nn } from "tstorch";
import { expect, test } from "vitest";

test("ChannelShuffle", () => {
  const m = nn.ChannelShuffle(2);
  expect(String(m)).toBe("ChannelShuffle(groups=2)");
  expect(
    m(torch.arange(4).view(1, 4, 1, 1))
      .flatten()
      .tolist(),
  ).toEqual([0, 2, 1, 3]);
});
