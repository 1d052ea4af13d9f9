# A word-level language model: an LSTM learns a text that the script makes, with truncated backpropagation through time,
# detached hidden states and clipped gradients, and then writes sentences of its own.
import math

import torch
import torch.nn as nn

torch.manual_seed(4)

SUBJECTS = ["the cat", "a bird", "the old man", "my friend"]
VERBS = ["sees", "follows", "likes"]
OBJECTS = ["the moon", "a small fish", "the river"]


def choose(items):
    return items[torch.randint(len(items), (1,)).item()]


text = []
for _ in range(400):
    text += f"{choose(SUBJECTS)} {choose(VERBS)} {choose(OBJECTS)} <eos>".split()
idx2word = sorted(set(text))
word2idx = {word: i for i, word in enumerate(idx2word)}
data = torch.tensor([word2idx[word] for word in text])
ntokens = len(idx2word)
print(f"{len(text)} words, {ntokens} of them different")

bptt, batch_size, clip = 12, 8, 0.25


def batchify(data, bsz):
    nbatch = data.size(0) // bsz
    data = data.narrow(0, 0, nbatch * bsz)
    return data.view(bsz, -1).t().contiguous()


train_data = batchify(data[:-400], batch_size)
val_data = batchify(data[-400:], batch_size)


class RNNModel(nn.Module):
    def __init__(self, ntoken, ninp, nhid, nlayers, dropout=0.2):
        super().__init__()
        self.ntoken = ntoken
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(ntoken, ninp)
        self.rnn = nn.LSTM(ninp, nhid, nlayers, dropout=dropout)
        self.decoder = nn.Linear(nhid, ntoken)
        self.decoder.weight = self.encoder.weight  # tied
        self.init_weights()
        self.nhid = nhid
        self.nlayers = nlayers

    def init_weights(self):
        initrange = 0.1
        nn.init.uniform_(self.encoder.weight, -initrange, initrange)
        nn.init.zeros_(self.decoder.bias)

    def forward(self, input, hidden):
        emb = self.drop(self.encoder(input))
        output, hidden = self.rnn(emb, hidden)
        output = self.drop(output)
        decoded = self.decoder(output)
        return torch.log_softmax(decoded.view(-1, self.ntoken), dim=1), hidden

    def init_hidden(self, bsz):
        weight = next(self.parameters())
        return (
            weight.new_zeros(self.nlayers, bsz, self.nhid),
            weight.new_zeros(self.nlayers, bsz, self.nhid),
        )


model = RNNModel(ntokens, 32, 32, 2)
criterion = nn.NLLLoss()


def repackage_hidden(h):
    """Detaches hidden states from their history."""
    if isinstance(h, torch.Tensor):
        return h.detach()
    return tuple(repackage_hidden(v) for v in h)


def get_batch(source, i):
    seq_len = min(bptt, len(source) - 1 - i)
    data = source[i : i + seq_len]
    target = source[i + 1 : i + 1 + seq_len].view(-1)
    return data, target


def evaluate(data_source):
    model.eval()
    total_loss = 0.0
    hidden = model.init_hidden(batch_size)
    with torch.no_grad():
        for i in range(0, data_source.size(0) - 1, bptt):
            data, targets = get_batch(data_source, i)
            output, hidden = model(data, hidden)
            total_loss += len(data) * criterion(output, targets).item()
    return total_loss / (len(data_source) - 1)


lr = 8.0
for epoch in range(1, 7):
    model.train()
    hidden = model.init_hidden(batch_size)
    total_norm = 0.0
    for batch, i in enumerate(range(0, train_data.size(0) - 1, bptt)):
        data, targets = get_batch(train_data, i)
        model.zero_grad()
        hidden = repackage_hidden(hidden)
        output, hidden = model(data, hidden)
        loss = criterion(output, targets)
        loss.backward()
        total_norm += nn.utils.clip_grad_norm_(model.parameters(), clip).item()
        for p in model.parameters():
            p.data.add_(p.grad, alpha=-lr)
    val_loss = evaluate(val_data)
    print(f"epoch {epoch} gradient norm {total_norm / (batch + 1):.3f} perplexity {math.exp(val_loss):.2f}")

model.eval()
hidden = model.init_hidden(1)
input = torch.tensor([[word2idx["<eos>"]]])
words = []
with torch.no_grad():
    while len(words) < 40:
        output, hidden = model(input, hidden)
        input.fill_(torch.multinomial(output[-1].exp(), 1).item())
        words.append(idx2word[input.item()])
print(" ".join(words))
