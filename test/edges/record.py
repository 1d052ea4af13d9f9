"""Records what Python does where PyTorch's test database does not look: shapes without elements or dimensions, strides and
aliases of results, `out=`, generators, sparse and nested tensors, tensors without data: `python test/edges/record.py`.

Each case has `input` and `call` in both languages; what the call gives is told by describe(), which edges.test.ts mirrors.
"""

from __future__ import annotations

import json
import math
import re
import warnings
from pathlib import Path

import torch

# name: Python, and TypeScript where that is another
INPUTS = {
    "scalar": ("torch.tensor(2.5)",),
    "one": ("torch.tensor([[-1.5]])",),
    "vector": ("torch.tensor([3.0, -1.0, 2.0, 0.5])", "torch.tensor([3, -1, 2, 0.5])"),
    "empty": ("torch.zeros(0)",),
    "empty_rows": ("torch.zeros(0, 3)",),
    "empty_columns": ("torch.zeros(2, 0)",),
    "matrix": ("torch.arange(6.0).reshape(2, 3)", "torch.arange(6).float().reshape(2, 3)"),
    "transposed": ("torch.arange(6.0).reshape(2, 3).t()", "torch.arange(6).float().reshape(2, 3).t()"),
    "expanded": ("torch.tensor([[1.0], [-2.0]]).expand(2, 3)", "torch.tensor([[1], [-2]]).float().expand(2, 3)"),
    "stepped": ("torch.arange(12.0).reshape(3, 4)[::2, 1::2]", 'torch.arange(12).float().reshape(3, 4)["::2, 1::2"]'),
    "channels_last": (
        "torch.arange(24.0).reshape(1, 2, 3, 4).to(memory_format=torch.channels_last)",
        "torch.arange(24).float().reshape(1, 2, 3, 4).to({ memory_format: torch.channels_last })",
    ),
    "integers": ("torch.tensor([[3, -1], [0, 7]])",),
    "booleans": ("torch.tensor([True, False, True])", "torch.tensor([true, false, true])"),
    "complex": ("torch.tensor([1 + 2j, -3 + 0.5j])", "torch.tensor([complex(1, 2), complex(-3, 0.5)])"),
    "nan": ("torch.tensor([float('nan'), float('inf'), -1.0])", "torch.tensor([NaN, Infinity, -1])"),
    "meta": ("torch.empty(2, 3, device='meta')", "torch.empty(2, 3, { device: 'meta' })"),
    "meta_empty": ("torch.empty(0, 3, device='meta')", "torch.empty(0, 3, { device: 'meta' })"),
    "coo": ("torch.tensor([[0.0, 2.0, 0.0], [1.0, 0.0, -3.0]]).to_sparse()", "torch.tensor([[0, 2, 0], [1, 0, -3]]).float().to_sparse()"),
    "csr": ("torch.tensor([[0.0, 2.0, 0.0], [1.0, 0.0, -3.0]]).to_sparse_csr()", "torch.tensor([[0, 2, 0], [1, 0, -3]]).float().to_sparse_csr()"),
    "nested": ("torch.nested.nested_tensor([torch.ones(2, 3), torch.zeros(1, 3)])",),
}

