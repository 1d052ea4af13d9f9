"""Writes lib/generated/*.ts: `npm run codegen`. PYTHON may name a Python with torch and PyYAML."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# npm runs `python3`, which may have no torch.
if python := os.environ.pop("PYTHON", None):
    os.execvp(python, [python, *sys.argv])

import names
import typescript
from signatures import native_functions, signatures
from verify import verify

GENERATED = Path(__file__).parents[2] / "lib" / "generated"


def main() -> None:
    functions = native_functions()
    torch = dict(signatures(functions, None, method=False))
    files = {"torch": (names.torch_names(list(torch)), torch)}
    for module in names.MODULES:
        operators = dict(signatures(functions, module, method=False))
        files[module] = (names.module_names(module, list(operators)), operators)
    for module, (public, operators) in files.items():
        for records in operators.values():
            verify(records)
        exports = {
            name: (operator, operators[operator])
            for operator, name in sorted(public.items(), key=lambda item: item[1])
        }
        write(module, typescript.functions_file(module, exports))
    methods = dict(signatures(functions, None, method=True))
    methods = {name: methods[name] for name in names.method_names(list(methods))}
    for records in methods.values():
        verify(records)
    typed = {name for name in methods if not names.is_wrapped(name)}
    write("tensor", typescript.methods_file(methods, typed))


def write(module: str, text: str) -> None:
    (GENERATED / f"{module}.ts").write_text(text)


main()
