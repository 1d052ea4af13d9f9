// The training loops: train() and eval() with BatchNorm and Dropout, the zero_grad/backward/step template, and gradient
// accumulation, over a DataLoader, on data the script makes. The Python twin: training.py
import * as torch from "tstorch";
import { nn } from "tstorch";
import { enumerate, len, print } from "tstorch/python";
import { DataLoader, TensorDataset } from "tstorch/utils/data";

torch.manual_seed(0);
const cuda = torch.cuda.is_available();
const images = torch.randn(96, 1, 8, 8);
const targets = images
  .mean({ dim: [1, 2, 3] })
  .gt(0)
  .long();
const train_loader = DataLoader(TensorDataset(images, targets), { batch_size: 8, shuffle: true });

class Net extends nn.Module {
  conv = nn.Conv2d(1, 4, 3, { padding: 1 });
  bn = nn.BatchNorm2d(4);
  dropout = nn.Dropout(0.25);
  fc = nn.Linear(4 * 8 * 8, 1);

  override forward(x: torch.Tensor): torch.Tensor {
    x = torch.relu(this.bn(this.conv(x)));
    x = this.dropout(x.flatten(1));
    return this.fc(x).squeeze(1);
  }
}

const model = cuda ? new Net().cuda() : new Net();
print(model);
const criterion = nn.BCEWithLogitsLoss();
const optimizer = torch.optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });

// one update a batch
model.train();
for (let epoch = 0; epoch < 4; epoch++) {
  let total = 0.0;
  for (let [images, target] of train_loader) {
    // 1. input output
    images = cuda ? images.cuda({ non_blocking: true }) : images;
    target = torch.from_numpy(target.numpy()).float();
    target = cuda ? target.cuda({ non_blocking: true }) : target;
    const outputs = model(images);
    const loss = criterion(outputs, target);
    // 2. backward
    optimizer.zero_grad(); // reset gradient
    loss.backward();
    optimizer.step();
    total += loss.item();
  }
  print(`epoch ${epoch} loss ${(total / len(train_loader)).toFixed(6)}`);
}

// gradient accumulation: an update every `accumulation_steps` batches
const accumulation_steps = 4;
for (let [i, [images, target]] of enumerate(train_loader)) {
  images = cuda ? images.cuda({ non_blocking: true }) : images;
  target = torch.from_numpy(target.numpy()).float();
  target = cuda ? target.cuda({ non_blocking: true }) : target;
  const outputs = model(images);
  let loss = criterion(outputs, target);
  // 2.1 loss regularization
  loss = loss.div(accumulation_steps);
  // 2.2 back propagation
  loss.backward();
  // 3. update parameters of net
  if ((i + 1) % accumulation_steps === 0) {
    optimizer.step(); // update parameters of net
    optimizer.zero_grad(); // reset gradient
    print(`batch ${i} loss ${loss.item().toFixed(6)}`);
  }
}

// eval() uses the running statistics and no dropout: the same input gives the same output
model.eval();
let x = torch.randn(3, 1, 8, 8);
x = cuda ? x.cuda() : x;
torch.no_grad(() => {
  print("eval", model(x), model(x).eq(model(x)).all());
});
model.train();
print("train", model(x).eq(model(x)).all());
print("running mean", model.bn.running_mean);
