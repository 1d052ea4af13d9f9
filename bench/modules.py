# What nn.Module itself takes: calls, state dicts, and going through parameters.
import torch
from measure import measure
from torch import nn


class Nested(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.inner = Nested(depth - 1) if depth > 1 else nn.Identity()

    def forward(self, x):
        return self.inner(x)


torch.manual_seed(0)
x = torch.randn(2, 2)
nested = Nested(19)
measure("20 nested modules", lambda: nested(x))

model = nn.Sequential(*[nn.Linear(2, 2) for _ in range(500)])
saved = model.state_dict()
measure("state_dict of 1,000 tensors", lambda: model.state_dict())
measure("load_state_dict of 1,000 tensors", lambda: model.load_state_dict(saved))
measure("parameters() of 1,000", lambda: sum(1 for _ in model.parameters()))
measure("named_parameters() of 1,000", lambda: sum(1 for _ in model.named_parameters()))
measure("zero_grad() of 1,000", lambda: model.zero_grad())
measure("train() of 501 modules", lambda: model.train())
