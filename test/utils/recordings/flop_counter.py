"""Records FlopCounterMode's counts and tables: python test/utils/recordings/flop_counter.py (needs tabulate 0.9.0, too: later ones drop the indentation)"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torch.utils.module_tracker import ModuleTracker


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.head = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))

    def forward(self, x):
        return self.head(torch.relu(self.conv(x)).mean((2, 3)))


def attention():
    q = torch.randn(2, 4, 6, 8, requires_grad=True)
    k = torch.randn(2, 4, 5, 8, requires_grad=True)
    nn.functional.scaled_dot_product_attention(q, k, k).sum().backward()


def transposed():
    x = torch.randn(2, 4, 5, 5, requires_grad=True)
    nn.ConvTranspose2d(4, 6, 3)(x).sum().backward()


CASES = {
    "net": lambda: Net()(torch.randn(2, 3, 16, 16)).sum().backward(),
    "twice": lambda: [Net()(torch.randn(2, 3, 16, 16, requires_grad=True)).sum().backward() for _ in range(2)],
    "inference": lambda: inference(),
    "attention": attention,
    "transposed": transposed,
    "products": lambda: [torch.randn(3, 4) @ torch.randn(4, 5), torch.bmm(torch.randn(2, 3, 4), torch.randn(2, 4, 5)), torch.baddbmm(torch.randn(2, 3, 5), torch.randn(2, 3, 4), torch.randn(2, 4, 5)), torch.einsum("ij,jk->ik", torch.randn(9, 9), torch.randn(9, 9))],
    "mixed": lambda: [nn.Linear(4, 5)(torch.randn(3, 4)), torch.mm(torch.randn(30, 30), torch.randn(30, 30))],
    "lstm": lambda: nn.LSTM(4, 6, 2)(torch.randn(5, 3, 4))[0].sum().backward(),
    "encoder": lambda: nn.TransformerEncoderLayer(8, 2, 16)(torch.randn(5, 3, 8)).sum().backward(),
    "nothing": lambda: torch.relu(torch.randn(3)),
}


def inference():
    with torch.inference_mode():
        Net()(torch.randn(2, 3, 16, 16))


def tracked():
    seen = []
    net = Net()
    with ModuleTracker() as tracker:
        note = lambda *_: seen.append([sorted(tracker.parents), tracker.is_bw])
        net.conv.register_forward_hook(note)
        net.head[2].register_forward_pre_hook(note)
        net.head[0].register_full_backward_hook(note)
        net.conv.register_full_backward_hook(note)
        net(torch.randn(2, 3, 8, 8)).sum().backward()
        note()
    return seen


def main():
    torch.set_num_threads(1)
    cases = []
    for name, run in CASES.items():
        counter = FlopCounterMode(display=False)
        with counter:
            run()
        counts = {module: {str(op): n for op, n in ops.items()} for module, ops in counter.get_flop_counts().items()}
        tables = [counter.get_table(depth) for depth in (None, 1, 3)]
        cases.append({"name": name, "total": counter.get_total_flops(), "counts": counts, "tables": tables})
    result = {"cases": cases, "tracked": tracked()}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")


main()
