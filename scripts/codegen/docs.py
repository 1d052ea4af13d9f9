"""Doc comments: the signatures in Python's words, one sentence, and PyTorch's page."""

from __future__ import annotations

import torch
from torchgen.api.python import PythonArgument
from torchgen.model import Return

from descriptions import description
from names import VERSION
from signatures import Signature, default_value, parameter_name

PAGES = f"https://docs.pytorch.org/docs/{VERSION.rsplit('.', 1)[0]}"

# Names with a docstring that PyTorch's documentation does not list.
UNLISTED_FUNCTIONS = frozenset(
    "as_strided_scatter channel_shuffle conv_tbc empty_permuted hash_tensor is_inference "
    "native_channel_shuffle nonzero_static quantize_per_tensor_dynamic segment_reduce unsafe_chunk "
    "unsafe_split".split()
)
UNLISTED_FUNCTIONAL = frozenset("celu_ selu_".split())
UNLISTED_METHODS = frozenset(
    "as_strided_ as_strided_scatter deg2rad_ exp2 exp2_ heaviside_ is_neg kron new_empty_strided "
    "put rad2deg_ swapaxes_ swapdims_ to_padded_tensor unsafe_chunk unsafe_split".split()
)
UNLISTED_SPECIAL = frozenset(
    name
    for name in dir(torch.special)
    if "polynomial" in name or name.startswith(("bessel_y", "modified_bessel"))
)

# Kernels of one public function or module: its page is theirs.
SERVED = {
    "affine_grid_generator": "torch.nn.functional.affine_grid",
    "clamp_max": "torch.clamp",
    "clamp_min": "torch.clamp",
    "col2im": "torch.nn.functional.fold",
    "constant_pad_nd": "torch.nn.functional.pad",
    "cross_entropy_loss": "torch.nn.functional.cross_entropy",
    "embedding_renorm_": "torch.nn.functional.embedding",
    "frobenius_norm": "torch.linalg.matrix_norm",
    "grid_sampler": "torch.nn.functional.grid_sample",
    "grid_sampler_2d": "torch.nn.functional.grid_sample",
    "grid_sampler_3d": "torch.nn.functional.grid_sample",
    "gru": "torch.nn.GRU",
    "gru_cell": "torch.nn.GRUCell",
    "im2col": "torch.nn.functional.unfold",
    "lstm": "torch.nn.LSTM",
    "lstm_cell": "torch.nn.LSTMCell",
    "nll_loss2d": "torch.nn.functional.nll_loss",
    "nll_loss_nd": "torch.nn.functional.nll_loss",
    "nuclear_norm": "torch.linalg.matrix_norm",
    "pad_sequence": "torch.nn.utils.rnn.pad_sequence",
    "reflection_pad1d": "torch.nn.functional.pad",
    "reflection_pad2d": "torch.nn.functional.pad",
    "reflection_pad3d": "torch.nn.functional.pad",
    "replication_pad1d": "torch.nn.functional.pad",
    "replication_pad2d": "torch.nn.functional.pad",
    "replication_pad3d": "torch.nn.functional.pad",
    "rnn_relu": "torch.nn.RNN",
    "rnn_relu_cell": "torch.nn.RNNCell",
    "rnn_tanh": "torch.nn.RNN",
    "rnn_tanh_cell": "torch.nn.RNNCell",
    "split_with_sizes": "torch.split",
    "unique_dim": "torch.unique",
    "upsample_bicubic2d": "torch.nn.functional.interpolate",
    "upsample_bilinear2d": "torch.nn.functional.interpolate",
    "upsample_linear1d": "torch.nn.functional.interpolate",
    "upsample_nearest1d": "torch.nn.functional.interpolate",
    "upsample_nearest2d": "torch.nn.functional.interpolate",
    "upsample_nearest3d": "torch.nn.functional.interpolate",
    "upsample_trilinear3d": "torch.nn.functional.interpolate",
}

DEFAULTS = {
    "at::Reduction::Mean": "1",
    "c10::MemoryFormat::Contiguous": "torch.contiguous_format",
}

Comment = list[str]


