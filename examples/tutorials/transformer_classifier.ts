// Classifying sequences with a Transformer encoder: which of two symbols comes more often in a padded sequence? With
// positional encoding, a padding mask, a warm-up schedule and AdamW. The Python twin: transformer_classifier.py
import * as torch from "tstorch";
import { nn } from "tstorch";
import * as F from "tstorch/nn/functional";
import { len, print, sum } from "tstorch/python";
import { DataLoader, TensorDataset } from "tstorch/utils/data";

torch.manual_seed(5);

const [PAD, NTOKEN, MAX_LEN] = [0, 7, 12];

function make_data(size: number) {
  const lengths = torch.randint(5, MAX_LEN + 1, [size]);
  let tokens = torch.randint(1, NTOKEN, [size, MAX_LEN]);
  const padding = torch.arange(MAX_LEN).ge(lengths.unsqueeze(1));
  tokens = tokens.masked_fill(padding, PAD);
  const labels = tokens.eq(1).sum(1).gt(tokens.eq(2).sum(1)).long();
  return TensorDataset(tokens, labels);
}

class PositionalEncoding extends nn.Module {
  dropout: nn.Dropout;
  declare pe: torch.Tensor;

  constructor(d_model: number, dropout = 0.1, max_len = MAX_LEN) {
    super();
    this.dropout = nn.Dropout({ p: dropout });
    const position = torch.arange(max_len).unsqueeze(1);
    const div_term = torch.exp(torch.arange(0, d_model, 2).mul(-Math.log(10000.0) / d_model));
    const pe = torch.zeros(1, max_len, d_model);
    pe.index_put_([0, ":", "0::2"], torch.sin(position.mul(div_term)));
    pe.index_put_([0, ":", "1::2"], torch.cos(position.mul(div_term)));
    this.register_buffer("pe", pe);
  }

  override forward(x: torch.Tensor): torch.Tensor {
    x = x.add(this.pe.index(":", `:${x.size(1)}`));
    return this.dropout(x);
  }
}

class TransformerClassifier extends nn.Module {
  d_model: number;
  embedding: nn.Embedding;
  pos_encoder: PositionalEncoding;
  transformer_encoder: nn.TransformerEncoder;
  linear: nn.Linear;

  constructor(ntoken: number, d_model: number, nhead: number, d_hid: number, nlayers: number, dropout = 0.1) {
    super();
    this.d_model = d_model;
    this.embedding = nn.Embedding(ntoken, d_model, { padding_idx: PAD });
    this.pos_encoder = new PositionalEncoding(d_model, dropout);
    const encoder_layer = nn.TransformerEncoderLayer(d_model, nhead, d_hid, dropout, { batch_first: true });
    this.transformer_encoder = nn.TransformerEncoder(encoder_layer, nlayers, { enable_nested_tensor: false });
    this.linear = nn.Linear(d_model, 2);
  }

  override forward(src: torch.Tensor): torch.Tensor {
    const mask = src.eq(PAD);
    let x = this.pos_encoder(this.embedding(src).mul(Math.sqrt(this.d_model)));
    x = this.transformer_encoder(x, { src_key_padding_mask: mask });
    const keep = mask.bitwise_not().unsqueeze(2).float();
    return this.linear(x.mul(keep).sum(1).div(keep.sum(1)));
  }
}

const model = new TransformerClassifier(NTOKEN, 16, 2, 32, 2);
print(sum([...model.parameters()].map((p) => p.numel())), "parameters");
const train_loader = DataLoader(make_data(512), { batch_size: 32, shuffle: true });
const [test_tokens, test_labels] = make_data(256).tensors;
const optimizer = torch.optim.AdamW(model.parameters(), { lr: 5e-3 });
const scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, (step) => Math.min(1.0, (step + 1) / 10));

for (let epoch = 0; epoch < 5; epoch++) {
  model.train();
  let total_loss = 0.0;
  for (const [tokens, labels] of train_loader) {
    const loss = F.cross_entropy(model(tokens), labels, { label_smoothing: 0.05 });
    optimizer.zero_grad();
    loss.backward();
    nn.utils.clip_grad_norm_(model.parameters(), 0.5);
    optimizer.step();
    scheduler.step();
    total_loss += loss.item();
  }
  model.eval();
  const accuracy = torch.no_grad(() => model(test_tokens).argmax(1).eq(test_labels).float().mean().item());
  print(`epoch ${epoch} loss ${(total_loss / len(train_loader)).toFixed(3)} accuracy ${accuracy.toFixed(2)}`);
}
