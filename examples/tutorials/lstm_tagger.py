# Part-of-speech tagging with an LSTM over packed sequences: sentences of a small grammar, each of its own length, go
# through the network in one batch. Padding neither costs time nor changes the result.
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

torch.manual_seed(3)

LEXICON = {
    "DET": ["the", "a", "every"],
    "ADJ": ["big", "old", "light", "fast"],
    "NN": ["dog", "cook", "light", "fast", "book"],
    "V": ["saw", "cook", "book", "likes"],
}
TAGS = ["PAD"] + list(LEXICON)
VOCABULARY = ["<pad>"] + sorted({word for words in LEXICON.values() for word in words})
PAD = 0


def choose(items):
    return items[torch.randint(len(items), (1,)).item()]


def noun_phrase():
    tags = ["DET"] + ["ADJ"] * torch.randint(3, (1,)).item() + ["NN"]
    return tags


def make_sentence():
    tags = noun_phrase() + ["V"]
    if torch.rand(1).item() < 0.7:
        tags = tags + noun_phrase()
    words = [choose(LEXICON[tag]) for tag in tags]
    return (
        torch.tensor([VOCABULARY.index(word) for word in words]),
        torch.tensor([TAGS.index(tag) for tag in tags]),
    )


class LSTMTagger(nn.Module):
    def __init__(self, embedding_dim, hidden_dim, vocab_size, tagset_size):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab_size, embedding_dim, padding_idx=PAD)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim, batch_first=True, bidirectional=True)
        self.hidden2tag = nn.Linear(2 * hidden_dim, tagset_size)

    def forward(self, sentences, lengths):
        embeds = self.word_embeddings(sentences)
        packed = pack_padded_sequence(embeds, lengths, batch_first=True, enforce_sorted=False)
        packed_out, _ = self.lstm(packed)
        lstm_out, _ = pad_packed_sequence(packed_out, batch_first=True)
        return F.log_softmax(self.hidden2tag(lstm_out), dim=2)


model = LSTMTagger(16, 16, len(VOCABULARY), len(TAGS))
print(model)
loss_function = nn.NLLLoss(ignore_index=PAD)
optimizer = optim.Adam(model.parameters(), lr=0.02)


def make_batch(size):
    pairs = [make_sentence() for _ in range(size)]
    lengths = torch.tensor([len(words) for words, _ in pairs])
    sentences = pad_sequence([words for words, _ in pairs], batch_first=True, padding_value=PAD)
    targets = pad_sequence([tags for _, tags in pairs], batch_first=True, padding_value=PAD)
    return sentences, targets, lengths


for step in range(1, 61):
    sentences, targets, lengths = make_batch(16)
    model.zero_grad()
    tag_scores = model(sentences, lengths)
    loss = loss_function(tag_scores.flatten(0, 1), targets.flatten())
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(f"step {step} loss {loss.item():.4f}")

with torch.no_grad():
    sentences, targets, lengths = make_batch(100)
    found = model(sentences, lengths).argmax(2)
    mask = targets != PAD
    print(f"accuracy {(found[mask] == targets[mask]).float().mean().item():.3f} on words of {lengths.sum().item()}")
    for i in range(3):
        words = [VOCABULARY[j] for j in sentences[i][: lengths[i]].tolist()]
        tags = [TAGS[j] for j in found[i][: lengths[i]].tolist()]
        print(" ".join(f"{word}/{tag}" for word, tag in zip(words, tags)))
