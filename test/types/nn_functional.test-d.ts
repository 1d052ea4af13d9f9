import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";
import * as F from "../../lib/nn/functional.js";

const x = torch.randn(2, 3, 8, 8);
const target = torch.tensor([0, 1]);

expectTypeOf(F.relu(x, { inplace: true })).toEqualTypeOf<torch.Tensor>();
expectTypeOf(F.gelu(x, { approximate: "tanh" })).toEqualTypeOf<torch.Tensor>();
expectTypeOf(F.cross_entropy(x, target, { ignore_index: 0, reduction: "none" })).toEqualTypeOf<torch.Tensor>();
F.pad(x, [1, 1], { mode: "reflect" });
F.dropout(x, 0.5, { training: false });
F.interpolate(x, { scale_factor: [2, 2], mode: "bilinear", align_corners: false });
F.conv2d(x, x, null, { padding: "same" });
F.max_pool2d(x, 2, { ceil_mode: true });
F.layer_norm(x, [8, 8]);
F.scaled_dot_product_attention(x, x, x, { is_causal: true });
F.one_hot(target, { num_classes: 3 });

// @ts-expect-error misspelt
F.relu(x, { in_place: true });
// @ts-expect-error misspelt
F.cross_entropy(x, target, { ignore: 0 });
// @ts-expect-error no such reduction
F.mse_loss(x, x, { reduction: "average" });
// @ts-expect-error the target is missing
F.nll_loss(x);
// @ts-expect-error text is no probability
F.dropout(x, "0.5");