def comment(module: str, name: str, signatures: list[Signature]) -> Comment:
    """The lines of a comment on `torch.name`, `torch.module.name` or a method; none if internal."""
    sentence = description(None if module in ("torch", "tensor") else module, name)
    page = link(module, name)
    about = " ".join(part for part in (sentence, page) if part)
    if not about:
        return []
    current = [s for s in signatures if not s.deprecated]
    lines = list(dict.fromkeys(f"`{python_text(name, s)}`" for s in current))
    if len(lines) == 1:
        return [f"{lines[0]}: {about}"]
    return [*(f"- {line}" for line in lines), "", about]


def block(lines: Comment, indent: str = "") -> str:
    """The comment as JSDoc, or nothing."""
    if not lines:
        return ""
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{body}{indent} */\n"


def python_text(name: str, signature: Signature) -> str:
    """`add(input, other, *, alpha=1, out=None) -> Tensor`."""
    method = signature.python.method
    parameters = [parameter_text(a, method) for a in signature.positional]
    if signature.keyword_only:
        parameters += ["*", *(parameter_text(a, method) for a in signature.keyword_only)]
    return f"{name}({', '.join(parameters)}) -> {returns_text(signature)}"


def parameter_text(argument: PythonArgument, method: bool) -> str:
    name, default = parameter_name(argument, method), default_value(argument)
    if default is None:
        return name
    if default.startswith("{"):
        default = f"({', '.join(default[1:-1].split(','))})"
    return f"{name}={DEFAULTS.get(default, default)}"


def returns_text(signature: Signature) -> str:
    if signature.fields:
        return f"({', '.join(signature.fields)})"
    types = [return_text(r) for r in signature.returns]
    return types[0] if len(types) == 1 else f"({', '.join(types)})" if types else "None"


def return_text(value: Return) -> str:
    text = str(value.type).replace("SymInt", "int").replace("ScalarType", "torch.dtype")
    return f"tuple of {text.removesuffix('[]')}s" if text.endswith("[]") else text


def link(module: str, name: str) -> str | None:
    found = page(module, name)
    return f"{{@link {PAGES}/{found[0]} {found[1]}}}" if found else None


def page(module: str, name: str) -> tuple[str, str] | None:
    """The page of PyTorch's documentation and what it calls the function."""
    if name.startswith("_"):
        return None
    if served := SERVED.get(name):
        return f"generated/{served}.html", served
    if module == "nn":
        full = functional_name(name)
        return (f"generated/{full}.html", full) if full else None
    if module == "tensor":
        return method_page(name)
    if module == "torch":
        return function_page(name) or functional_page(name) or method_page(name)
    full = f"torch.{module}.{name}"
    if module in ("special", "nested"):
        return (f"{module}.html#{full}", full) if name not in UNLISTED_SPECIAL else None
    return f"generated/{full}.html", full


def function_page(name: str) -> tuple[str, str] | None:
    """The page of `torch.name`, which in-place functions and copies of views do not have."""
    if name.endswith(("_", "_copy")) or name in UNLISTED_FUNCTIONS or not documented(torch, name):
        return None
    shared = getattr(torch.nn.functional, name, None) is getattr(torch, name)
    full = f"torch.nn.functional.{name}" if shared else f"torch.{name}"
    return f"generated/{full}.html", full


def functional_page(name: str) -> tuple[str, str] | None:
    """The page of torch.nn.functional's function of this name, which calls that of torch."""
    listed = documented(torch.nn.functional, name) and name not in UNLISTED_FUNCTIONAL
    full = f"torch.nn.functional.{name}"
    return (f"generated/{full}.html", full) if listed else None


def method_page(name: str) -> tuple[str, str] | None:
    listed = documented(torch.Tensor, name) and name not in UNLISTED_METHODS
    full = f"torch.Tensor.{name}"
    return (f"generated/{full}.html", full) if listed else None


def functional_name(name: str) -> str | None:
    """What torch.nn.functional calls a function of torch._C._nn, or the one that calls it under the same name."""
    function = getattr(torch._C._nn, name, None)
    names = [key for key, value in vars(torch.nn.functional).items() if value is function]
    public = [key for key in [*names, name] if functional_page(key)]
    return f"torch.nn.functional.{public[0]}" if function and public else None


def documented(owner: object, name: str) -> bool:
    return bool(getattr(getattr(owner, name, None), "__doc__", None))
