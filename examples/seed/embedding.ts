// nn.Embedding, random and pretrained. The Python twin: embedding.py
import * as torch from "tstorch";
import { nn } from "tstorch";
import { print } from "tstorch/python";

torch.manual_seed(0);
let embedding = nn.Embedding(10, 3);
let input = torch.LongTensor([
  [1, 2, 4, 5],
  [4, 3, 2, 9],
]);
print(embedding);
print(embedding(input));

embedding = nn.Embedding(10, 3, { padding_idx: 0 });
input = torch.LongTensor([[0, 2, 0, 5]]);
print(embedding);
print(embedding(input));

const weight = torch.FloatTensor([
  [1, 2.3, 3],
  [4, 5.1, 6.3],
]);
embedding = nn.Embedding.from_pretrained(weight);
input = torch.LongTensor([1]);
print(embedding(input));

embedding = nn.Embedding.from_pretrained(weight, {
  freeze: false,
  padding_idx: 0,
  max_norm: 1.0,
  norm_type: 2.0,
  scale_grad_by_freq: true,
  sparse: false,
});
print(embedding);
print(embedding(torch.LongTensor([0, 1, 1])));
embedding(torch.LongTensor([0, 1, 1]))
  .sum()
  .backward();
print(embedding.weight.grad);
