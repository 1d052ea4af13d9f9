# Classifying sequences with a Transformer encoder: which of two symbols comes more often in a padded sequence? With
# positional encoding, a padding mask, a warm-up schedule and AdamW.
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(5)

PAD, NTOKEN, MAX_LEN = 0, 7, 12


def make_data(size):
    lengths = torch.randint(5, MAX_LEN + 1, (size,))
    tokens = torch.randint(1, NTOKEN, (size, MAX_LEN))
    padding = torch.arange(MAX_LEN) >= lengths.unsqueeze(1)
    tokens = tokens.masked_fill(padding, PAD)
    labels = ((tokens == 1).sum(1) > (tokens == 2).sum(1)).long()
    return TensorDataset(tokens, labels)


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.1, max_len=MAX_LEN):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(1, max_len, d_model)
        pe[0, :, 0::2] = torch.sin(position * div_term)
        pe[0, :, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe)

    def forward(self, x):
        x = x + self.pe[:, : x.size(1)]
        return self.dropout(x)


class TransformerClassifier(nn.Module):
    def __init__(self, ntoken, d_model, nhead, d_hid, nlayers, dropout=0.1):
        super().__init__()
        self.d_model = d_model
        self.embedding = nn.Embedding(ntoken, d_model, padding_idx=PAD)
        self.pos_encoder = PositionalEncoding(d_model, dropout)
        encoder_layer = nn.TransformerEncoderLayer(d_model, nhead, d_hid, dropout, batch_first=True)
        self.transformer_encoder = nn.TransformerEncoder(encoder_layer, nlayers, enable_nested_tensor=False)
        self.linear = nn.Linear(d_model, 2)

    def forward(self, src):
        mask = src == PAD
        x = self.pos_encoder(self.embedding(src) * math.sqrt(self.d_model))
        x = self.transformer_encoder(x, src_key_padding_mask=mask)
        keep = (~mask).unsqueeze(2).float()
        return self.linear((x * keep).sum(1) / keep.sum(1))


model = TransformerClassifier(NTOKEN, 16, 2, 32, 2)
print(sum(p.numel() for p in model.parameters()), "parameters")
train_loader = DataLoader(make_data(512), batch_size=32, shuffle=True)
test_tokens, test_labels = make_data(256).tensors
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 10))

for epoch in range(5):
    model.train()
    total_loss = 0.0
    for tokens, labels in train_loader:
        loss = F.cross_entropy(model(tokens), labels, label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        scheduler.step()
        total_loss += loss.item()
    model.eval()
    with torch.no_grad():
        accuracy = (model(test_tokens).argmax(1) == test_labels).float().mean().item()
    print(f"epoch {epoch} loss {total_loss / len(train_loader):.3f} accuracy {accuracy:.2f}")
