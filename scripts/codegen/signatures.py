"""Python's signatures of libtorch's operators, in the order in which its parser tries them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torchgen
from torchgen.api.python import (
    PythonArgument,
    PythonSignature,
    PythonSignatureDeprecated,
    PythonSignatureGroup,
    structseq_fieldnames,
)
from torchgen.gen import parse_native_yaml
from torchgen.model import FunctionSchema, NativeFunction, Return
from torchgen.packaged.autograd import gen_python_functions as gen

PACKAGED = Path(torchgen.__file__).parent / "packaged"
DEPRECATED = PACKAGED / "autograd" / "deprecated.yaml"
NATIVE = PACKAGED / "ATen" / "native"


@dataclass(frozen=True)
class Signature:
    """One line of a PythonArgParser, and the operator (or two, with `out`) that it calls."""

    group: PythonSignatureGroup

    @property
    def python(self) -> PythonSignature:
        return self.group.signature

    @property
    def text(self) -> str:
        return self.python.signature_str()

    @property
    def deprecated(self) -> bool:
        return self.python.deprecated

    @property
    def operator(self) -> str:
        return f"aten::{self.group.base.func.name}"

    @property
    def out(self) -> str | None:
        return f"aten::{self.group.outplace.func.name}" if self.group.outplace else None

    @property
    def schema(self) -> FunctionSchema:
        return self.group.base.func

    @property
    def positional(self) -> tuple[PythonArgument, ...]:
        return self.python.input_args

    @property
    def keyword_only(self) -> tuple[PythonArgument, ...]:
        return self.python.arguments()[len(self.python.input_args) :]

    @property
    def returns(self) -> tuple[Return, ...]:
        return self.schema.returns

    @property
    def fields(self) -> list[str]:
        """The names of a named tuple's fields; none for other results."""
        return structseq_fieldnames(self.returns)

    @cached_property
    def renamed(self) -> dict[str, str | int]:
        """Schema arguments that are not the parameter of their own name: a name, or a constant."""
        if not isinstance(self.python, PythonSignatureDeprecated):
            return {}
        arguments = [a.name for a in self.schema.arguments.flat_non_out]
        expressions = [e for e in self.python.deprecated_args_exprs if e != "out"]
        return {
            argument: int(expression) if expression.isdigit() else expression
            for argument, expression in zip(arguments, expressions)
            if argument != expression
        }


def parameter_name(argument: PythonArgument, method: bool) -> str:
    """The name that Python's parser knows: `self` is `input` in functions."""
    return argument.argument_str(method=method).split("=")[0].split()[-1]


def default_value(argument: PythonArgument) -> str | None:
    """The default as Python's parser reads it."""
    text = argument.argument_str()
    return text.split("=", 1)[1] if "=" in text else None


def native_functions() -> list[NativeFunction]:
    parsed = parse_native_yaml(
        str(NATIVE / "native_functions.yaml"), str(NATIVE / "tags.yaml")
    ).native_functions
    return [f for f in parsed if gen.should_generate_py_binding(f)]


def signatures(
    functions: list[NativeFunction], module: str | None, *, method: bool
) -> Iterator[tuple[str, list[Signature]]]:
    """Each name of one of Python's modules (`None` is `torch`), with its signatures."""

    def belongs(function: NativeFunction) -> bool:
        if module is not None:
            return function.python_module == module
        is_member = gen.is_py_variable_method if method else gen.is_py_torch_function
        return is_member(function)

    pairs = gen.load_signatures(functions, str(DEPRECATED), method=method)
    grouped = gen.group_filter_overloads(pairs, belongs)
    for name in sorted(grouped, key=str):
        groups = [Signature(group) for group in gen.group_overloads(grouped[name])]
        # PythonArgParser moves the deprecated ones to the end.
        yield str(name), sorted(groups, key=lambda signature: signature.deprecated)
