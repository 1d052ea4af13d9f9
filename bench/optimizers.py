# The step of every optimizer over 200 small parameters, its other options the defaults.
import torch
from measure import measure
from torch import optim

SHAPES = [[16, 16], [16], [8, 16], [8]]
MATRICES = [[16, 16], [8, 16]]


def parameters(count, shapes):
    torch.manual_seed(0)
    params = []
    for i in range(count):
        p = torch.nn.Parameter(torch.randn(shapes[i % len(shapes)]))
        p.grad = torch.randn(p.shape)
        params.append(p)
    return params


optimizers = {
    "Adadelta": lambda p: optim.Adadelta(p),
    "Adafactor": lambda p: optim.Adafactor(p),
    "Adagrad": lambda p: optim.Adagrad(p),
    "Adam": lambda p: optim.Adam(p),
    "AdamW": lambda p: optim.AdamW(p),
    "Adamax": lambda p: optim.Adamax(p),
    "ASGD": lambda p: optim.ASGD(p),
    "NAdam": lambda p: optim.NAdam(p),
    "RAdam": lambda p: optim.RAdam(p),
    "RMSprop": lambda p: optim.RMSprop(p),
    "Rprop": lambda p: optim.Rprop(p),
    "SGD": lambda p: optim.SGD(p),
    "SGD, momentum": lambda p: optim.SGD(p, momentum=0.9),
    "Muon": lambda p: optim.Muon(p),
}

for name, make in optimizers.items():
    optimizer = make(parameters(200, MATRICES if name == "Muon" else SHAPES))
    measure(name, lambda: optimizer.step())

params = parameters(200, [[16, 16]])
for p in params:
    p.grad = torch.sparse_coo_tensor([[1, 3, 8]], torch.randn(3, 16), [16, 16], check_invariants=False).coalesce()
optimizer = optim.SparseAdam(params)
measure("SparseAdam", lambda: optimizer.step())

# What is negative never ends the search: each step takes four iterations.
params = parameters(200, SHAPES)
optimizer = optim.LBFGS(params, max_iter=4, tolerance_grad=-1, tolerance_change=-1)


def closure():
    optimizer.zero_grad()
    loss = torch.cat([p.view(-1) for p in params]).cos().sum()
    loss.backward()
    return loss


measure("LBFGS", lambda: optimizer.step(closure))
