import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";
import { nn } from "../../lib/index.js";
import { PackedSequence, pack_sequence, pad_packed_sequence } from "../../lib/nn/utils/rnn.js";

// Fields get types that can be named, also in the declarations of somebody else's package.
export class Net extends nn.Module {
  conv = nn.Conv2d(1, 4, 3, { padding: 1 });
  conv_transpose = new nn.ConvTranspose2d(1, 4, [3, 3], 1, { bias: false });
  bn = nn.BatchNorm2d(4, { bias: false, momentum: null });
  embedding = nn.Embedding.from_pretrained(torch.ones(2, 2), { freeze: false });
  bag: nn.EmbeddingBag = nn.EmbeddingBag(2, 3);
  norm = nn.LayerNorm([2, 3]);
  identity = nn.Identity(1, { anything: 2 });
  lazy = nn.LazyConv2d(3, 2);

  override forward(x: torch.Tensor): torch.Tensor {
    this.conv_transpose(x, { output_size: [3, 4] });
    this.bag(x, x, { per_sample_weights: null });
    this.embedding({ input: x });
    return this.identity(this.bn(this.conv(x)));
  }
}

expectTypeOf(nn.Linear(2, 3)).toEqualTypeOf<nn.Linear>();
expectTypeOf(nn.Linear(2, 3).bias).toEqualTypeOf<nn.Parameter | null>();
expectTypeOf(nn.Linear(2, 3)(torch.ones(2))).toEqualTypeOf<torch.Tensor>();

export const packed = pack_sequence([torch.ones(2)], { enforce_sorted: false });
export const again: PackedSequence = new PackedSequence(packed.data, packed.batch_sizes, { sorted_indices: null });
expectTypeOf(pad_packed_sequence(packed)).toEqualTypeOf<[torch.Tensor, torch.Tensor]>();

nn.init.kaiming_uniform_(torch.empty(2, 3), { mode: "fan_out", nonlinearity: "relu" });

// @ts-expect-error no such keyword
nn.Linear(2, 3, { foo: 1 });
// @ts-expect-error out_features is missing
nn.Linear(2);
// @ts-expect-error no such mode
nn.init.kaiming_uniform_(torch.empty(2, 3), { mode: "fan" });
// @ts-expect-error bias is taken by keyword alone
nn.BatchNorm1d(1, 1e-5, 0.1, true, true, null, null, false);

// What parametrizes or prunes a module returns it, with its type.
const { parametrizations, parametrize, prune } = nn.utils;
expectTypeOf(parametrizations.weight_norm(nn.Linear(2, 3), { dim: null })).toEqualTypeOf<nn.Linear>();
expectTypeOf(parametrizations.weight_norm(nn.Linear(2, 3), "weight", 0)).toEqualTypeOf<nn.Linear>();
expectTypeOf(parametrizations.orthogonal(nn.Linear(2, 2)).weight).toEqualTypeOf<nn.Parameter>();
expectTypeOf(parametrize.remove_parametrizations(nn.Conv1d(1, 1, 1), "weight")).toEqualTypeOf<nn.Conv1d>();
expectTypeOf(
  parametrize.register_parametrization(nn.Linear(2, 2), "weight", nn.ReLU(), { unsafe: true }),
).toEqualTypeOf<nn.Linear>();
expectTypeOf(prune.l1_unstructured(nn.Linear(2, 3), "weight", { amount: 3 })).toEqualTypeOf<nn.Linear>();
expectTypeOf(prune.remove({ module: nn.Linear(2, 3), name: "weight" })).toEqualTypeOf<nn.Module>();
// @ts-expect-error There is no such keyword.
prune.l1_unstructured(nn.Linear(2, 3), "weight", { amont: 3 });
