import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const x = torch.randn(2, 3);
const y = torch.randn(2, 3);
declare const either: torch.Tensor | number;

expectTypeOf(torch.add(x, y)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.add(y, { alpha: 2 })).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.add(either)).toEqualTypeOf<torch.Tensor>();

x.mul(2).sub(1n).div(true);
x.div(y, { rounding_mode: "floor" });
x.div(2, { rounding_mode: null });
torch.sub(2, x);
torch.mul(3, x, { out: y });
torch.pow(2, x);
torch.pow(x, 2);
torch.pow(x, y);
torch.where(x.gt(0), x, 0);
torch.where(x.gt(0), 1, y);
x.clamp(0, 1);
x.clamp({ min: 0 });
x.clamp(null, 1);
x.lerp(y, 0.5);
x.lerp(y, x);
x.eq(1).logical_and(y.ne(0));
torch.bitwise_and(1, x);

// A number stands for a tensor only where PyTorch's parser says so.
// @ts-expect-error
torch.atan2(1, x);
// @ts-expect-error
torch.maximum(x, 1);
// @ts-expect-error a string is no number
x.add("1");
// @ts-expect-error no such method
x.mull(2);
// @ts-expect-error no such keyword
x.add(y, { beta: 2 });

// In-place methods return what they were called on.
declare const parameter: torch.Tensor & { readonly own: true };
expectTypeOf(parameter.add_(1)).toEqualTypeOf<typeof parameter>();
expectTypeOf(parameter.zero_().clamp_({ min: 0 })).toEqualTypeOf<typeof parameter>();
expectTypeOf(parameter.add(1)).toEqualTypeOf<torch.Tensor>();

expectTypeOf(torch._foreach_add([x, y], 1)).toEqualTypeOf<torch.Tensor[]>();
expectTypeOf(torch._foreach_add_([x, y], [x, y], { alpha: 2 })).toEqualTypeOf<torch.Tensor[]>();
