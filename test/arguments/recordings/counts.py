"""Writes counts.json: what public functions of torch say to 30 arguments, where it is a TypeError that counts them.

    python counts.py
"""

import inspect
import json
import pathlib
import warnings

import torch

warnings.simplefilter("ignore")
names = json.loads(pathlib.Path(__file__, "../../../../scripts/coverage/names.json").resolve().read_text())["names"]
modules = [
    "torch",
    "torch.accelerator",
    "torch.backends.cuda",
    "torch.cpu",
    "torch.cuda",
    "torch.fft",
    "torch.foreach",
    "torch.functional",
    "torch.linalg",
    "torch.nn.functional",
    "torch.overrides",
    "torch.random",
    "torch.serialization",
    "torch.sparse",
    "torch.special",
    "torch.testing",
]
texts = {}
for module in modules:
    for name in names[module]:
        function = torch
        for part in f"{module}.{name}".split(".")[1:]:
            function = getattr(function, part, None)
        if not callable(function) or inspect.isclass(function):
            continue
        try:
            function(*[None] * 30)
        except TypeError as error:
            if "30" in str(error) and "given" in str(error):
                texts[f"{module}.{name}"] = str(error)
        except BaseException:
            pass
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(texts, indent=1) + "\n")
