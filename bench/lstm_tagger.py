# A step of an LSTM that tags words of sentences of different lengths, packed.
import torch
from measure import train
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 16, padding_idx=0)
        self.lstm = nn.LSTM(16, 32, batch_first=True)
        self.fc = nn.Linear(32, 5)

    def forward(self, sentences, lengths):
        packed = pack_padded_sequence(self.embedding(sentences), lengths, batch_first=True, enforce_sorted=False)
        output, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.fc(output)


torch.manual_seed(0)
model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
lengths = torch.tensor([12, 7, 9, 3, 11, 5, 8, 2])
inside = torch.arange(12).unsqueeze(0) < lengths.unsqueeze(1)
sentences = torch.randint(1, 100, [8, 12]) * inside
tags = torch.randint(5, [8, 12]).masked_fill(inside.logical_not(), -100)


def step():
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(sentences, lengths).flatten(0, 1), tags.flatten())
    loss.backward()
    optimizer.step()
    return loss.item()


train(step)
