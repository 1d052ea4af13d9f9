// What nn.Module itself takes: calls, state dicts, and going through parameters.
import * as torch from "tstorch";
import { nn } from "tstorch";
import { measure } from "./measure.mjs";

class Nested extends nn.Module {
  constructor(depth) {
    super();
    this.inner = depth > 1 ? new Nested(depth - 1) : nn.Identity();
  }

  forward(x) {
    return this.inner(x);
  }
}

torch.manual_seed(0);
const x = torch.randn(2, 2);
const nested = new Nested(19);
measure("20 nested modules", () => nested(x));

const model = nn.Sequential(...Array.from({ length: 500 }, () => nn.Linear(2, 2)));
const saved = model.state_dict();
measure("state_dict of 1,000 tensors", () => model.state_dict());
measure("load_state_dict of 1,000 tensors", () => model.load_state_dict(saved));
measure("parameters() of 1,000", () => {
  let count = 0;
  for (const _p of model.parameters()) count++;
  return count;
});
measure("named_parameters() of 1,000", () => {
  let count = 0;
  for (const _p of model.named_parameters()) count++;
  return count;
});
measure("zero_grad() of 1,000", () => model.zero_grad());
measure("train() of 501 modules", () => model.train());
