// Part-of-speech tagging with an LSTM over packed sequences: sentences of a small grammar, each of its own length, go
// through the network in one batch. The Python twin: lstm_tagger.py
import * as torch from "tstorch";
import { nn, optim } from "tstorch";
import * as F from "tstorch/nn/functional";
import { pack_padded_sequence, pad_packed_sequence, pad_sequence } from "tstorch/nn/utils/rnn";
import { len, print, range, slice, sorted, zip } from "tstorch/python";

torch.manual_seed(3);

const LEXICON: Record<string, string[]> = {
  DET: ["the", "a", "every"],
  ADJ: ["big", "old", "light", "fast"],
  NN: ["dog", "cook", "light", "fast", "book"],
  V: ["saw", "cook", "book", "likes"],
};
const TAGS = ["PAD", ...Object.keys(LEXICON)];
const VOCABULARY = ["<pad>", ...sorted(new Set(Object.values(LEXICON).flat()))];
const PAD = 0;

function choose(items: string[]): string {
  return items[torch.randint(len(items), [1]).item()];
}

function noun_phrase(): string[] {
  const tags = ["DET", ...Array(torch.randint(3, [1]).item()).fill("ADJ"), "NN"];
  return tags;
}

function make_sentence(): [torch.Tensor, torch.Tensor] {
  let tags = [...noun_phrase(), "V"];
  if (torch.rand(1).item() < 0.7) {
    tags = [...tags, ...noun_phrase()];
  }
  const words = tags.map((tag) => choose(LEXICON[tag]));
  return [
    torch.tensor(words.map((word) => VOCABULARY.indexOf(word))),
    torch.tensor(tags.map((tag) => TAGS.indexOf(tag))),
  ];
}

class LSTMTagger extends nn.Module {
  word_embeddings: nn.Embedding;
  lstm: nn.LSTM;
  hidden2tag: nn.Linear;

  constructor(embedding_dim: number, hidden_dim: number, vocab_size: number, tagset_size: number) {
    super();
    this.word_embeddings = nn.Embedding(vocab_size, embedding_dim, { padding_idx: PAD });
    this.lstm = nn.LSTM(embedding_dim, hidden_dim, { batch_first: true, bidirectional: true });
    this.hidden2tag = nn.Linear(2 * hidden_dim, tagset_size);
  }

  override forward(sentences: torch.Tensor, lengths: torch.Tensor): torch.Tensor {
    const embeds = this.word_embeddings(sentences);
    const packed = pack_padded_sequence(embeds, lengths, { batch_first: true, enforce_sorted: false });
    const [packed_out] = this.lstm(packed);
    const [lstm_out] = pad_packed_sequence(packed_out, { batch_first: true });
    return F.log_softmax(this.hidden2tag(lstm_out), { dim: 2 });
  }
}

const model = new LSTMTagger(16, 16, len(VOCABULARY), len(TAGS));
print(model);
const loss_function = nn.NLLLoss({ ignore_index: PAD });
const optimizer = optim.Adam(model.parameters(), { lr: 0.02 });

function make_batch(size: number): [torch.Tensor, torch.Tensor, torch.Tensor] {
  const pairs = [...range(size)].map(() => make_sentence());
  const lengths = torch.tensor(pairs.map(([words]) => len(words)));
  const sentences = pad_sequence(
    pairs.map(([words]) => words),
    { batch_first: true, padding_value: PAD },
  );
  const targets = pad_sequence(
    pairs.map(([, tags]) => tags),
    { batch_first: true, padding_value: PAD },
  );
  return [sentences, targets, lengths];
}

for (let step = 1; step <= 60; step++) {
  const [sentences, targets, lengths] = make_batch(16);
  model.zero_grad();
  const tag_scores = model(sentences, lengths);
  const loss = loss_function(tag_scores.flatten(0, 1), targets.flatten());
  loss.backward();
  optimizer.step();
  if (step % 10 === 0) {
    print(`step ${step} loss ${loss.item().toFixed(4)}`);
  }
}

torch.no_grad(() => {
  const [sentences, targets, lengths] = make_batch(100);
  const found = model(sentences, lengths).argmax(2);
  const mask = targets.ne(PAD);
  const accuracy = found.index(mask).eq(targets.index(mask)).float().mean().item();
  print(`accuracy ${accuracy.toFixed(3)} on words of ${lengths.sum().item()}`);
  for (let i = 0; i < 3; i++) {
    const sentence = slice(lengths[i].item());
    const words: string[] = sentences[i]
      .index(sentence)
      .tolist()
      .map((j: number) => VOCABULARY[j]);
    const tags: string[] = found[i]
      .index(sentence)
      .tolist()
      .map((j: number) => TAGS[j]);
    print([...zip(words, tags)].map(([word, tag]) => `${word}/${tag}`).join(" "));
  }
});
