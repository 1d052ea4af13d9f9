"""TypeScript's overloads for Python's signatures.

A parameter that Python lets a caller name can be named: every positional prefix is an overload
whose last argument is an object with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from torchgen.api.python import PythonArgument, PythonOutArgument, PythonSignature
from torchgen.model import BaseTy, BaseType, ListType, OptionalType, Return, SchemaKind, Type

from names import identifier
from signatures import Signature, default_value, parameter_name

# PythonArgParser takes numbers for the tensors of these.
NUMBERS_AS_TENSORS = frozenset(
    {"add", "div", "divide", "floor_divide", "mul", "multiply", "sub", "subtract", "true_divide"}
)

BASE_TYPES = {
    BaseTy.Tensor: ("Tensor",),
    BaseTy.Scalar: ("Scalar", "Tensor"),
    BaseTy.int: ("Int",),
    BaseTy.SymInt: ("Int",),
    BaseTy.DeviceIndex: ("Int",),
    BaseTy.float: ("Float",),
    BaseTy.bool: ("boolean",),
    BaseTy.str: ("string",),
    BaseTy.ScalarType: ("dtype",),
    BaseTy.Layout: ("layout",),
    BaseTy.Device: ("DeviceLike",),
    BaseTy.MemoryFormat: ("memory_format",),
    BaseTy.Generator: ("Generator",),
    BaseTy.Stream: ("object",),
    BaseTy.QScheme: ("qscheme",),
}

RETURN_TYPES = {
    BaseTy.int: "number",
    BaseTy.SymInt: "number",
    BaseTy.float: "number",
    BaseTy.Scalar: "Scalar",
}

# Names that users do not write: few overloads do.
INTERNAL = ("_", "cudnn_", "fbgemm_", "miopen_", "mkldnn_", "quantized_")

TENSOR_OPTIONS = frozenset({"dtype", "layout", "device", "pin_memory", "requires_grad"})


@dataclass(frozen=True)
class Parameter:
    name: str
    types: tuple[str, ...]
    optional: bool

    def __str__(self) -> str:
        return f"{self.name}{'?' if self.optional else ''}: {' | '.join(self.types)}"

    @property
    def positional(self) -> Parameter:
        return replace(self, name=identifier(self.name))

    @property
    def required(self) -> Parameter:
        return replace(self, optional=False)

    def union(self, other: Parameter) -> Parameter:
        """The parameter that takes what either takes."""
        return replace(
            self,
            types=union(self.types, other.types),
            optional=self.optional or other.optional,
        )


@dataclass(frozen=True)
class Call:
    """What TypeScript has to know of a signature."""

    positional: tuple[Parameter, ...]
    keyword_only: tuple[Parameter, ...]
    returns: str
    deprecated: bool
    internal: bool

    @classmethod
    def from_signature(cls, signature: Signature) -> Call:
        return cls(
            tuple(parameter(a, signature.python) for a in signature.positional),
            tuple(parameter(a, signature.python) for a in signature.keyword_only),
            returns(signature),
            signature.deprecated,
            signature.python.name.startswith(INTERNAL),
        )

    @property
    def shape(self) -> tuple[object, ...]:
        """Calls of one shape differ in types and in keyword-only parameters alone."""
        positional = tuple((p.name, p.optional) for p in self.positional)
        return positional, self.returns, self.deprecated

    def union(self, other: Call) -> Call:
        return replace(
            self,
            positional=tuple(p.union(q) for p, q in zip(self.positional, other.positional)),
            keyword_only=tuple(union_keywords(self.keyword_only, other.keyword_only)),
        )

    @property
    def takes_varargs(self) -> bool:
        """`view(*size)`: the only positional parameter is a list of ints."""
        return len(self.positional) == 1 and "readonly Int[]" in self.positional[0].types

    def overloads(self) -> Iterator[str]:
        yield self.overload(self.positional, self.keyword_only)
        if self.takes_varargs:
            yield from self.varargs()
        for count in self.prefixes():
            keywords = (*self.positional[count:], *self.keyword_only)
            yield self.overload(tuple(p.required for p in self.positional[:count]), keywords, True)

    def prefixes(self) -> Iterator[int]:
        """How many arguments may stand before keywords; few for what nobody should write."""
        required = sum(not p.optional for p in self.positional)
        if self.deprecated:
            return
        if self.internal:
            yield from range(required, len(self.positional))[:1]
            return
        yield from range(required, len(self.positional))
        yield from reversed(range(required))

    def varargs(self) -> Iterator[str]:
        """None at all would be an error of Python's, but an array must be allowed to be spread."""
        name = self.positional[0].name
        yield f"(...{name}: Int[]): {self.returns}"
        if self.keyword_only:
            keywords = keywords_type(self.keyword_only)
            yield f"(...args: [...{name}: Int[], keywords: {keywords}]): {self.returns}"

    def overload(
        self,
        positional: tuple[Parameter, ...],
        keywords: tuple[Parameter, ...],
        needs_keywords: bool = False,
    ) -> str:
        parameters = [str(p.positional) for p in positional]
        if keywords:
            optional = not needs_keywords and all(p.optional for p in keywords)
            if not optional:
                parameters = [str(p.positional.required) for p in positional]
            parameters.append(f"keywords{'?' if optional else ''}: {keywords_type(keywords)}")
        return f"({', '.join(parameters)}): {self.returns}"


