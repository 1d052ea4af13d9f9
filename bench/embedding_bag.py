# A step of a text classifier on an EmbeddingBag with sparse gradients.
import torch
from measure import train
from torch import nn

torch.manual_seed(0)
embedding = nn.EmbeddingBag(1000, 16, mode="mean", sparse=True)
fc = nn.Linear(16, 4)
sparse = torch.optim.SparseAdam(embedding.parameters(), lr=0.001)
dense = torch.optim.Adam(fc.parameters(), lr=0.001)
text = torch.randint(1000, [80])
offsets = torch.arange(0, 80, 10)
target = torch.randint(4, [8])


def step():
    sparse.zero_grad()
    dense.zero_grad()
    loss = nn.functional.cross_entropy(fc(embedding(text, offsets)), target)
    loss.backward()
    sparse.step()
    dense.step()
    return loss.item()


train(step)
