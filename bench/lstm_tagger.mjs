// A step of an LSTM that tags words of sentences of different lengths, packed.
import * as torch from "tstorch";
import { nn } from "tstorch";
import { pack_padded_sequence, pad_packed_sequence } from "tstorch/nn/utils/rnn";
import { train } from "./measure.mjs";

class Tagger extends nn.Module {
  embedding = nn.Embedding(100, 16, { padding_idx: 0 });
  lstm = nn.LSTM(16, 32, { batch_first: true });
  fc = nn.Linear(32, 5);

  forward(sentences, lengths) {
    const packed = pack_padded_sequence(this.embedding(sentences), lengths, {
      batch_first: true,
      enforce_sorted: false,
    });
    const [output] = pad_packed_sequence(this.lstm(packed)[0], { batch_first: true });
    return this.fc(output);
  }
}

torch.manual_seed(0);
const model = new Tagger();
const optimizer = torch.optim.Adam(model.parameters(), { lr: 0.001 });
const lengths = torch.tensor([12, 7, 9, 3, 11, 5, 8, 2]);
const inside = torch.arange(12).unsqueeze(0).lt(lengths.unsqueeze(1));
const sentences = torch.randint(1, 100, [8, 12]).mul(inside);
const tags = torch.randint(5, [8, 12]).masked_fill(inside.logical_not(), -100);

await train(() => {
  optimizer.zero_grad();
  const loss = nn.functional.cross_entropy(model(sentences, lengths).flatten(0, 1), tags.flatten());
  loss.backward();
  optimizer.step();
  return loss.item();
});
