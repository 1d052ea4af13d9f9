import * as torch from "tstorch";
import { nn } from "tstorch";
import { describe, expect, test } from "vitest";
import { expectClose } from "../functional/helpers/values.js";

test.each([
  [nn.Upsample({ scale_factor: 2 }), "Upsample(scale_factor=2.0, mode='nearest')"],
  [nn.Upsample({ scale_factor: [2, 1.5], mode: "bilinear" }), "Upsample(scale_factor=(2.0, 1.5), mode='bilinear')"],
  [nn.Upsample([3, 3]), "Upsample(size=(3, 3), mode='nearest')"],
  [nn.Upsample(4, { mode: "linear" }), "Upsample(size=4, mode='linear')"],
  [nn.UpsamplingNearest2d({ scale_factor: 2 }), "UpsamplingNearest2d(scale_factor=2.0, mode='nearest')"],
  [nn.UpsamplingBilinear2d({ size: 4 }), "UpsamplingBilinear2d(size=4, mode='bilinear')"],
])("%s prints", (m, expected) => {
  expect(String(m)).toBe(expected);
});

describe("upsampling", () => {
  const x = torch.arange(4).view(1, 1, 2, 2).float();

  test("nearest", () => {
    expectClose(nn.Upsample({ scale_factor: 2 })(x)[0][0][0], [0, 0, 1, 1]);
    expect(nn.UpsamplingNearest2d(2).name).toBe("UpsamplingNearest2d");
  });

  test("bilinear, with aligned corners", () => {
    expectClose(nn.UpsamplingBilinear2d({ scale_factor: 2 })(x)[0][0][0], [0, 0.33333, 0.66667, 1], 1e-4);
  });
});
