"""Records every public name of Python's torch in names.json: `python scripts/coverage/record.py && npm run format`."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import types
import warnings
from pathlib import Path

import torch

warnings.simplefilter("ignore")

# Their members are names that scripts write too.
CLASSES = (
    "torch.Tensor",
    "torch.Generator",
    "torch.Size",
    "torch.device",
    "torch.dtype",
    "torch.finfo",
    "torch.iinfo",
    "torch.UntypedStorage",
    "torch.TypedStorage",
    "torch.nn.Module",
    "torch.optim.Optimizer",
    "torch.optim.lr_scheduler.LRScheduler",
    "torch.utils.data.DataLoader",
    "torch.autograd.Function",
    "torch.distributions.Distribution",
)

# Special methods that every Python object has, or that pickling and copying call.
PLAIN = frozenset(dir(object)) | {
    "__dict__",
    "__weakref__",
    "__module__",
    "__annotations__",
    "__slots__",
    "__setstate__",
    "__qualname__",
    "__orig_bases__",
    "__parameters__",
    "__static_attributes__",
    "__firstlineno__",
    "__abstractmethods__",
    "__class_getitem__",
    "__annotate_func__",
    "__annotations_cache__",
    "__type_params__",
}


def modules() -> list[str]:
    """Every module of the package whose path has no private part."""
    found = {"torch", "torch.ops"}
    packages = [torch]
    while packages:
        package = packages.pop()
        path = getattr(vars(package).get("m", package), "__path__", [])
        for entry in pkgutil.iter_modules(path, f"{package.__name__}."):
            if any(part.startswith("_") for part in entry.name.split(".")):
                continue
            found.add(entry.name)
            try:
                module = importlib.import_module(entry.name)
            except (Exception, SystemExit):  # it needs a package or a device that is not here
                continue
            if entry.ispkg:
                packages.append(module)
    return sorted(found)


def is_own(module: types.ModuleType, name: str, value: object) -> bool:
    """Whether a name without `__all__` is torch's, and no import of something else."""
    if name.startswith("_") or inspect.ismodule(value):
        return False
    owner = getattr(value, "__module__", None)
    if isinstance(owner, str) and not owner.startswith("torch"):
        return False
    if isinstance(owner, str) and (inspect.isclass(value) or inspect.isfunction(value)):
        return owner == module.__name__ or owner.startswith(f"{module.__name__}.")
    return owner is not None or not isinstance(value, (types.GenericAlias, bool))


def public(module: types.ModuleType) -> dict[str, object]:
    if wrapped := vars(module).get("m"):  # torch.backends.cudnn and its like: flags are properties of a class
        flags = {key: value for key, value in vars(type(module)).items() if not key.startswith("_")}
        return public(wrapped) | flags
    if hasattr(module, "__all__"):
        names = [name for name in module.__all__ if not name.startswith("_")]
        values = {name: getattr(module, name) for name in names if hasattr(module, name)}
        return {name: value for name, value in values.items() if value is not torch.Tensor}
    return {name: value for name, value in vars(module).items() if is_own(module, name, value)}


def ancestors(name: str) -> list[types.ModuleType]:
    parts = name.split(".")
    return [importlib.import_module(".".join(parts[:i])) for i in range(1, len(parts))]


def is_repeated(module: types.ModuleType, name: str, value: object) -> bool:
    """Whether a package above exports the same object: `torch.nn.modules.linear.Linear` is `torch.nn.Linear`."""
    owner = str(getattr(value, "__module__", None))
    if owner != module.__name__ and not owner.startswith(f"{module.__name__}."):
        return False
    return any(getattr(above, name, None) is value for above in ancestors(module.__name__))


def torch_names() -> set[str]:
    """`torch` has `__all__`, and more that C++ binds or that is imported on purpose."""
    names = set(torch.__all__)
    for name, value in vars(torch).items():
        if name.startswith("_") or inspect.ismodule(value):
            continue
        owner = getattr(value, "__module__", None)
        if owner is None or str(owner).startswith("torch"):
            names.add(name)
    return {name for name in names if not name.startswith("_") and not inspect.ismodule(getattr(torch, name))}


def members(path: str) -> list[str]:
    value: object = torch
    for part in path.split(".")[1:]:
        value = getattr(value, part)
    names = [name for name in dir(value) if name not in PLAIN]
    return sorted(name for name in names if not name.startswith("_") or name.startswith("__"))


def main() -> None:
    result: dict[str, list[str]] = {"torch": sorted(torch_names())}
    for name in modules():
        if name in ("torch", "torch.ops"):
            continue
        try:
            module = importlib.import_module(name)
        except (Exception, SystemExit):
            continue
        names = [key for key, value in public(module).items() if not is_repeated(module, key, value)]
        if names:
            result[name] = sorted(names)
    for path in CLASSES:
        result[path] = members(path)
    text = json.dumps({"version": torch.__version__.split("+")[0], "names": dict(sorted(result.items()))}, indent=2)
    (Path(__file__).parent / "names.json").write_text(text + "\n")


main()
