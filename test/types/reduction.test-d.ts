import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const x = torch.randn(2, 3);

expectTypeOf(torch.sum(x)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.sum(1)).toEqualTypeOf<torch.Tensor>();

x.sum([0, 1], true);
x.sum({ dim: 1, keepdim: true, dtype: torch.float64 });
x.mean();
x.mean(1, { keepdim: true });
x.mean(null);
torch.std(x, 1, true);
torch.std(x, 1, { correction: 0 });
torch.var(x, { dim: 1, correction: 2, keepdim: true });
x.argmax();
x.argmax(1);
x.prod(1, true);
x.all().logical_not();
x.any(1);
x.norm();
torch.logsumexp(x, [0, 1]);
torch.softmax(x, 1);
torch.softmax(x, { dim: 1, dtype: torch.float64 });
x.cumsum(0);
x.quantile(0.5);
x.quantile(torch.ones(2), 1, { interpolation: "nearest" });

expectTypeOf(torch.equal(x, x)).toEqualTypeOf<boolean>();
expectTypeOf(torch.allclose(x, x, 1e-5)).toEqualTypeOf<boolean>();

// @ts-expect-error keepdim needs dim
x.sum({ keepdim: true });
// @ts-expect-error dim is missing
torch.softmax(x);
// @ts-expect-error a number is not a bool
x.sum(1, 1);
// @ts-expect-error dim is given twice
x.sum(1, { dim: 1 });
// @ts-expect-error misspelt
x.sum({ dimm: 1 });
