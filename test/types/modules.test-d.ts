import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";
import { nn } from "../../lib/index.js";

type Hidden = [torch.Tensor, torch.Tensor];

class Tagger extends nn.Module {
  lstm = nn.LSTM(2, 3, { batch_first: true });
  declare seen: torch.Tensor;

  override forward(x: torch.Tensor, hidden: Hidden | null = null, { reverse = false } = {}): [torch.Tensor, Hidden] {
    return this.lstm(reverse ? x.flip(1) : x, hidden);
  }
}

// A module is called with what its forward takes, and gives what that gives.
const tagger = new Tagger();
const x = torch.ones(1, 4, 2);
expectTypeOf(tagger(x)).toEqualTypeOf<[torch.Tensor, Hidden]>();
expectTypeOf(tagger(x, null, { reverse: true })[1]).toEqualTypeOf<Hidden>();
expectTypeOf(tagger.lstm.hidden_size).toEqualTypeOf<number>();
expectTypeOf(tagger.eval()).toEqualTypeOf<Tagger>();
expectTypeOf(tagger.to(torch.float64)).toEqualTypeOf<Tagger>();
expectTypeOf([...tagger.parameters()]).toEqualTypeOf<nn.Parameter[]>();
expectTypeOf([...tagger.named_parameters()]).toEqualTypeOf<[string, nn.Parameter][]>();
expectTypeOf(tagger.requires_grad_(false)).toEqualTypeOf<Tagger>();

// @ts-expect-error a number is no tensor
tagger(1);
// @ts-expect-error the input is missing
tagger();
// @ts-expect-error misspelt
tagger(x, null, { reversed: true });
// @ts-expect-error misspelt
nn.LSTM(2, 3, { batch_fist: true });
// @ts-expect-error there are three padding modes and "same" is none
nn.Conv2d(1, 2, 3, { padding_mode: "same" });

// Containers know what they hold.
const sequential = nn.Sequential(nn.Linear(2, 3), nn.ReLU());
expectTypeOf(sequential(x)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(sequential[0]).toEqualTypeOf<nn.Linear>();
expectTypeOf(nn.Sequential(nn.Linear(2, 3), new Tagger())(x)).toEqualTypeOf<[torch.Tensor, Hidden]>();
nn.Sequential({ fc: nn.Linear(2, 3), act: nn.ReLU() })(x);

const list = nn.ModuleList([nn.Linear(2, 3), nn.Linear(3, 4)]);
expectTypeOf(list[0]).toEqualTypeOf<nn.Linear>();
for (const layer of list) expectTypeOf(layer).toEqualTypeOf<nn.Linear>();
expectTypeOf(nn.ModuleDict({ a: nn.ReLU() }).a).toEqualTypeOf<nn.ReLU>();

// Losses.
expectTypeOf(nn.CrossEntropyLoss({ label_smoothing: 0.1, reduction: "sum" })(x, x)).toEqualTypeOf<torch.Tensor>();
// @ts-expect-error no such reduction
nn.MSELoss({ reduction: "average" });

// Hooks.
tagger.register_forward_hook((module, _args, output) => {
  expectTypeOf(module).toExtend<nn.Module>();
  return output;
});
