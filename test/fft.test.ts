import * as torch from "tstorch";
import * as fft from "tstorch/fft";
import { expect, test } from "vitest";

test("the module is torch.fft", () => {
  expect({ ...torch.fft }).toEqual({ ...fft });
  expect(fft.fftfreq(4).tolist()).toEqual([0, 0.25, -0.5, -0.25]);
});
