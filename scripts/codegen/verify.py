"""That every record can be called: its operator gets all that it needs."""

from __future__ import annotations

import torch

from signatures import Signature, parameter_name

SCHEMAS = {
    f"{schema.name}.{schema.overload_name}".rstrip("."): schema
    for schema in torch._C._jit_get_all_schemas()
}

TENSOR_OPTIONS = {"dtype", "layout", "device", "pin_memory", "requires_grad"}

# Parameters that reach no argument: an `out` by another name.
UNUSED = {"aten::_softmax_backward_data": {"grad_input"}}


def verify(signatures: list[Signature]) -> None:
    for signature in signatures:
        check(signature, signature.operator, {"requires_grad"})
        if signature.out:
            # PyTorch only compares these with the tensor that it is given.
            check(signature, signature.out, TENSOR_OPTIONS)


def check(signature: Signature, operator: str, ignored: set[str]) -> None:
    method = signature.python.method
    parameters = {parameter_name(a, method) for a in signature.python.arguments()}
    unused = parameters - ignored - {"out"} - UNUSED.get(signature.operator, set())
    for argument in SCHEMAS[operator].arguments:
        source = signature.renamed.get(argument.name, argument.name)
        if source == "self" and "input" in parameters:
            source = "input"
        if source in parameters:
            unused.discard(source)
        elif not (
            isinstance(source, int)
            or argument.is_out
            or argument.has_default_value()
            or (method and source == "self")
        ):
            raise ValueError(f"{signature.text} gives {operator} no {argument.name}")
    if unused:
        raise ValueError(f"{signature.text} has no use for {unused} in {operator}")
