import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";
import { masked } from "../../lib/index.js";

const data = torch.ones(2, 3);
const mask = data.gt(0);
const x = masked.masked_tensor(data, mask, { requires_grad: true });
expectTypeOf(x).toExtend<torch.Tensor>();
expectTypeOf(x.get_mask()).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.get_data()).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.to_tensor(0)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(masked.as_masked_tensor(data, mask)).toEqualTypeOf<typeof x>();
expectTypeOf(masked.is_masked_tensor(x)).toEqualTypeOf<boolean>();

expectTypeOf(masked.sum(data, 1, { mask, keepdim: true })).toEqualTypeOf<torch.Tensor>();
expectTypeOf(masked.mean(data, [0, 1], { mask, dtype: torch.float64 })).toEqualTypeOf<torch.Tensor>();
masked.softmax(data, 1, { mask });
masked.var(data, { dim: 0, unbiased: false, mask });
masked.norm(data, 2, { mask });
masked.norm(data, Infinity, 0);
masked.logaddexp(data, data, { input_mask: mask, other_mask: mask });

// @ts-expect-error the mask is missing
masked.masked_tensor(data);
// @ts-expect-error a mask is a tensor
masked.masked_tensor(data, true);
// @ts-expect-error misspelt
masked.sum(data, 1, { masks: mask });
// @ts-expect-error a dimension is needed
masked.softmax(data);
// @ts-expect-error by keyword alone
masked.sum(data, 1, true);
