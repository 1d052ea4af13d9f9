# A million tensors that nothing keeps.
import time

import torch
from measure import peak_rss, report, rss, sized

x = torch.randn(16, 16)


def loop(count):
    for _ in range(count):
        x.add(1)


TEMPORARIES = sized(1_000_000, 200_000, 1000)
loop(TEMPORARIES // 10)
report("RSS after a tenth", rss(), "MB")
started = time.perf_counter()
loop(TEMPORARIES)
report("a temporary", (time.perf_counter() - started) / TEMPORARIES * 1e9, "ns")
report("RSS after all", rss(), "MB")
report("peak RSS", peak_rss(), "MB")