CALLS = """
x.abs() x.neg() x.exp() x.sqrt() x.sign() x.relu() x.sigmoid() x.add(1) x.mul(x) x.div(2) x.pow(2) x.eq(x) x.gt(0)
x.isnan() x.logical_not() x.clamp(0, 1) x.round() x.floor() x.reciprocal() x.angle() x.real x.conj() x.resolve_conj()
x.sum() x.sum(0) x.sum(-1) x.mean() x.mean(0) x.prod() x.amax() x.amax(0) x.max() x.max(0) x.min(-1) x.argmax() x.argmax(0)
x.all() x.any(0) x.std() x.var(0) x.median() x.mode() x.norm() x.logsumexp(0) x.cumsum(0) x.cumprod(-1) x.cummax(0) x.diff()
x.sort() x.argsort(0) x.topk(1) x.kthvalue(1) x.unique() x.nonzero() x.count_nonzero() x.softmax(0) x.log_softmax(-1)
x.clone() x.contiguous() x.detach() x.to(torch.float64) x.to(torch.int64) x.bool() x.float() x.reshape(-1) x.view(-1) x.flatten()
x.ravel() x.t() x.transpose(0, 1) x.transpose(0, -1) x.mT x.T x.unsqueeze(0) x.unsqueeze(-1) x.squeeze() x.squeeze(0)
x.select(0, 0) x.narrow(0, 0, 1) x.diagonal() x.diag() x.tril() x.flip(0) x.roll(1) x.rot90() x.movedim(0, -1) x.unfold(0, 1, 1)
x.expand_as(x) x.repeat(2, 2) x.repeat_interleave(2) x.tile(2) x.chunk(2) x.split(1) x.unbind() x.tensor_split(2) x.matmul(x)
x.mm(x.t()) x.dot(x) x.outer(x) x.gather(0, x.long()) x.index_select(0, torch.tensor([0])) x.masked_select(x.gt(0))
x.masked_fill(x.gt(0), 5) x.where(x.gt(0), x) x.take(torch.tensor([0])) x.numel() x.dim() x.shape x.stride() x.storage_offset()
x.is_contiguous() x.element_size() x.nbytes x.item() x.tolist() x.is_floating_point() x.is_complex() x.isfinite() x.histc()
x.bincount() x.det() x.inverse() x.trace() x.cov() x.corrcoef() x.msort() x.nansum() x.nanmean() x.nan_to_num() x.to_dense()
x.to_sparse() x.to_sparse_csr() x.coalesce() x.values() x.indices() x.crow_indices() x.is_sparse x.layout x.sparse_dim() x._nnz()
x.add_(1) x.abs_() x.zero_() x.fill_(3) x.t_() x.unsqueeze_(0) x.squeeze_() x.transpose_(0, 1) x.copy_(x)
x.clamp_(0, 1) x.cumsum_(0) x.mul_(x) x.div_(2) x.sub_(x) x.view_as(x) x.zeros_like if_like x.new_zeros(2) x.new_empty(0)
torch.zeros_like(x) torch.ones_like(x) torch.full_like(x, 2) torch.empty_like(x).shape torch.cat([x,x]) torch.cat([x,x],-1) torch.stack([x,x])
torch.stack([x,x],-1) torch.hstack([x,x]) torch.vstack([x,x]) torch.broadcast_tensors(x,x) torch.meshgrid(x,x) torch.cdist(x,x) torch.atleast_2d(x)
torch.block_diag(x,x) torch.cartesian_prod(x,x) torch.searchsorted(x,x) torch.isin(x,x) torch.histogram(x,2) torch.trapezoid(x)
torch.linalg.norm(x) torch.linalg.vector_norm(x) torch.linalg.matrix_norm(x) torch.linalg.svdvals(x) torch.linalg.det(x)
torch.fft.fft(x) torch.fft.rfft(x) torch.special.erf(x) torch.special.logit(x) torch.sparse.sum(x) torch.sparse.softmax(x,0)
F.relu(x) F.gelu(x) F.softmax(x,0) F.normalize(x) F.pad(x,[1,1]) F.layer_norm(x,[3]) F.one_hot(x) F.mse_loss(x,x) F.l1_loss(x,x)
F.avg_pool2d(x,2) F.max_pool2d(x,2) F.interpolate(x,[2,2]) F.linear(x,torch.ones(2,3)) F.cosine_similarity(x,x) F.dropout(x,0.5,training=False)
"""

OUT_FUNCTIONS = """
add(x,x) mul(x,2) sub(x,x) div(x,2) exp(x) neg(x) abs(x) sqrt(x) sigmoid(x) clamp(x,0,1) eq(x,x) gt(x,0) isnan
sum(x,0) mean(x,0) prod(x,0) amax(x,0) argmax(x,0) cumsum(x,0) norm(x) std(x,0) logsumexp(x,0)
cat([x,x]) stack([x,x]) matmul(x,x.t()) mm(x,x.t()) addmm(torch.zeros(2,2),x,x.t()) bmm(x.unsqueeze(0),x.t().unsqueeze(0))
tril(x) flip nonzero(x) index_select(x,0,torch.tensor([0])) gather(x,0,torch.tensor([[0]])) masked_select(x,x.gt(1)) where(x.gt(1),x,x)
arange(6) zeros([2,3]) ones([2,3]) full([2,3],2) linspace(0,1,6) eye(2) maximum(x,x) pow(x,2) atan2(x,x) lerp(x,x,0.5) kron(x,x) dot(x[0],x[0])
"""

