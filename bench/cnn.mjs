// A step of a small CNN with BatchNorm.
import * as torch from "tstorch";
import { nn } from "tstorch";
import { train } from "./measure.mjs";

const block = (from, to) => [
  nn.Conv2d(from, to, 3, { padding: 1, bias: false }),
  nn.BatchNorm2d(to),
  nn.ReLU(),
  nn.MaxPool2d(2),
];

torch.manual_seed(0);
const model = nn.Sequential(...block(1, 8), ...block(8, 16), nn.Flatten(), nn.Linear(16 * 4 * 4, 10));
const optimizer = torch.optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
const images = torch.randn(8, 1, 16, 16);
const target = torch.randint(10, [8]);

await train(() => {
  optimizer.zero_grad();
  const loss = nn.functional.cross_entropy(model(images), target);
  loss.backward();
  optimizer.step();
  return loss.item();
});
