"""Writes methods.json: what the public methods of public classes of torch say to 30 arguments, where it is a TypeError that
counts them, and by which name they refuse an unknown keyword. Methods are called without an object: Python binds the arguments
first.

    python methods.py
"""

import importlib
import inspect
import json
import pathlib
import warnings

import torch

from said import text

warnings.simplefilter("ignore")
names = json.loads(pathlib.Path(__file__, "../../../../scripts/coverage/names.json").resolve().read_text())["names"]


absent = ("torch.ao.", "torch.distributed.", "torch.fx.", "torch.jit.frontend", "torch.onnx.", "torch.package.")

classes: dict[type, str] = {}
for module in names:
    if f"{module}.".startswith(absent):
        continue
    try:
        found = importlib.import_module(module)
    except Exception:
        continue
    for name in names[module]:
        value = getattr(found, name, None)
        if inspect.isclass(value) and value.__module__.startswith("torch") and not issubclass(value, torch.Tensor) and type(value).__name__ != "tensortype":
            classes.setdefault(value, f"{module}.{name}")

counts, keywords = {}, {}
for owner, path in classes.items():
    for name in dir(owner):
        own = next((base for base in owner.__mro__ if name in vars(base)), type)
        if name.startswith("_") or (own is not owner and (own in classes or not own.__module__.startswith("torch"))):
            continue
        raw = vars(own)[name]
        is_static = isinstance(raw, staticmethod | classmethod)
        if not inspect.isfunction(raw.__func__ if is_static else raw):
            continue
        method = getattr(owner, name)
        key = f"{path}{'.' if is_static else '#'}{name}"
        self = () if is_static else (None,)
        counted = text(lambda: method(*self, *[None] * 30))
        if "given" in counted and ("30" in counted or "31" in counted):
            counts[key] = counted
        refused = text(lambda: method(*self, zzz=1))
        ending = "() got an unexpected keyword argument 'zzz'"
        if refused.endswith(ending):
            keywords[key] = refused.removesuffix(ending)
recording = {"counts": counts, "keywords": keywords}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(recording, indent=1) + "\n")
print(len(counts), len(keywords))
