import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const x = torch.randn(2, 3);

const best = x.max(1);
expectTypeOf(best.values).toEqualTypeOf<torch.Tensor>();
expectTypeOf(best.indices).toEqualTypeOf<torch.Tensor>();
expectTypeOf(best[0]).toEqualTypeOf<torch.Tensor>();
expectTypeOf(best.length).toEqualTypeOf<2>();

const [values, indices] = torch.topk(x, 2, { largest: false });
expectTypeOf(values).toEqualTypeOf<torch.Tensor>();
expectTypeOf(indices).toEqualTypeOf<torch.Tensor>();

const { U, S, Vh } = torch.linalg.svd(x, { full_matrices: false });
expectTypeOf([U, S, Vh]).toEqualTypeOf<torch.Tensor[]>();

const { hist, bin_edges } = torch.histogramdd(x, [2, 3]);
expectTypeOf(hist).toEqualTypeOf<torch.Tensor>();
expectTypeOf(bin_edges).toEqualTypeOf<torch.Tensor[]>();

// The overload decides.
expectTypeOf(x.max()).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.max(x)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.std_mean(x)).toEqualTypeOf<[torch.Tensor, torch.Tensor]>();

x.sort({ descending: true }).indices;
x.sort(1, true).values;
x.sort({ stable: true, dim: 1 }).values;
torch.max(x, 1, { out: [values, indices] });

// @ts-expect-error no such field
best.value;
// @ts-expect-error one tensor is not two
torch.max(x, 1, { out: values });
// @ts-expect-error there are two
best[2];
