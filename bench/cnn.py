# A step of a small CNN with BatchNorm.
import torch
from measure import train
from torch import nn


def block(from_, to):
    return [nn.Conv2d(from_, to, 3, padding=1, bias=False), nn.BatchNorm2d(to), nn.ReLU(), nn.MaxPool2d(2)]


torch.manual_seed(0)
model = nn.Sequential(*block(1, 8), *block(8, 16), nn.Flatten(), nn.Linear(16 * 4 * 4, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
images = torch.randn(8, 1, 16, 16)
target = torch.randint(10, [8])


def step():
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), target)
    loss.backward()
    optimizer.step()
    return loss.item()


train(step)
