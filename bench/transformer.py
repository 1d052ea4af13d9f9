# A step of a small Transformer encoder that predicts the next token.
import torch
from measure import train
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(64, 32)
        self.position = nn.Parameter(torch.randn(16, 32))
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4, 64, dropout=0, batch_first=True), 2)
        self.fc = nn.Linear(32, 64)

    def forward(self, tokens, mask):
        x = self.embedding(tokens) + self.position
        return self.fc(self.encoder(x, mask=mask, is_causal=True))


torch.manual_seed(0)
model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.001)
mask = nn.Transformer.generate_square_subsequent_mask(16)
text = torch.randint(64, [4, 17])
tokens = text[:, :-1]
next = text[:, 1:].reshape(-1)


def step():
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(tokens, mask).flatten(0, 1), next)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


train(step)
