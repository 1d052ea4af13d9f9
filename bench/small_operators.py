# Twelve operators on 2x2 float32 tensors, nanoseconds a call.
import time

import torch

torch.manual_seed(0)
x = torch.randn(2, 2)
y = torch.randn(2, 2)

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
}

CALLS = 30_000
for name, call in operators.items():
    for _ in range(CALLS):
        call()
    times = []
    for _ in range(5):
        started = time.perf_counter_ns()
        for _ in range(CALLS):
            call()
        times.append((time.perf_counter_ns() - started) / CALLS)
    print(f"{name} {sorted(times)[2]:.0f}")
