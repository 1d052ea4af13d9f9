# Import, first operator, and the memory that takes: milliseconds and megabytes.
import time

started = time.perf_counter()
import torch

torch.ones(2).add(1)
print(f"import + first operator, ms {(time.perf_counter() - started) * 1000:.0f}")
with open("/proc/self/statm") as f:
    print(f"RSS after it, MB {int(f.read().split()[1]) * 4096 / 2**20:.0f}")
