import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";
import {
  type CustomOpDef,
  custom_op,
  define,
  impl,
  Library,
  register_autograd,
  register_fake,
} from "../../lib/library.js";

const library = new Library("types", "DEF");
expectTypeOf(library.define("twice(Tensor x) -> Tensor")).toEqualTypeOf<string>();
library.impl("twice", (x: torch.Tensor) => x.mul(2), "CPU");
library.impl("twice", (x: torch.Tensor) => x.mul(2));

const twice = custom_op("types::twice2", (x: torch.Tensor) => x.mul(2), {
  mutates_args: [],
  device_types: ["cpu", "cuda"],
  schema: "(Tensor x) -> Tensor",
});
expectTypeOf(twice).toEqualTypeOf<CustomOpDef>();
twice.register_fake((x: torch.Tensor) => torch.empty_like(x));
twice.register_autograd((_ctx, grad: torch.Tensor) => grad.mul(2), {
  setup_context: (ctx) => void ctx.needs_input_grad,
});
twice.register_autocast("cpu", torch.bfloat16);

define("types::thrice", "(Tensor x) -> Tensor", { lib: library });
impl("types::thrice", ["cpu"], (x: torch.Tensor) => x.mul(3));
register_fake("types::thrice", (x: torch.Tensor) => torch.empty_like(x), { allow_override: true });
register_autograd(twice, (_ctx, grad: torch.Tensor) => grad, { setup_context: null });
expectTypeOf(torch.ops.aten.add.Tensor).toExtend<(...args: never[]) => unknown>();

// @ts-expect-error no such kind
new Library("types", "DEFINE");
// @ts-expect-error misspelt
custom_op("types::a", (x: torch.Tensor) => x, { mutate_args: [] });
// @ts-expect-error the backward formula is missing
register_autograd("types::thrice");
// @ts-expect-error a schema is text
define("types::b", 3);
// @ts-expect-error no dtype
twice.register_autocast("cpu", "bfloat16");
