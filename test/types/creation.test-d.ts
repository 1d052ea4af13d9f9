import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const shape = [2, 3];
declare const generator: torch.Generator;

expectTypeOf(torch.zeros(2, 3)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.zeros([2, 3])).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.zeros(2, 3, { dtype: torch.float64, requires_grad: true })).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.zeros(...shape)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.zeros(...shape, { device: "cpu" })).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.zeros({ size: shape })).toEqualTypeOf<torch.Tensor>();

torch.arange(5);
torch.arange(0, 5);
torch.arange(0, 1, 0.25, { dtype: torch.float32 });
torch.linspace(0, 1, 5);
torch.linspace(0, 1, { steps: 5 });
torch.full([2, 3], 1.5);
torch.full([2, 3], { fill_value: true });
torch.eye(3);
torch.eye(3, 4);
torch.randn(2, 3, { generator });
torch.randn(2, 3, { generator: null });
torch.randint(10, [2, 3]);
torch.randint(0, 10, [2, 3], { dtype: torch.int32 });
torch.normal(0, 1, [2, 3]);
torch.zeros_like(torch.ones(2), { dtype: torch.int64 });
torch.ones(2).new_zeros(2, 3);
torch.ones(2).new_full([2, 3], 0, { device: new torch.device("cpu") });

// @ts-expect-error a dtype is not its name
torch.zeros(2, 3, { dtype: "float32" });
// @ts-expect-error no such keyword
torch.zeros(2, 3, { type: torch.float32 });
// @ts-expect-error a size holds numbers
torch.zeros("2", 3);
// @ts-expect-error fill_value is missing
torch.full([2, 3]);
// @ts-expect-error a tensor is not keyword arguments
torch.zeros_like(torch.ones(2), torch.ones(2));