OUTS = {
    "right": ("torch.zeros(2, 3)",),
    "empty": ("torch.empty(0)",),
    "other_size": ("torch.zeros(5)",),
    "transposed": ("torch.zeros(3, 2).t()",),
    "float64": ("torch.zeros(2, 3, dtype=torch.float64)", "torch.zeros(2, 3, { dtype: torch.float64 })"),
    "int64": ("torch.zeros(2, 3, dtype=torch.int64)", "torch.zeros(2, 3, { dtype: torch.int64 })"),
    "bool": ("torch.zeros(2, 3, dtype=torch.bool)", "torch.zeros(2, 3, { dtype: torch.bool })"),
    "expanded": ("torch.zeros(1, 3).expand(2, 3)",),
    "input": ("x",),
    "requires_grad": ("torch.zeros(2, 3, requires_grad=True)", "torch.zeros(2, 3, { requires_grad: true })"),
    "without_data": ("torch.zeros(2, 3, device='meta')", "torch.zeros(2, 3, { device: 'meta' })"),
    "list": ("[torch.zeros(2, 3)]",),
    "number": ("3",),
}

META_OUTS = {
    "right": ("2, 3", "", ""),
    "empty": ("0", "", ""),
    "other_size": ("5", "", ""),
    "float64": ("2, 3", ", dtype=torch.float64", ", dtype: torch.float64"),
    "int64": ("2, 3", ", dtype=torch.int64", ", dtype: torch.int64"),
    "bool": ("2, 3", ", dtype=torch.bool", ", dtype: torch.bool"),
}

GENERATOR_CALLS = """
torch.rand(3,G) torch.randn(3,G) torch.randint(0,9,[3],G) torch.randperm(5,G) torch.bernoulli(torch.full([4],0.5),G)
torch.multinomial(torch.ones(4),2,G) torch.normal(torch.zeros(3),torch.ones(3),G) torch.poisson(torch.ones(3),G) torch.binomial(torch.full([3],5.5).floor(),torch.full([3],0.5),G)
torch.zeros(3).uniform_(0,1,G) torch.zeros(3).normal_(0,1,G) torch.zeros(3).exponential_(1,G) torch.zeros(3).geometric_(0.5,G) torch.zeros(3).cauchy_(0,1,G)
torch.zeros(3).log_normal_(1,2,G) torch.zeros(3).random_(0,9,G) torch.zeros(3).bernoulli_(0.5,G) torch.nn.init.normal_(torch.zeros(3),0,1,G) torch.nn.init.uniform_(torch.zeros(3),0,1,G)
torch.nn.init.xavier_uniform_(torch.zeros(2,2),1,G) torch.rrelu(torch.full([3],-1.5),0.1,0.3,True,G) torch.rand_like(torch.zeros(3),G)
"""


META_CALLS = """
torch.randperm(5,M) torch.tril_indices(3,4,M) torch.triu_indices(3,4,0,M) torch.arange(5,M) torch.arange(1,7,2,M) torch.linspace(0,1,5,M) torch.logspace(0,1,5,M)
torch.eye(3,M) torch.eye(2,3,M) torch.zeros(2,3,M) torch.ones([2],M) torch.full([2],1,M) torch.empty(2,3,M) torch.empty_strided([2,3],[1,2],M)
torch.empty_permuted([2,3],[1,0],M) torch.rand(2,M) torch.randn(2,3,M) torch.randint(5,[2],M) torch.normal(0.5,1.5,[2],M) torch.scalar_tensor(1,M)
torch.hann_window(4,M) torch.hamming_window(4,M) torch.kaiser_window(4,M) torch.bartlett_window(4,M) torch.blackman_window(4,M)
torch.tensor([1,2],M) torch.as_tensor([1],M) torch.asarray([1],M) torch.fft.fftfreq(4,M) torch.fft.rfftfreq(4,M) torch.signal.windows.hann(4,M)
torch.rand_like(torch.zeros(2),M) torch.randint_like(torch.zeros(2),5,M) torch.zeros_like(torch.zeros(2),M) torch.empty_like(torch.zeros(2),M)
torch.zeros(3).new_zeros([2],M) torch.zeros(3).new_full([2],1,M) torch.zeros(2,3).t().to(M)
"""


def number(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, complex):
        return f"({number(value.real)},{number(value.imag)})"
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return str(value)
        return f"{value:.4e}" if value else "0.0000e+00"
    return str(value)


def values_of(t: torch.Tensor) -> str:
    flat = t.detach().resolve_conj().resolve_neg().reshape(-1).tolist()
    return " ".join(number(v) for v in flat[:40])


