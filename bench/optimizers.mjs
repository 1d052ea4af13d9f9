// The step of every optimizer over 200 small parameters, its other options the defaults.
import * as torch from "tstorch";
import { measure } from "./measure.mjs";

const { optim } = torch;
const SHAPES = [[16, 16], [16], [8, 16], [8]];
const MATRICES = [
  [16, 16],
  [8, 16],
];

function parameters(count, shapes) {
  torch.manual_seed(0);
  return Array.from({ length: count }, (_, i) => {
    const p = torch.nn.Parameter(torch.randn(shapes[i % shapes.length]));
    p.grad = torch.randn(p.shape);
    return p;
  });
}

const optimizers = {
  Adadelta: (p) => optim.Adadelta(p),
  Adafactor: (p) => optim.Adafactor(p),
  Adagrad: (p) => optim.Adagrad(p),
  Adam: (p) => optim.Adam(p),
  AdamW: (p) => optim.AdamW(p),
  Adamax: (p) => optim.Adamax(p),
  ASGD: (p) => optim.ASGD(p),
  NAdam: (p) => optim.NAdam(p),
  RAdam: (p) => optim.RAdam(p),
  RMSprop: (p) => optim.RMSprop(p),
  Rprop: (p) => optim.Rprop(p),
  SGD: (p) => optim.SGD(p),
  "SGD, momentum": (p) => optim.SGD(p, { momentum: 0.9 }),
  Muon: (p) => optim.Muon(p),
};

for (const [name, make] of Object.entries(optimizers)) {
  const optimizer = make(parameters(200, name === "Muon" ? MATRICES : SHAPES));
  measure(name, () => optimizer.step());
}

{
  const params = parameters(200, [[16, 16]]);
  for (const p of params)
    p.grad = torch.sparse_coo_tensor([[1, 3, 8]], torch.randn(3, 16), [16, 16], { check_invariants: false }).coalesce();
  const optimizer = optim.SparseAdam(params);
  measure("SparseAdam", () => optimizer.step());
}
{
  // What is negative never ends the search: each step takes four iterations.
  const params = parameters(200, SHAPES);
  const optimizer = optim.LBFGS(params, { max_iter: 4, tolerance_grad: -1, tolerance_change: -1 });
  const closure = () => {
    optimizer.zero_grad();
    const loss = torch
      .cat(params.map((p) => p.view(-1)))
      .cos()
      .sum();
    loss.backward();
    return loss;
  };
  measure("LBFGS", () => optimizer.step(closure));
}
