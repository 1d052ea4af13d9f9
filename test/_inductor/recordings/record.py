"""Compiles the packages of test/_inductor with AOTInductor, and writes what Python gives for them:
python test/_inductor/recordings/record.py (with g++ and strip).

They are compiled for the oldest x86-64, and hold the libraries without their symbols and without the sources that they were
compiled from. The names of this machine's folders are struck out.
"""

import os
import subprocess
import tempfile
import zipfile

CACHE = tempfile.mkdtemp(prefix="aoti")
os.environ["TORCHINDUCTOR_CACHE_DIR"] = CACHE
os.environ["TORCHINDUCTOR_CPP_MARCH"] = "x86-64"
os.environ["AOT_INDUCTOR_ENABLE_LINE_TABLES"] = "0"
os.environ["AOT_INDUCTOR_COMPILE_WRAPPER_OPT_LEVEL"] = "Os"

import torch
import torch._inductor.package
from torch import nn
from torch.export import Dim, export

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = [CACHE, tempfile.gettempdir(), os.path.dirname(torch.__file__)]


def mlp():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


class Structures(nn.Module):
    """Keyword arguments, a list within the inputs, several dtypes, nested outputs, a result that is a weight."""

    def __init__(self):
        super().__init__()
        self.register_buffer("weight", torch.tensor([1.0, 2.0, 3.0, 4.0]))

    def forward(self, x, pair, *, scale, mask):
        a, b = pair
        return {
            "sum": (x + a) * scale * self.weight,
            "rest": [b * 2, (x > 0) & mask],
            "none": None,
            "half": x.to(torch.bfloat16) + 1,
            "weight": self.weight,
        }


def programs():
    """name, module, args, kwargs, dynamic shapes"""
    x = torch.linspace(-1, 1, 12).reshape(3, 4)
    ints = torch.arange(12).reshape(3, 4)
    yield "mlp", mlp(), (x,), {}, ({0: Dim("batch", min=2, max=64)},)
    kwargs = {"scale": torch.tensor(3.0, dtype=torch.float64), "mask": ints % 2 == 0}
    yield "structures", Structures(), (x, [x * 2, ints]), kwargs, None


def stripped(library):
    path = os.path.join(CACHE, "stripped.so")
    with open(path, "wb") as f:
        f.write(library)
    subprocess.run(["strip", path], check=True)
    with open(path, "rb") as f:
        library = f.read()
    for folder in map(os.fsencode, FOLDERS):
        library = library.replace(folder, b"/" * len(folder))
    return library


def repack(path):
    with zipfile.ZipFile(path) as package:
        files = [(name, package.read(name)) for name in package.namelist() if not name.endswith((".cpp", "flags.json"))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as package:
        for name, content in files:
            if ".kernel" in name:
                continue
            package.writestr(zipfile.ZipInfo(name), stripped(content) if name.endswith(".so") else content)


def compiled(module, args, kwargs, dynamic):
    program = export(module.eval(), args, kwargs, dynamic_shapes=dynamic)
    options = {"cpp.simdlen": 1, "aot_inductor.package": True, "aot_inductor.metadata": {"made_by": "record.py"}}
    return torch._inductor.aot_compile(program.module(), args, kwargs, options=options)


if __name__ == "__main__":
    files = {name: compiled(*program) for name, *program in programs()}
    packages = {"mlp": {"model": files["mlp"]}, "structures": {"model": files["structures"], "mlp": files["mlp"]}}
    recorded = {}
    for package, models in packages.items():
        path = os.path.join(HERE, f"{package}.pt2")
        torch._inductor.package.package_aoti(path, models)
        repack(path)
    for name, _, args, kwargs, _ in programs():
        model = torch._inductor.aoti_load_package(os.path.join(HERE, f"{name}.pt2"))
        recorded[name] = {
            "args": args,
            "kwargs": kwargs,
            "output": model(*args, **kwargs),
            "metadata": model.get_metadata(),
            "constants": sorted(model.get_constant_fqns()),
        }
    torch.save(recorded, os.path.join(HERE, "recorded.pt"))
