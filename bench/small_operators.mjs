// Twelve operators on 2x2 float32 tensors, nanoseconds a call.
import * as torch from "tstorch";

torch.manual_seed(0);
const x = torch.randn(2, 2);
const y = torch.randn(2, 2);

const operators = {
  "torch.add(x, y)": () => torch.add(x, y),
  "x.add_(y)": () => x.add_(y),
  "x * 2": () => x.mul(2),
  "x.sum()": () => x.sum(),
  "x.sum(dim, keepdim)": () => x.sum({ dim: 1, keepdim: true }),
  "x.view(-1)": () => x.view(-1),
  "torch.zeros(2, 3)": () => torch.zeros(2, 3),
  "torch.cat([x, y])": () => torch.cat([x, y]),
  "x[0]": () => x[0],
  "x[:, 0]": () => x[":, 0"],
  "x @ y": () => x.matmul(y),
  "x.max(1)": () => x.max(1),
};

const CALLS = 30_000;
for (const [name, call] of Object.entries(operators)) {
  for (let i = 0; i < CALLS; i++) call();
  const times = [];
  for (let round = 0; round < 5; round++) {
    const started = process.hrtime.bigint();
    for (let i = 0; i < CALLS; i++) call();
    times.push(Number(process.hrtime.bigint() - started) / CALLS);
  }
  console.log(`${name} ${times.sort((a, b) => a - b)[2].toFixed(0)}`);
}
