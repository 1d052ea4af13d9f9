// The cost of a call against how many tensors live, how many arguments there are and how many signatures were tried; the
// cost of backward() against the depth of the graph.
import * as torch from "tstorch";
import { measure, report, sized } from "./measure.mjs";

torch.manual_seed(0);
const x = torch.randn(2, 2);
const y = torch.randn(2, 2);
const v = torch.randn(2);

const live = [];
for (const count of sized([100, 1000, 10_000, 100_000, 1_000_000], [100, 10_000], [100])) {
  while (live.length < count) live.push(torch.zeros(1));
  measure(`torch.add, ${count} tensors live`, () => torch.add(x, y));
}
live.length = 0;

measure("1 argument: relu", () => torch.relu(x));
measure("2 arguments: add", () => torch.add(x, y));
measure("4 arguments: addcmul, a keyword", () => torch.addcmul(x, x, y, { value: 2 }));
measure("9 arguments: batch_norm", () => torch.batch_norm(x, v, v, v, v, false, 0.1, 1e-5, false));
for (const count of [1, 10, 100, 1000]) {
  const tensors = Array.from({ length: count }, () => x);
  measure(`cat of ${count}`, () => torch.cat(tensors));
}

measure("1st signature: max(x)", () => torch.max(x));
measure("2nd signature: max(x, dim)", () => torch.max(x, 1));
measure("last signature: max(x, y)", () => torch.max(x, y));
measure("signatures in turn: three of max", () => {
  torch.max(x);
  torch.max(x, 1);
  torch.max(x, y);
});

for (const depth of sized([100, 1000, 10_000, 100_000], [100, 1000], [100])) {
  const leaf = torch.ones(1, { requires_grad: true });
  const rounds = Math.max(3, 10_000 / depth);
  let taken = 0;
  for (let round = -1; round < rounds; round++) {
    let chain = leaf;
    for (let i = 0; i < depth; i++) chain = chain.add(1);
    const started = performance.now();
    chain.backward();
    if (round >= 0) taken += performance.now() - started; // the first one warms up
  }
  report(`backward() of a node, ${depth} deep`, (taken / rounds / depth) * 1e6, "ns");
}
