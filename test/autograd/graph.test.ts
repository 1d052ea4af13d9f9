import { inspect } from "node:util";
import * as torch from "tstorch";
import type { graph } from "tstorch/autograd";
import { expect, test } from "vitest";

const names = (node: graph.Node): unknown[] => [
  node.name(),
  ...node.next_functions.map(([next, input]) => (next ? [input, ...names(next)] : [input, null])),
];

test("grad_fn is the graph's last node", () => {
  const x = torch.ones(2, 3, { requires_grad: true });
  const y = x.mul(2).exp().sum();
  expect(names(y.grad_fn as graph.Node)).toEqual([
    "SumBackward0",
    [0, "ExpBackward0", [0, "MulBackward0", [0, "torch::autograd::AccumulateGrad"], [0, null]]],
  ]);
  expect(x.grad_fn).toBeNull();
  expect(torch.ones(1).grad_fn).toBeNull();
});

test("nodes are equal when they are the same", () => {
  const x = torch.ones(2, 3, { requires_grad: true });
  const y = x.mul(2);
  const node = y.grad_fn as graph.Node;
  expect(node.equals(y.grad_fn as graph.Node)).toBe(true);
  const [[next]] = y.exp().grad_fn?.next_functions ?? [];
  expect(node.equals(next as graph.Node)).toBe(true);
  expect(node.equals(x.mul(2).grad_fn as graph.Node)).toBe(false);
  expect(String(node)).toMatch(/^<MulBackward0 object at 0x[0-9a-f]+>$/);
  expect(inspect(node)).toBe(String(node));
});

test("output_nr tells the outputs of one node apart", () => {
  const x = torch.ones(2, 3, { requires_grad: true });
  expect(x.unbind(0).map((row) => row.output_nr)).toEqual([0, 1]);
  const [a, b] = x.unbind(0);
  expect(a.grad_fn?.equals(b.grad_fn as graph.Node)).toBe(true);
});

test("views know their base, and in-place changes are counted", () => {
  const x = torch.ones(4);
  const view = x.view(2, 2);
  expect(x._version).toBe(0);
  view.add_(1);
  expect([x._version, view._version]).toEqual([1, 1]);
  x.data.add_(1);
  expect(x._version).toBe(1);
  x.detach().add_(1);
  expect(x._version).toBe(2);
  expect([...(view._base as torch.Tensor).shape]).toEqual([4]);
  expect([x._is_view(), view._is_view()]).toEqual([false, true]);
  expect(x._base).toBeNull();
});

test("a long chain is walked", () => {
  let y = torch.ones(1, { requires_grad: true });
  for (let i = 0; i < 1000; i++) y = y.add(1);
  let node: graph.Node | null = y.grad_fn;
  let depth = 0;
  for (; node; node = node.next_functions[0]?.[0] ?? null) depth++;
  expect(depth).toBe(1001);
});
