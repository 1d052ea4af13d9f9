// Translation with a sequence-to-sequence network and attention: a GRU encoder reads a phrase, a GRU decoder with
// additive (Bahdanau) attention writes the translation. The Python twin: seq2seq_attention.py
import * as torch from "tstorch";
import { nn, optim } from "tstorch";
import * as F from "tstorch/nn/functional";
import { len, print } from "tstorch/python";

torch.manual_seed(2);

const [SOS_token, EOS_token] = [0, 1];
const WORDS = ["SOS", "EOS", "one", "two", "three", "four", "five", "six"];
const LENGTH = 5;

function make_batch(batch_size: number): [torch.Tensor, torch.Tensor] {
  const source = torch.randint(2, len(WORDS), [batch_size, LENGTH]);
  const target = torch.cat([source.flip(1), torch.full([batch_size, 1], EOS_token)], { dim: 1 });
  return [source, target];
}

class EncoderRNN extends nn.Module {
  embedding: nn.Embedding;
  gru: nn.GRU;
  dropout: nn.Dropout;

  constructor(input_size: number, hidden_size: number, dropout_p = 0.1) {
    super();
    this.embedding = nn.Embedding(input_size, hidden_size);
    this.gru = nn.GRU(hidden_size, hidden_size, { batch_first: true });
    this.dropout = nn.Dropout(dropout_p);
  }

  override forward(input: torch.Tensor): [torch.Tensor, torch.Tensor] {
    const embedded = this.dropout(this.embedding(input));
    const [output, hidden] = this.gru(embedded);
    return [output, hidden];
  }
}

class BahdanauAttention extends nn.Module {
  Wa: nn.Linear;
  Ua: nn.Linear;
  Va: nn.Linear;

  constructor(hidden_size: number) {
    super();
    this.Wa = nn.Linear(hidden_size, hidden_size);
    this.Ua = nn.Linear(hidden_size, hidden_size);
    this.Va = nn.Linear(hidden_size, 1);
  }

  override forward(query: torch.Tensor, keys: torch.Tensor): [torch.Tensor, torch.Tensor] {
    let scores = this.Va(torch.tanh(this.Wa(query).add(this.Ua(keys))));
    scores = scores.squeeze(2).unsqueeze(1);
    const weights = F.softmax(scores, { dim: -1 });
    const context = torch.bmm(weights, keys);
    return [context, weights];
  }
}

class AttnDecoderRNN extends nn.Module {
  embedding: nn.Embedding;
  attention: BahdanauAttention;
  gru: nn.GRU;
  out: nn.Linear;
  dropout: nn.Dropout;

  constructor(hidden_size: number, output_size: number, dropout_p = 0.1) {
    super();
    this.embedding = nn.Embedding(output_size, hidden_size);
    this.attention = new BahdanauAttention(hidden_size);
    this.gru = nn.GRU(2 * hidden_size, hidden_size, { batch_first: true });
    this.out = nn.Linear(hidden_size, output_size);
    this.dropout = nn.Dropout(dropout_p);
  }

  override forward(
    encoder_outputs: torch.Tensor,
    encoder_hidden: torch.Tensor,
    target_tensor: torch.Tensor | null = null,
  ): [torch.Tensor, torch.Tensor, torch.Tensor] {
    const batch_size = encoder_outputs.size(0);
    let decoder_input: torch.Tensor = torch.empty(batch_size, 1, { dtype: torch.long }).fill_(SOS_token);
    let decoder_hidden = encoder_hidden;
    let decoder_output: torch.Tensor;
    let attn_weights: torch.Tensor;
    const outputs: torch.Tensor[] = [];
    const attentions: torch.Tensor[] = [];
    for (let i = 0; i < LENGTH + 1; i++) {
      [decoder_output, decoder_hidden, attn_weights] = this.forward_step(
        decoder_input,
        decoder_hidden,
        encoder_outputs,
      );
      outputs.push(decoder_output);
      attentions.push(attn_weights);
      if (target_tensor !== null) {
        decoder_input = target_tensor.index(":", i).unsqueeze(1); // teacher forcing
      } else {
        const [_, topi] = decoder_output.topk(1);
        decoder_input = topi.squeeze(-1).detach();
      }
    }
    let decoder_outputs = torch.cat(outputs, { dim: 1 });
    decoder_outputs = F.log_softmax(decoder_outputs, { dim: -1 });
    return [decoder_outputs, decoder_hidden, torch.cat(attentions, { dim: 1 })];
  }

  forward_step(
    input: torch.Tensor,
    hidden: torch.Tensor,
    encoder_outputs: torch.Tensor,
  ): [torch.Tensor, torch.Tensor, torch.Tensor] {
    const embedded = this.dropout(this.embedding(input));
    const query = hidden.permute(1, 0, 2);
    const [context, attn_weights] = this.attention(query, encoder_outputs);
    const input_gru = torch.cat([embedded, context], { dim: 2 });
    const [output, new_hidden] = this.gru(input_gru, hidden);
    return [this.out(output), new_hidden, attn_weights];
  }
}

const encoder = new EncoderRNN(len(WORDS), 32);
const decoder = new AttnDecoderRNN(32, len(WORDS));
const encoder_optimizer = optim.Adam(encoder.parameters(), { lr: 0.01 });
const decoder_optimizer = optim.Adam(decoder.parameters(), { lr: 0.01 });
const criterion = nn.NLLLoss();

for (let step = 1; step <= 120; step++) {
  const [source, target] = make_batch(16);
  encoder_optimizer.zero_grad();
  decoder_optimizer.zero_grad();
  const [encoder_outputs, encoder_hidden] = encoder(source);
  const [decoder_outputs] = decoder(encoder_outputs, encoder_hidden, target);
  const loss = criterion(decoder_outputs.view(-1, decoder_outputs.size(-1)), target.view(-1));
  loss.backward();
  encoder_optimizer.step();
  decoder_optimizer.step();
  if (step % 20 === 0) {
    print(`step ${step} loss ${loss.item().toFixed(3)}`);
  }
}

encoder.eval();
decoder.eval();
torch.no_grad(() => {
  const [source, target] = make_batch(64);
  const [decoder_outputs, , attentions] = decoder(...encoder(source));
  const decoded = decoder_outputs.argmax(-1);
  print(`right words: ${decoded.eq(target).float().mean().item().toFixed(2)}`);
  const words = (indices: torch.Tensor) =>
    indices
      .tolist()
      .map((j: number) => WORDS[j])
      .join(" ");
  for (let i = 0; i < 2; i++) {
    print(words(source[i]), "->", words(decoded[i]));
  }
  print(attentions.shape);
});
