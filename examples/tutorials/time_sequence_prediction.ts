// Predicting sine waves with two LSTMCells, in float64, trained by LBFGS with a closure; the network continues the waves
// by feeding on its own output. The Python twin: time_sequence_prediction.py
import * as torch from "tstorch";
import { nn, optim } from "tstorch";
import { print } from "tstorch/python";

torch.manual_seed(8);

const [T, L, N] = [20, 60, 12];
const x = torch.arange(L, { dtype: torch.float64 }).add(torch.randint(-4 * T, 4 * T, [N, 1]));
const data = torch.sin(x.div(T));

class Sequence extends nn.Module {
  lstm1 = nn.LSTMCell(1, 20);
  lstm2 = nn.LSTMCell(20, 20);
  linear = nn.Linear(20, 1);

  override forward(input: torch.Tensor, { future = 0 } = {}): torch.Tensor {
    const outputs: torch.Tensor[] = [];
    let output!: torch.Tensor;
    let h_t = torch.zeros(input.size(0), 20, { dtype: torch.double });
    let c_t = torch.zeros(input.size(0), 20, { dtype: torch.double });
    let h_t2 = torch.zeros(input.size(0), 20, { dtype: torch.double });
    let c_t2 = torch.zeros(input.size(0), 20, { dtype: torch.double });
    for (const input_t of input.split(1, { dim: 1 })) {
      [h_t, c_t] = this.lstm1(input_t, [h_t, c_t]);
      [h_t2, c_t2] = this.lstm2(h_t, [h_t2, c_t2]);
      output = this.linear(h_t2);
      outputs.push(output);
    }
    for (let i = 0; i < future; i++) {
      [h_t, c_t] = this.lstm1(output, [h_t, c_t]);
      [h_t2, c_t2] = this.lstm2(h_t, [h_t2, c_t2]);
      output = this.linear(h_t2);
      outputs.push(output);
    }
    return torch.cat(outputs, { dim: 1 });
  }
}

const input = data["3:, :-1"];
const target = data["3:, 1:"];
const test_input = data[":3, :-1"];
const test_target = data[":3, 1:"];
const seq = new Sequence();
seq.double();
const criterion = nn.MSELoss();
const optimizer = optim.LBFGS(seq.parameters(), { lr: 0.8, max_iter: 6 });

function closure(): torch.Tensor {
  optimizer.zero_grad();
  const out = seq(input);
  const loss = criterion(out, target);
  loss.backward();
  return loss;
}

let pred!: torch.Tensor;
for (let step = 0; step < 4; step++) {
  const loss = optimizer.step(closure);
  const test_loss = torch.no_grad(() => {
    const future = 20;
    pred = seq(test_input, { future });
    return criterion(pred.index(":", `:${-future}`), test_target);
  });
  print(`step ${step} loss ${loss.item().toFixed(4)} test loss ${test_loss.item().toFixed(4)}`);
}
print(pred.shape, pred.dtype);
