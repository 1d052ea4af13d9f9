// A word-level language model: an LSTM learns a text that the script makes, with truncated backpropagation through time,
// detached hidden states and clipped gradients, and then writes sentences of its own. The Python twin: word_language_model.py
import * as torch from "tstorch";
import { nn } from "tstorch";
import { enumerate, len, min, next, print, range, slice, sorted } from "tstorch/python";

torch.manual_seed(4);

const SUBJECTS = ["the cat", "a bird", "the old man", "my friend"];
const VERBS = ["sees", "follows", "likes"];
const OBJECTS = ["the moon", "a small fish", "the river"];

function choose(items: string[]): string {
  return items[torch.randint(len(items), [1]).item()];
}

const text: string[] = [];
for (let i = 0; i < 400; i++) {
  text.push(...`${choose(SUBJECTS)} ${choose(VERBS)} ${choose(OBJECTS)} <eos>`.split(" "));
}
const idx2word = sorted(new Set(text));
const word2idx = new Map(idx2word.map((word, i) => [word, i]));
const data = torch.tensor(text.map((word) => word2idx.get(word) as number));
const ntokens = len(idx2word);
print(`${len(text)} words, ${ntokens} of them different`);

const [bptt, batch_size, clip] = [12, 8, 0.25];

function batchify(data: torch.Tensor, bsz: number): torch.Tensor {
  const nbatch = Math.floor(data.size(0) / bsz);
  data = data.narrow(0, 0, nbatch * bsz);
  return data.view(bsz, -1).t().contiguous();
}

const train_data = batchify(data[":-400"], batch_size);
const val_data = batchify(data["-400:"], batch_size);

type Hidden = [torch.Tensor, torch.Tensor];

class RNNModel extends nn.Module {
  ntoken: number;
  drop: nn.Dropout;
  encoder: nn.Embedding;
  rnn: nn.LSTM;
  decoder: nn.Linear;
  nhid: number;
  nlayers: number;

  constructor(ntoken: number, ninp: number, nhid: number, nlayers: number, dropout = 0.2) {
    super();
    this.ntoken = ntoken;
    this.drop = nn.Dropout(dropout);
    this.encoder = nn.Embedding(ntoken, ninp);
    this.rnn = nn.LSTM(ninp, nhid, nlayers, { dropout });
    this.decoder = nn.Linear(nhid, ntoken);
    this.decoder.weight = this.encoder.weight; // tied
    this.init_weights();
    this.nhid = nhid;
    this.nlayers = nlayers;
  }

  init_weights(): void {
    const initrange = 0.1;
    nn.init.uniform_(this.encoder.weight, -initrange, initrange);
    nn.init.zeros_(this.decoder.bias as torch.Tensor);
  }

  override forward(input: torch.Tensor, hidden: Hidden): [torch.Tensor, Hidden] {
    const emb = this.drop(this.encoder(input));
    let output: torch.Tensor;
    [output, hidden] = this.rnn(emb, hidden);
    output = this.drop(output);
    const decoded = this.decoder(output);
    return [torch.log_softmax(decoded.view(-1, this.ntoken), { dim: 1 }), hidden];
  }

  init_hidden(bsz: number): Hidden {
    const weight = next(this.parameters());
    return [weight.new_zeros(this.nlayers, bsz, this.nhid), weight.new_zeros(this.nlayers, bsz, this.nhid)];
  }
}

const model = new RNNModel(ntokens, 32, 32, 2);
const criterion = nn.NLLLoss();

/** Detaches hidden states from their history. */
function repackage_hidden([h, c]: Hidden): Hidden {
  return [h.detach(), c.detach()];
}

function get_batch(source: torch.Tensor, i: number): [torch.Tensor, torch.Tensor] {
  const seq_len = min(bptt, len(source) - 1 - i);
  const data = source.index(slice(i, i + seq_len));
  const target = source.index(slice(i + 1, i + 1 + seq_len)).view(-1);
  return [data, target];
}

function evaluate(data_source: torch.Tensor): number {
  model.eval();
  let total_loss = 0.0;
  let hidden = model.init_hidden(batch_size);
  torch.no_grad(() => {
    for (const i of range(0, data_source.size(0) - 1, bptt)) {
      const [data, targets] = get_batch(data_source, i);
      let output: torch.Tensor;
      [output, hidden] = model(data, hidden);
      total_loss += len(data) * criterion(output, targets).item();
    }
  });
  return total_loss / (len(data_source) - 1);
}

const lr = 8.0;
for (let epoch = 1; epoch <= 6; epoch++) {
  model.train();
  let hidden = model.init_hidden(batch_size);
  let total_norm = 0.0;
  let batches = 0;
  for (const [batch, i] of enumerate(range(0, train_data.size(0) - 1, bptt))) {
    const [data, targets] = get_batch(train_data, i);
    model.zero_grad();
    hidden = repackage_hidden(hidden);
    let output: torch.Tensor;
    [output, hidden] = model(data, hidden);
    const loss = criterion(output, targets);
    loss.backward();
    total_norm += nn.utils.clip_grad_norm_(model.parameters(), clip).item();
    for (const p of model.parameters()) {
      p.data.add_(p.grad as torch.Tensor, { alpha: -lr });
    }
    batches = batch + 1;
  }
  const val_loss = evaluate(val_data);
  print(
    `epoch ${epoch} gradient norm ${(total_norm / batches).toFixed(3)} perplexity ${Math.exp(val_loss).toFixed(2)}`,
  );
}

model.eval();
let hidden = model.init_hidden(1);
const input = torch.tensor([[word2idx.get("<eos>") as number]]);
const words: string[] = [];
torch.no_grad(() => {
  while (len(words) < 40) {
    let output: torch.Tensor;
    [output, hidden] = model(input, hidden);
    input.fill_(torch.multinomial(output[-1].exp(), 1).item());
    words.push(idx2word[input.item()]);
  }
});
print(words.join(" "));