def describe(value: object, x: object) -> str:
    if isinstance(value, torch.Tensor):
        same = " same" if value is x else ""
        if value.is_nested or value.layout != torch.strided:
            return f"{value.layout} {value.dtype}{same} {str(value)}"
        head = f"{list(value.shape)} {list(value.stride())} {value.dtype}{same}"
        if value.is_meta:
            return head + " meta"
        plain = isinstance(x, torch.Tensor) and x.layout == torch.strided and not x.is_nested and not x.is_meta
        shares = plain and value.numel() and x.numel() and value.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
        return f"{head}{' shares' if shares and value is not x else ''} {values_of(value)}"
    if isinstance(value, torch.Size):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(describe(v, x) for v in value) + "]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # as JavaScript has it
    if isinstance(value, (int, float, complex)) or value is None:
        return number(value)
    return str(value)


def run(statements: str, expression: str) -> str:
    scope = {"torch": torch, "F": torch.nn.functional}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(statements, scope)
            caught.clear()
            result = describe(eval(expression, scope), scope.get("x"))
        except Exception as error:
            result = f"{type(error).__name__}: {error}"
        warned = [str(w.message).split(" (Triggered")[0] for w in caught if "resiz" in str(w.message)]
    return result.split("\n")[0][:200] + "".join(f" | {text}" for text in warned)


def both(entry: tuple[str, ...]) -> tuple[str, str]:
    return entry[0], entry[-1]


def typescript(call: str) -> str:
    return call.replace(",training=False", ",{ training: false }").replace("True", "true")


def calls(text: str) -> list[str]:
    """The calls of a text: what stands between spaces, with the spaces inside of brackets."""
    found, depth, current = [], 0, ""
    for character in text + " ":
        depth += (character in "([") - (character in ")]")
        if character in " \n" and depth == 0:
            if current:
                found.append(current)
            current = ""
        else:
            current += character
    return found


def main() -> None:
    cases = []
    for name, entry in INPUTS.items():
        python, script = both(entry)
        for call in calls(CALLS):
            if call in ("if_like", "x.zeros_like"):
                continue
            result = run(f"x = {python}", call)
            cases.append(["inputs", name, script, typescript(call), result])
    matrix = both(INPUTS["matrix"])
    for call in calls(OUT_FUNCTIONS):
        call = call if "(" in call else f"{call}(x)"
        if call == "flip(x)":
            continue
        for name, entry in OUTS.items():
            out, script = both(entry)
            call_python = f"torch.{call[:-1]}, out=out)"
            call_script = f"torch.{call[:-1]}, {{ out }})".replace("x[0]", "x[0]")
            result = run(f"x = {matrix[0]}\nout = {out}", f"[{call_python}, {call_python.split('(')[0] and 'out'}]")
            cases.append(["out", name, [matrix[1], script], call_script, result])
    for call in calls(OUT_FUNCTIONS):
        call = call if "(" in call else f"{call}(x)"
        if call == "flip(x)" or "masked_select" in call or "nonzero" in call or "x" not in call.split("(")[1]:
            continue
        call = call.replace("torch.zeros(2,2)", "x.new_zeros(2,2)").replace("torch.tensor(", "torch.tensor(device='meta',data=")
        for name, (shape, options, script) in META_OUTS.items():
            set_up = f"x = {INPUTS['meta'][0]}\nout = torch.empty({shape}, device='meta'{options})"
            out = f"torch.empty({shape}, {{ device: 'meta'{script} }})"
            called = re.sub(r"torch.tensor\(device='meta',data=(.*?)\)", r"torch.tensor(\1, { device: 'meta' })", call)
            result = run(set_up, f"[torch.{call[:-1]}, out=out), out]")
            cases.append(["meta_out", f"without_data_{name}", [INPUTS["meta"][1], out], f"torch.{called[:-1]}, {{ out }})", result])
    for call in calls(GENERATOR_CALLS):
        python = call.replace(",G)", ", generator=g)")
        script = typescript(call).replace(",G)", ", { generator: g })")
        result = run("torch.manual_seed(1) ; g = torch.Generator() ; g.manual_seed(7)", f"[{python}, {python}, torch.rand(1)]")
        cases.append(["generator", "g", "", script, result])
    for call in calls(META_CALLS):
        python = call.replace(",M)", ", device='meta')").replace("(M)", "(device='meta')")
        script = call.replace(",M)", ", { device: 'meta' })").replace("(M)", "({ device: 'meta' })")
        cases.append(["meta", "made", "", script, run("", python)])
    groups: dict = {}
    for group, name, script, call, result in cases:
        groups.setdefault(group, {}).setdefault(name, [script, []])[1].append([call, result])
    (Path(__file__).parent / "edges.json").write_text(json.dumps(groups, indent=0, separators=(",", ":")) + "\n")
    print(len(cases))


main()
