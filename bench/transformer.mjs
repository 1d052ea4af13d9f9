// A step of a small Transformer encoder that predicts the next token.
import * as torch from "tstorch";
import { nn } from "tstorch";
import { train } from "./measure.mjs";

class Model extends nn.Module {
  embedding = nn.Embedding(64, 32);
  position = nn.Parameter(torch.randn(16, 32));
  encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4, 64, { dropout: 0, batch_first: true }), 2);
  fc = nn.Linear(32, 64);

  forward(tokens, mask) {
    const x = this.embedding(tokens).add(this.position);
    return this.fc(this.encoder(x, { mask, is_causal: true }));
  }
}

torch.manual_seed(0);
const model = new Model();
const optimizer = torch.optim.AdamW(model.parameters(), { lr: 0.001 });
const mask = nn.Transformer.generate_square_subsequent_mask(16);
const text = torch.randint(64, [4, 17]);
const tokens = text[":, :-1"];
const next = text[":, 1:"].reshape(-1);

await train(() => {
  optimizer.zero_grad();
  const loss = nn.functional.cross_entropy(model(tokens, mask).flatten(0, 1), next);
  loss.backward();
  nn.utils.clip_grad_norm_(model.parameters(), 1.0);
  optimizer.step();
  return loss.item();
});