def calls(signatures: list[Signature]) -> list[Call]:
    """Signatures that TypeScript can show as one are one."""
    merged: dict[tuple[object, ...], Call] = {}
    for signature in signatures:
        call = Call.from_signature(signature)
        merged[call.shape] = merged[call.shape].union(call) if call.shape in merged else call
    return list(merged.values())


def parameter(argument: PythonArgument, signature: PythonSignature) -> Parameter:
    function = signature.name.removesuffix("_")
    types = argument_types(argument.type)
    numbers = function in NUMBERS_AS_TENSORS and not isinstance(argument, PythonOutArgument)
    if numbers and types == ("Tensor",):
        types = ("Tensor", "Scalar")
    if default_value(argument) == "None":
        types = union(types, ("null",))
    name = parameter_name(argument, signature.method)
    return Parameter(name, types, argument.default is not None)


def argument_types(type: Type) -> tuple[str, ...]:
    if isinstance(type, OptionalType):
        return union(argument_types(type.elem), ("null",))
    if isinstance(type, BaseType):
        return BASE_TYPES[type.name]
    assert isinstance(type, ListType)
    element = argument_types(type.elem)
    if element == ("Tensor",) and type.size is not None:
        return (f"readonly [{', '.join(['Tensor'] * type.size)}]",)
    text = element[0] if len(element) == 1 else f"({' | '.join(element)})"
    if element == ("Int",) and type.size is not None:
        return ("Int", f"readonly {text}[]")
    return (f"readonly {text}[]",)


def returns(signature: Signature) -> str:
    schema = signature.schema
    types = [return_type(r) for r in signature.returns]
    fields = [f'"{field}"' for field in signature.fields]
    if not types:
        # Python's binding gives the in-place _foreach functions their list back.
        foreach = signature.python.name.startswith("_foreach_")
        return "Tensor[]" if foreach and schema.kind() == SchemaKind.inplace else "void"
    if fields:
        elements = "" if set(types) == {"Tensor"} else f", [{', '.join(types)}]"
        return f"NamedTuple<[{', '.join(fields)}]{elements}>"
    if len(types) > 1:
        return f"[{', '.join(types)}]"
    if signature.python.method and schema.kind() == SchemaKind.inplace:
        return "this"
    return types[0]


def return_type(value: Return) -> str:
    if isinstance(value.type, ListType):
        return f"{return_type(Return(None, value.type.elem, None))}[]"
    assert isinstance(value.type, BaseType)
    return RETURN_TYPES.get(value.type.name) or BASE_TYPES[value.type.name][0]


def keywords_type(parameters: tuple[Parameter, ...]) -> str:
    own = [str(p) for p in parameters if p.name not in TENSOR_OPTIONS]
    if len(parameters) - len(own) < len(TENSOR_OPTIONS):
        return f"Keywords<{{ {'; '.join(map(str, parameters))} }}>"
    return f"Keywords<TensorOptions & {{ {'; '.join(own)} }}>" if own else "Keywords<TensorOptions>"


def union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    types = dict.fromkeys((*first, *second))
    # `null` is read last.
    return tuple(sorted(types, key=lambda type: type == "null"))


def union_keywords(
    first: tuple[Parameter, ...], second: tuple[Parameter, ...]
) -> Iterator[Parameter]:
    both = {p.name: p for p in second}
    for p in first:
        yield p.union(both.pop(p.name)) if p.name in both else replace(p, optional=True)
    yield from (replace(p, optional=True) for p in both.values())
