"""Where the operators stand in Python, and under which names."""

from __future__ import annotations

import torch

VERSION = torch.__version__.split("+")[0]

MODULES = ("nn", "linalg", "fft", "special", "sparse", "nested")

# The words that JavaScript does not allow as the name of a constant.
RESERVED = frozenset({"var"})

# Methods that take more than PyTorch's: `x.index_put_([0, ":"], 5)`.
WRAPPED = frozenset({"index_put", "index_put_"})


def module_names(module: str, operators: list[str]) -> dict[str, str]:
    """Maps a module's operators to their names in Python: `fft_rfft` is `torch.fft.rfft`."""
    if module == "nn":
        return {operator: operator for operator in operators}
    private = getattr(torch._C, f"_{module}")
    public = {id(value): name for name, value in vars(getattr(torch, module)).items()}
    return {
        operator: public.get(id(getattr(private, operator)), operator) for operator in operators
    }


def torch_names(operators: list[str]) -> dict[str, str]:
    """Operators such as `__and__` are methods only."""
    functions = torch._C._VariableFunctions
    return {
        operator: operator
        for operator in operators
        if hasattr(functions, operator) and not operator.startswith("__")
    }


def method_names(operators: list[str]) -> dict[str, str]:
    return {operator: operator for operator in operators if hasattr(torch.Tensor, operator)}


def is_wrapped(method: str) -> bool:
    """Whether a method written by hand stands before the operator's, with a type of its own."""
    by_pytorch = getattr(torch.Tensor, method) is not getattr(torch._C.TensorBase, method, None)
    return by_pytorch or method in WRAPPED


def identifier(name: str) -> str:
    return f"{name}_" if name in RESERVED else name
