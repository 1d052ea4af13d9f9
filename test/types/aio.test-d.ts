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
