"""Records what Python gives for the lines of *.cases, for replay.ts: `python test/recordings/record.py [NAME ...]`.

A line is a Python expression, or statements and an expression between " ; ", and after " ||| " its TypeScript where that
is another. `#` begins a comment.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from pathlib import Path

import torch
import torch.nested
import torch.nn.utils.prune
import torch.quasirandom
import torch.signal
import torch.testing

HERE = Path(__file__).parent


def text(value: object) -> str:
    """A value as text; a float without a fraction as JavaScript has it, like an int."""
    if isinstance(value, torch.Tensor):
        if value.is_quantized or value.layout != torch.strided or value.is_nested:
            return str(value)
        return f"tensor({text(value.tolist())}, {value.dtype}, {list(value.shape)})"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer() and abs(value) < 1e21 and str(value) != "-0.0":
        return str(int(value))
    if isinstance(value, torch.Size):
        return str(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(text(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {text(item)}' for key, item in value.items())}}}"
    return str(value)


def run(source: str) -> str:
    *statements, expression = source.split(" ; ")
    scope = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "keys": lambda values: list(values)}
    torch.manual_seed(0)
    try:
        for statement in statements:
            exec(statement, scope)
        return text(eval(expression, scope))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main() -> None:
    warnings.simplefilter("ignore")
    chosen = sys.argv[1:] or sorted(path.stem for path in HERE.glob("*.cases"))
    for name in chosen:
        lines = (HERE / f"{name}.cases").read_text().splitlines()
        cases = []
        for line in lines:
            if not line.strip() or line.startswith("#"):
                continue
            python, _, typescript = (part.strip() for part in line.partition("|||"))
            cases.append({"python": python, "typescript": typescript or python, "result": run(python)})
        (HERE / f"{name}.json").write_text(json.dumps(cases, indent=2) + "\n")


main()
