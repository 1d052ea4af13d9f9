import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const { Independent, kl_divergence, MixtureSameFamily, Normal, register_kl } = torch.distributions;

const normal = Normal(0, { scale: torch.ones(2) });
expectTypeOf(normal.loc).toEqualTypeOf<torch.Tensor>();
expectTypeOf(normal.sample({ sample_shape: [2] })).toEqualTypeOf<torch.Tensor>();
expectTypeOf(normal.expand([3, 2])).toEqualTypeOf(normal);
expectTypeOf(kl_divergence(normal, normal)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(Independent(normal, 1).base_dist.batch_shape).toEqualTypeOf<torch.Size>();
register_kl(Normal, Normal)((p, q) => p.loc.sub(q.scale));

// @ts-expect-error: scale is missing
Normal(0);
// @ts-expect-error: there is no such parameter
Normal({ loc: 0, std: 1 });
// @ts-expect-error: the mixture is a Categorical
MixtureSameFamily(normal, normal);
