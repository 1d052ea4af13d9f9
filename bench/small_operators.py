# Forty operators on float32 tensors of 2x2 (x, y), 16x16 (a, b) and 64x64 (m, n), a call each. small_operators.cc is the limit.
import torch
from measure import measure

torch.manual_seed(0)
x = torch.randn(2, 2)
y = torch.randn(2, 2)
a = torch.randn(16, 16)
b = torch.randn(16, 16)
m = torch.randn(64, 64)
n = torch.randn(64, 64)
z = torch.randn(2, 2)
s = torch.randn([])
y0 = torch.randn(2)
condition = torch.tensor([[True, False], [False, True]])
mask = a > 0
index = torch.tensor([3, 1, 2])
w = torch.randn(2, 2, requires_grad=True)


def set_row():
    z[0] = 5


def set_column():
    z[:, 0] = y0


operators = {
    "torch.add(x, y)": lambda: torch.add(x, y),
    "x.add_(y)": lambda: x.add_(y),
    "x * 2": lambda: x * 2,
    "x.sum()": lambda: x.sum(),
    "x.sum(dim, keepdim)": lambda: x.sum(dim=1, keepdim=True),
    "x.view(-1)": lambda: x.view(-1),
    "torch.zeros(2, 3)": lambda: torch.zeros(2, 3),
    "torch.cat([x, y])": lambda: torch.cat([x, y]),
    "x[0]": lambda: x[0],
    "x[:, 0]": lambda: x[:, 0],
    "x @ y": lambda: x @ y,
    "x.max(1)": lambda: x.max(1),
    "torch.tensor([1.5, 2.5])": lambda: torch.tensor([1.5, 2.5]),
    "torch.arange(10)": lambda: torch.arange(10),
    "torch.randn(4, 4)": lambda: torch.randn(4, 4),
    "a * b": lambda: a * b,
    "m / n": lambda: m / n,
    "torch.relu(a)": lambda: torch.relu(a),
    "m.exp()": lambda: m.exp(),
    "torch.where(condition, x, y)": lambda: torch.where(condition, x, y),
    "z.copy_(y)": lambda: z.copy_(y),
    "z.mul_(1)": lambda: z.mul_(1),
    "m.mean()": lambda: m.mean(),
    "a.argmax(1)": lambda: a.argmax(1),
    "a.softmax(-1)": lambda: a.softmax(-1),
    "x.t()": lambda: x.t(),
    "x.unsqueeze(0)": lambda: x.unsqueeze(0),
    "x.detach()": lambda: x.detach(),
    "a[1:3]": lambda: a[1:3],
    "a[mask]": lambda: a[mask],
    "a[index]": lambda: a[index],
    "z[0] = 5": set_row,
    "z[:, 0] = y0": set_column,
    "torch.stack([x, y])": lambda: torch.stack([x, y]),
    "m @ n": lambda: m @ n,
    "s.item()": lambda: s.item(),
    "x == y": lambda: x == y,
    "w + y, recorded": lambda: w + y,
    "(w * y).sum().backward()": lambda: (w * y).sum().backward(),
}

for name, call in operators.items():
    measure(name, call)
with torch.no_grad():
    measure("w + y, no_grad", lambda: w + y)
