// Forty operators on float32 tensors of 2x2 (x, y), 16x16 (a, b) and 64x64 (m, n), a call each.
import * as torch from "tstorch";

torch.manual_seed(0);
const x = torch.randn(2, 2);
const y = torch.randn(2, 2);
const a = torch.randn(16, 16);
const b = torch.randn(16, 16);
const m = torch.randn(64, 64);
const n = torch.randn(64, 64);
const z = torch.randn(2, 2);
const s = torch.randn([]);
const y0 = torch.randn(2);
const condition = torch.tensor([
  [true, false],
  [false, true],
]);
const mask = a.gt(0);
const index = torch.tensor([3, 1, 2]);
const w = torch.randn(2, 2, { requires_grad: true });

export const operators = {
  "torch.add(x, y)": () => torch.add(x, y),
  "x.add_(y)": () => x.add_(y),
  "x * 2": () => x.mul(2),
  "x.sum()": () => x.sum(),
  "x.sum(dim, keepdim)": () => x.sum({ dim: 1, keepdim: true }),
  "x.view(-1)": () => x.view(-1),
  "torch.zeros(2, 3)": () => torch.zeros(2, 3),
  "torch.cat([x, y])": () => torch.cat([x, y]),
  "x[0]": () => x[0],
  "x[:, 0]": () => x[":, 0"],
  "x @ y": () => x.matmul(y),
  "x.max(1)": () => x.max(1),
  "torch.tensor([1.5, 2.5])": () => torch.tensor([1.5, 2.5]),
  "torch.arange(10)": () => torch.arange(10),
  "torch.randn(4, 4)": () => torch.randn(4, 4),
  "a * b": () => a.mul(b),
  "m / n": () => m.div(n),
  "torch.relu(a)": () => torch.relu(a),
  "m.exp()": () => m.exp(),
  "torch.where(condition, x, y)": () => torch.where(condition, x, y),
  "z.copy_(y)": () => z.copy_(y),
  "z.mul_(1)": () => z.mul_(1),
  "m.mean()": () => m.mean(),
  "a.argmax(1)": () => a.argmax(1),
  "a.softmax(-1)": () => a.softmax(-1),
  "x.t()": () => x.t(),
  "x.unsqueeze(0)": () => x.unsqueeze(0),
  "x.detach()": () => x.detach(),
  "a[1:3]": () => a["1:3"],
  "a[mask]": () => a.index(mask),
  "a[index]": () => a.index(index),
  "z[0] = 5": () => {
    z[0] = 5;
  },
  "z[:, 0] = y0": () => {
    z[":, 0"] = y0;
  },
  "torch.stack([x, y])": () => torch.stack([x, y]),
  "m @ n": () => m.matmul(n),
  "s.item()": () => s.item(),
  "x == y": () => x.eq(y),
  "w + y, recorded": () => w.add(y),
  "(w * y).sum().backward()": () => w.mul(y).sum().backward(),
};
