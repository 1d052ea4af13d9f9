# Import, first operator, and the memory that takes.
import time

started = time.perf_counter()
import torch

torch.ones(2).add(1)
taken = (time.perf_counter() - started) * 1e3
from measure import report, rss

report("import + first operator", taken, "ms")
report("RSS after it", rss(), "MB")
