import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const rows = [torch.ones(2, 3), torch.ones(1, 3)];
const nested = torch.nested.nested_tensor(rows, { layout: torch.jagged, requires_grad: true });
expectTypeOf(nested).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.nested.as_nested_tensor(rows, torch.float64, "cpu", torch.jagged)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.nested.to_padded_tensor(nested, 0)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(nested.unbind()).toEqualTypeOf<torch.Tensor[]>();

const jagged = torch.nested.nested_tensor_from_jagged(torch.ones(3, 2), torch.tensor([0, 1, 3]), { max_seqlen: 2 });
expectTypeOf(jagged).toExtend<torch.Tensor>();
expectTypeOf(jagged.offsets()).toEqualTypeOf<torch.Tensor>();
torch.nested.nested_tensor_from_jagged(torch.ones(3, 2), { lengths: torch.tensor([1, 2]) });
torch.nested.narrow(torch.ones(2, 3), 1, 0, torch.tensor([1, 2]), { layout: torch.jagged });
torch.nested.narrow(torch.ones(2, 3), 1, torch.tensor([0, 1]), 2);
expectTypeOf(torch.nested.masked_select(torch.ones(2), torch.ones(2).bool())).toExtend<torch.Tensor>();

// @ts-expect-error one tensor is no list
torch.nested.nested_tensor(torch.ones(2));
// @ts-expect-error by keyword alone
torch.nested.nested_tensor(rows, torch.float32);
// @ts-expect-error misspelt
torch.nested.nested_tensor(rows, { requires_gradient: true });
// @ts-expect-error a layout is no text
torch.nested.as_nested_tensor(rows, { layout: "jagged" });
// @ts-expect-error offsets are a tensor
torch.nested.nested_tensor_from_jagged(torch.ones(3, 2), [0, 1, 3]);
