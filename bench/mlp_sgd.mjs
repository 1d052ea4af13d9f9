// A step of a tiny MLP with SGD.
import * as torch from "tstorch";
import { nn } from "tstorch";
import { train } from "./measure.mjs";

torch.manual_seed(0);
const model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3));
const optimizer = torch.optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
const x = torch.randn(16, 4);
const target = torch.randint(3, [16]);

await train(() => {
  optimizer.zero_grad();
  const loss = nn.functional.cross_entropy(model(x), target);
  loss.backward();
  optimizer.step();
  return loss.item();
});
