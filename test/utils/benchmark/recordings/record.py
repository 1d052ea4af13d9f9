"""Records what Python's torch.utils.benchmark prints and draws: python test/utils/benchmark/recordings/record.py"""

import json
import random
import re
from pathlib import Path

import torch
from torch.utils.benchmark import Compare, FuzzedParameter, FuzzedTensor, Fuzzer, Measurement, ParameterAlias, TaskSpec
from torch.utils.benchmark import select_unit, trim_sigfig
from torch.utils.benchmark.utils import fuzzer as fuzzer_module

random.seed(0)


def check_distribution(self, distribution):
    """Python 2.15 refuses the distributions that are normalized, by a `not` too many: here it takes them."""
    assert isinstance(distribution, dict) or distribution in fuzzer_module._DISTRIBUTIONS
    return distribution


FuzzedParameter._check_distribution = check_distribution


def times(median, spread, n):
    return [median * (1 + spread * random.uniform(-1, 1)) for _ in range(n)]


SPECS = [
    {"stmt": "x + y", "setup": "pass"},
    {"stmt": "x + y", "setup": "x = 1\ny = 2", "label": "add", "sub_label": "small", "description": "n=1", "num_threads": 4},
    {"stmt": "a\nb", "setup": "x = 1", "sub_label": "two lines", "description": "d"},
]
MEASUREMENTS = [
    {"number_per_run": 100, "raw_times": times(5.7e-4, 0.01, 20), "spec": 0},
    {"number_per_run": 1, "raw_times": [2.5], "spec": 1},
    {"number_per_run": 10, "raw_times": times(3e-2, 0.3, 9), "spec": 1},
    {"number_per_run": 10, "raw_times": times(3e-2, 0.9, 30), "spec": 2},
    {"number_per_run": 1000, "raw_times": [1e-6, 2e-6, 3e-6], "spec": 0},
]


def compared():
    result = []
    for label in ("add", "mul"):
        for env in ("master", "branch"):
            for sub_label in ("small", "large one"):
                for description in ("n=1", "n=1000"):
                    for threads in (1, 4):
                        if label == "mul" and env == "branch" and description == "n=1":
                            continue
                        base = 1e-6 if sub_label == "small" else 1.2e-4
                        base *= 1 if description == "n=1" else 7
                        base *= 1.05 if env == "branch" else 1
                        for _ in range(2):
                            spread = 0.5 if threads == 4 else 0.02
                            result.append({"number_per_run": 10, "raw_times": times(base * 10, spread, 12), "spec": {"stmt": f"{label}(x)", "setup": "pass", "label": label, "sub_label": sub_label, "description": description, "env": env if label == "add" else None, "num_threads": threads}})
    return result


def measurement(given):
    spec = given["spec"] if isinstance(given["spec"], dict) else SPECS[given["spec"]]
    return Measurement(given["number_per_run"], given["raw_times"], TaskSpec(**spec))


def without_address(text):
    return re.sub(r"0x[0-9a-f]+", "0x", text)


def statistics(m):
    return {"repr": without_address(repr(m)), "median": m.median, "mean": m.mean, "iqr": m.iqr, "significant_figures": m.significant_figures, "has_warnings": m.has_warnings, "title": m.title, "as_row_name": m.as_row_name}


def tables(measurements):
    result = []
    for trim in (False, True):
        for colorize in (None, False, True):
            for highlight in (False, True):
                compare = Compare(measurements)
                if trim:
                    compare.trim_significant_figures()
                if colorize is not None:
                    compare.colorize(rowwise=colorize)
                if highlight:
                    compare.highlight_warnings()
                result.append({"trim": trim, "rowwise": colorize, "highlight": highlight, "text": str(compare)})
    return result


def described(fuzzer, n):
    result = []
    for tensors, properties, params in fuzzer.take(n):
        for name in properties:
            properties[name] = {key: [int(i) for i in value] if key == "order" else list(value) if isinstance(value, (tuple, torch.Size)) else value for key, value in properties[name].items()}
        shapes = {name: list(tensor.shape) for name, tensor in tensors.items()}
        strides = {name: list(tensor.stride()) if tensor.layout == torch.strided else tensor._nnz() for name, tensor in tensors.items()}
        sums = {name: (tensor.double().sum() if not tensor.is_sparse else torch.sparse.sum(tensor.double())).item() for name, tensor in tensors.items()}
        result.append({"shapes": shapes, "strides": strides, "sums": sums, "properties": properties, "params": params})
    return {"steps": result, "rejection_rate": fuzzer.rejection_rate}


def small(seed):
    return Fuzzer(
        parameters=[
            [FuzzedParameter(f"k{i}", 2, 64, distribution="loguniform") for i in range(3)],
            FuzzedParameter("n", 1, 5, distribution="uniform"),
            FuzzedParameter("p", 0.5, 2, distribution="uniform"),
            FuzzedParameter("d", distribution={2: 0.6, 3: 0.4}, strict=True),
            FuzzedParameter("y1", distribution={ParameterAlias("k1"): 0.7, 1: 0.3}),
            [FuzzedParameter(f"s{i}", distribution={1: 0.5, 2: 0.25, 3: 0.25}) for i in range(3)],
        ],
        tensors=[
            FuzzedTensor("x", ("k0", "k1", "k2"), ("s0", "s1", "s2"), probability_contiguous=0.3, dim_parameter="d", max_elements=4096, min_elements=16),
            FuzzedTensor("y", ("k0", "y1", 3), probability_contiguous=0.5, dim_parameter="d", dtype=torch.int64, max_allocation_bytes=40000),
        ],
        constraints=[lambda params: params["k0"] != 7],
        seed=seed,
    )


def parameters(cls):
    """What a fuzzer of operators draws; its tensors are too large for a test."""
    import numpy as np

    result = []
    for seed in range(8):
        fuzzer = cls(seed=seed)
        result.append(fuzzer._generate(np.random.RandomState(seed)))
    return result


def main():
    from torch.utils.benchmark.op_fuzzers.binary import BinaryOpFuzzer
    from torch.utils.benchmark.op_fuzzers.sparse_binary import BinaryOpSparseFuzzer
    from torch.utils.benchmark.op_fuzzers.sparse_unary import UnaryOpSparseFuzzer
    from torch.utils.benchmark.op_fuzzers.spectral import SpectralOpFuzzer
    from torch.utils.benchmark.op_fuzzers.unary import UnaryOpFuzzer

    torch.set_num_threads(1)
    given = compared()
    result = {
        "specs": SPECS,
        "measurements": [{**m, **statistics(measurement(m))} for m in MEASUREMENTS],
        "compared": given,
        "tables": tables([measurement(m) for m in given]),
        "units": [[t, select_unit(t)] for t in (1e-9, 9.99e-7, 1e-6, 0.5e-3, 1e-3, 0.9, 1, 100)],
        "trimmed": [[x, n, trim_sigfig(x, n)] for x in (3.14159, 123456.0, 0.00098765, 1.0) for n in (1, 2, 4)],
        "fuzzed": [{"seed": seed, **described(small(seed), 4)} for seed in (0, 1, 123)],
        "sparse": [described(cls(seed=3), 1) for cls in (UnaryOpSparseFuzzer, BinaryOpSparseFuzzer)],
        "drawn": {cls.__name__: parameters(cls) for cls in (UnaryOpFuzzer, BinaryOpFuzzer, UnaryOpSparseFuzzer, BinaryOpSparseFuzzer, SpectralOpFuzzer)},
    }
    Path(__file__).with_name("benchmark.json").write_text(json.dumps(result, indent=1) + "\n")


main()
