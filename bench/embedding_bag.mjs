// A step of a text classifier on an EmbeddingBag with sparse gradients.
import * as torch from "tstorch";
import { nn } from "tstorch";
import { train } from "./measure.mjs";

torch.manual_seed(0);
const embedding = nn.EmbeddingBag(1000, 16, { mode: "mean", sparse: true });
const fc = nn.Linear(16, 4);
const sparse = torch.optim.SparseAdam(embedding.parameters(), { lr: 0.001 });
const dense = torch.optim.Adam(fc.parameters(), { lr: 0.001 });
const text = torch.randint(1000, [80]);
const offsets = torch.arange(0, 80, 10);
const target = torch.randint(4, [8]);

await train(() => {
  sparse.zero_grad();
  dense.zero_grad();
  const loss = nn.functional.cross_entropy(fc(embedding(text, offsets)), target);
  loss.backward();
  sparse.step();
  dense.step();
  return loss.item();
});
