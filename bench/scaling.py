# The cost of a call against how many tensors live, how many arguments there are and how many signatures were tried; the
# cost of backward() against the depth of the graph.
import time

import torch
from measure import measure, report, sized

torch.manual_seed(0)
x = torch.randn(2, 2)
y = torch.randn(2, 2)
v = torch.randn(2)

live = []
for count in sized([100, 1000, 10_000, 100_000, 1_000_000], [100, 10_000], [100]):
    while len(live) < count:
        live.append(torch.zeros(1))
    measure(f"torch.add, {count} tensors live", lambda: torch.add(x, y))
live.clear()

measure("1 argument: relu", lambda: torch.relu(x))
measure("2 arguments: add", lambda: torch.add(x, y))
measure("4 arguments: addcmul, a keyword", lambda: torch.addcmul(x, x, y, value=2))
measure("9 arguments: batch_norm", lambda: torch.batch_norm(x, v, v, v, v, False, 0.1, 1e-5, False))
for count in [1, 10, 100, 1000]:
    tensors = [x] * count
    measure(f"cat of {count}", lambda: torch.cat(tensors))


def in_turn():
    torch.max(x)
    torch.max(x, 1)
    torch.max(x, y)


measure("1st signature: max(x)", lambda: torch.max(x))
measure("2nd signature: max(x, dim)", lambda: torch.max(x, 1))
measure("last signature: max(x, y)", lambda: torch.max(x, y))
measure("signatures in turn: three of max", in_turn)

for depth in sized([100, 1000, 10_000, 100_000], [100, 1000], [100]):
    leaf = torch.ones(1, requires_grad=True)
    rounds = max(3, 10_000 // depth)
    taken = 0
    for round in range(-1, rounds):
        chain = leaf
        for _ in range(depth):
            chain = chain + 1
        started = time.perf_counter()
        chain.backward()
        if round >= 0:  # the first one warms up
            taken += time.perf_counter() - started
    report(f"backward() of a node, {depth} deep", taken / rounds / depth * 1e9, "ns")
