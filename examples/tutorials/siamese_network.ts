// A siamese network: two images go through the same convolutions, and a head tells whether they show the same shape. The
// shapes are drawn by the script, with noise. The Python twin: siamese_network.py
import * as torch from "tstorch";
import { nn, optim } from "tstorch";
import { StepLR } from "tstorch/optim/lr_scheduler";
import { float, isinstance, len, print, slice } from "tstorch/python";
import { DataLoader, Dataset } from "tstorch/utils/data";

torch.manual_seed(10);

const [SIZE, SHAPES] = [10, 3];

function draw(shape: number): torch.Tensor {
  const image = torch.zeros(SIZE, SIZE);
  const [row, column] = torch.randint(1, SIZE - 5, [2]).tolist();
  if (shape === 0) {
    // a square's outline
    image.index_put_([slice(row, row + 5), slice(column, column + 5)], 1);
    image.index_put_([slice(row + 1, row + 4), slice(column + 1, column + 4)], 0);
  } else if (shape === 1) {
    // a cross
    image.index_put_([row + 2, slice(column, column + 5)], 1);
    image.index_put_([slice(row, row + 5), column + 2], 1);
  } else {
    // a diagonal
    for (let i = 0; i < 5; i++) {
      image.index_put_([row + i, column + i], 1);
    }
  }
  return image.add(torch.randn(SIZE, SIZE).mul(0.1)).unsqueeze(0);
}

type Pair = [torch.Tensor, torch.Tensor, torch.Tensor];

class PairDataset extends Dataset<Pair> {
  pairs: Pair[] = [];

  constructor(size: number) {
    super();
    for (let i = 0; i < size; i++) {
      const first = torch.randint(SHAPES, [1]).item();
      const second = i % 2 === 0 ? first : (first + torch.randint(1, SHAPES, [1]).item()) % SHAPES;
      this.pairs.push([draw(first), draw(second), torch.tensor(float(first === second))]);
    }
  }

  override __len__(): number {
    return len(this.pairs);
  }

  override __getitem__(index: number): Pair {
    return this.pairs[index];
  }
}

class SiameseNetwork extends nn.Module {
  features = nn.Sequential(
    nn.Conv2d(1, 8, 3),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.Conv2d(8, 16, 3),
    nn.ReLU(),
    nn.AdaptiveMaxPool2d(2),
    nn.Flatten(),
  );
  fc = nn.Sequential(nn.Linear(2 * 64, 32), nn.ReLU({ inplace: true }), nn.Linear(32, 1));
  sigmoid = nn.Sigmoid();

  constructor() {
    super();
    this.fc.apply(this.init_weights);
  }

  init_weights(m: nn.Module): void {
    if (isinstance(m, nn.Linear)) {
      torch.nn.init.xavier_uniform_(m.weight);
      (m.bias as torch.Tensor).data.fill_(0.01);
    }
  }

  forward_once(x: torch.Tensor): torch.Tensor {
    return this.features(x);
  }

  override forward(input1: torch.Tensor, input2: torch.Tensor): torch.Tensor {
    const output1 = this.forward_once(input1);
    const output2 = this.forward_once(input2);
    const output = torch.cat([output1, output2], 1);
    return this.sigmoid(this.fc(output));
  }
}

const model = new SiameseNetwork();
const train_loader = DataLoader(new PairDataset(256), { batch_size: 32, shuffle: true });
const test_loader = DataLoader(new PairDataset(128), { batch_size: 64 });
const optimizer = optim.Adadelta(model.parameters(), { lr: 1.0 });
const scheduler = StepLR(optimizer, { step_size: 2, gamma: 0.7 });
const criterion = nn.BCELoss();

for (let epoch = 1; epoch <= 6; epoch++) {
  model.train();
  for (const [images_1, images_2, targets] of train_loader) {
    optimizer.zero_grad();
    const outputs = model(images_1, images_2).squeeze();
    const loss = criterion(outputs, targets);
    loss.backward();
    optimizer.step();
  }
  model.eval();
  let [test_loss, correct] = [0.0, 0];
  torch.no_grad(() => {
    for (const [images_1, images_2, targets] of test_loader) {
      const outputs = model(images_1, images_2).squeeze();
      test_loss += criterion(outputs, targets).item() * len(targets);
      const pred = torch.where(outputs.gt(0.5), 1, 0);
      correct += pred.eq(targets.view_as(pred)).sum().item();
    }
  });
  const size = len(test_loader.dataset);
  print(
    `epoch ${epoch} lr ${Number(scheduler.get_last_lr()[0]).toFixed(3)} test loss ${(test_loss / size).toFixed(2)} correct ${correct}/${size}`,
  );
  scheduler.step();
}
