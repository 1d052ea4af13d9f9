// Gradient accumulation as in examples/seed/training.ts: a step is four batches and an update.
import * as torch from "tstorch";
import { nn } from "tstorch";
import { enumerate } from "tstorch/python";
import { DataLoader, TensorDataset } from "tstorch/utils/data";
import { train } from "./measure.mjs";

torch.manual_seed(0);
const dataset = TensorDataset(torch.randn(32, 8), torch.randn(32).gt(0).long());
const train_loader = DataLoader(dataset, { batch_size: 8, shuffle: true });
const model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.25), nn.Linear(32, 1));
const criterion = nn.BCEWithLogitsLoss();
const optimizer = torch.optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
const accumulation_steps = 4;

await train(() => {
  let loss;
  for (let [i, [features, target]] of enumerate(train_loader)) {
    target = torch.from_numpy(target.numpy()).float();
    const outputs = model(features).squeeze(1);
    loss = criterion(outputs, target).div(accumulation_steps);
    loss.backward();
    if ((i + 1) % accumulation_steps === 0) {
      optimizer.step();
      optimizer.zero_grad();
    }
  }
  return loss.item();
});
