import { expectTypeOf } from "vitest";
import type { FunctionCtx } from "../../lib/autograd/function.js";
import * as torch from "../../lib/index.js";

const x = torch.ones(2, { requires_grad: true });

class Scale extends torch.autograd.Function {
  static override forward(ctx: FunctionCtx, input: torch.Tensor, by: number): torch.Tensor {
    ctx.save_for_backward(input);
    ctx.by = by;
    return input.mul(by);
  }
  static override backward(ctx: FunctionCtx, grad: torch.Tensor): (torch.Tensor | null)[] {
    expectTypeOf(ctx.saved_tensors).toEqualTypeOf<torch.Tensor[]>();
    expectTypeOf(ctx.needs_input_grad).toEqualTypeOf<boolean[]>();
    return [grad.mul(ctx.by), null];
  }
}
export const scaled: torch.Tensor = Scale.apply(x, 2);

expectTypeOf(x.grad).toEqualTypeOf<torch.Tensor | null>();
expectTypeOf(x.backward({ retain_graph: true, inputs: [x] })).toEqualTypeOf<void>();
torch.autograd.grad(x.sum(), [x], { create_graph: true, allow_unused: true });
x.register_hook((grad) => grad.mul(2)).remove();
torch.autograd.functional.jacobian((t: torch.Tensor) => t.mul(2), x, { create_graph: true });

// Modes: what the function returns, a promise too; or something to dispose.
expectTypeOf(torch.no_grad(() => 1)).toEqualTypeOf<number>();
expectTypeOf(torch.no_grad(async () => "a")).toEqualTypeOf<Promise<string>>();
expectTypeOf(torch.set_grad_enabled(false, () => x)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.autocast("cpu", { dtype: torch.bfloat16 }, () => x)).toEqualTypeOf<torch.Tensor>();
{
  using _ = torch.inference_mode();
  using mode = torch.autocast("cpu");
  expectTypeOf(mode).toExtend<Disposable>();
}

// @ts-expect-error misspelt
x.backward({ retain: true });
// @ts-expect-error no tensor
torch.autograd.grad(1, [x]);
// @ts-expect-error misspelt
torch.autocast("cpu", { type: torch.bfloat16 });
