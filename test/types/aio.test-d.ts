import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const x = torch.randn(3, 3);
const { signal } = new AbortController();

expectTypeOf(torch.aio.matmul(x, x)).resolves.toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.aio.sum(x, { dim: 0, keepdim: true, signal })).resolves.toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.aio.relu(x, { signal })).resolves.toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.aio.item(x)).resolves.toEqualTypeOf<number>();
expectTypeOf(torch.aio.backward(x)).resolves.toEqualTypeOf<void>();
expectTypeOf(torch.aio.nn.functional.cross_entropy(x, x, { reduction: "sum" })).resolves.toEqualTypeOf<torch.Tensor>();
expectTypeOf((await torch.aio.linalg.svd(x)).S).toEqualTypeOf<torch.Tensor>();

// @ts-expect-error no tensor
torch.aio.matmul("x", x);
// @ts-expect-error no such keyword
torch.aio.sum(x, { dims: 0 });

expectTypeOf(torch.aio.add(x, 1, { alpha: 2 })).resolves.toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.aio.max(x, 1)).resolves.toExtend<{ values: torch.Tensor; indices: torch.Tensor }>();
expectTypeOf(torch.aio.tolist(x)).resolves.toBeAny();
expectTypeOf(torch.aio.einsum("ij,jk->ik", x, x)).resolves.toEqualTypeOf<torch.Tensor>();
torch.aio.load("m.pt", { map_location: "cpu", signal });
torch.aio.save({ x }, "m.pt", { signal });
// @ts-expect-error no signal
torch.aio.relu(x, { signal: "now" });
// @ts-expect-error a number is no file
torch.aio.load(3);
