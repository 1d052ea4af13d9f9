# Gradient accumulation as in examples/seed/training.py: a step is four batches and an update.
import torch
from measure import train
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
dataset = TensorDataset(torch.randn(32, 8), (torch.randn(32) > 0).long())
train_loader = DataLoader(dataset, batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.25), nn.Linear(32, 1))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
accumulation_steps = 4


def step():
    for i, (features, target) in enumerate(train_loader):
        target = torch.from_numpy(target.numpy()).float()
        outputs = model(features).squeeze(1)
        loss = criterion(outputs, target) / accumulation_steps
        loss.backward()
        if (i + 1) % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
    return loss.item()


train(step)
