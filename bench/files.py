# Files of 400 MB: torch.save, torch.load, mapped, safetensors.
import os
import tempfile
import time

import safetensors.torch
import torch
from measure import report, sized

torch.manual_seed(0)
state = {f"layers.{i}.weight": torch.randn(1024, 1024) for i in range(sized(100, 100, 1))}
folder = tempfile.mkdtemp()
path = os.path.join(folder, "model.pt")
tensors = os.path.join(folder, "model.safetensors")


def measure(name, call):
    times = []
    for _ in range(4):
        started = time.perf_counter_ns()
        result = call()
        times.append(time.perf_counter_ns() - started)
        del result
    report(name, min(times), "ns")


try:
    measure("torch.save", lambda: torch.save(state, path))
    measure("torch.load", lambda: torch.load(path))
    measure("torch.load mmap", lambda: torch.load(path, mmap=True))
    measure("safetensors save_file", lambda: safetensors.torch.save_file(state, tensors))
    measure("safetensors load_file", lambda: safetensors.torch.load_file(tensors))
    measure("safetensors load_file, clone", lambda: {k: v.clone() for k, v in safetensors.torch.load_file(tensors).items()})
finally:
    for file in (path, tensors):
        if os.path.exists(file):
            os.remove(file)
    os.rmdir(folder)
