import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { expect, test } from "vitest";
import { f32, thrown } from "./helpers/values.js";

const matrix = (modulus: number) =>
  torch
    .arange(16 * 32)
    .reshape(16, 32)
    .remainder(modulus)
    .sub(Math.floor(modulus / 2))
    .float()
    .to(torch.float8_e4m3fn);

test("scaled_mm", () => {
  const [a, b] = [matrix(7), matrix(5).t()];
  const { TensorWise } = F.ScalingType;
  const product = F.scaled_mm(a, b, f32(2), TensorWise, f32(0.5), TensorWise);
  expect(product.dtype).toBe(torch.bfloat16);
  expect(product[0]["0:3"].tolist()).toEqual([-8, 5, -2]);
  const output_dtype = torch.float32;
  const wide = F.scaled_mm(a, b, [f32(2)], [TensorWise], [f32(0.5)], [TensorWise], { output_dtype });
  expect(wide.dtype).toBe(torch.float32);
  expect(wide.sum().item()).toBe(-7);
});

test("grouped_mm", () => {
  const [a, b] = [torch.ones(2, 4, 16, { dtype: torch.bfloat16 }), torch.ones(2, 16, 8, { dtype: torch.bfloat16 })];
  expect([...F.grouped_mm(a, b).shape]).toEqual([2, 4, 8]);
  // @ts-expect-error: offs goes by keyword alone
  expect(thrown(() => F.grouped_mm(a, b, null))).toBe(
    "TypeError: grouped_mm() takes 2 positional arguments but 3 were given",
  );
});

test("the values of the recipes", () => {
  expect(F.ScalingType.BlockWise128x128).toBe(5);
  expect(F.SwizzleType.SWIZZLE_32_4_4).toBe(1);
});
