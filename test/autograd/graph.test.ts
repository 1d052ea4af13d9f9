import { inspect } from "node:util";
import * as torch from "tstorch";
import type { graph } from "tstorch/autograd";
import { describe, expect, test } from "vitest";
import { native } from "../../dist/binding.js";

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

test("what a node knows", () => {
  const x = torch.ones(2, 3, { requires_grad: true });
  const node = x.mul(2).grad_fn as graph.Node;
  node.metadata.key = "value";
  expect(node.metadata).toEqual({ key: "value" });
  expect((x.mul(2).grad_fn as graph.Node)._sequence_nr()).toBeGreaterThan(node._sequence_nr());
  const [{ shape, dtype, device, is_nested_tensor }] = node._input_metadata;
  expect([shape, String(dtype), device.type, is_nested_tensor]).toEqual([[2, 3], "torch.float32", "cpu", false]);
  const accumulate = node.next_functions[0][0] as graph.Node;
  expect(String(accumulate)).toMatch(/^<AccumulateGrad object at /);
  expect(accumulate.variable?.tolist()).toEqual(x.tolist());
  expect(node.variable).toBeUndefined();
});

test("get_gradient_edge", () => {
  const { get_gradient_edge } = torch.autograd.graph;
  const x = torch.ones(2, 3, { requires_grad: true });
  const [first, second] = x.unbind(0);
  const edge = get_gradient_edge(second);
  expect([edge.node.name(), edge.output_nr, edge.ownership_token]).toEqual(["UnbindBackward0", 1, null]);
  expect(edge.node.equals(first.grad_fn as graph.Node)).toBe(true);
  expect(get_gradient_edge(x).node.equals(second.grad_fn?.next_functions[0][0] as graph.Node)).toBe(true);
  expect(() => get_gradient_edge(torch.ones(1))).toThrow(
    "It is not possible to get the gradient edge for a Tensor that does not require gradients",
  );
});

test("increment_version", () => {
  const x = torch.ones(2);
  const before = x._version;
  torch.autograd.graph.increment_version(x);
  torch.autograd.graph.increment_version([x, x]);
  expect(x._version).toBe(before + 3);
  torch.autograd._unsafe_preserve_version_counter(x, () => x.add_(1));
  expect(x._version).toBe(before + 3);
});

test("register_multi_grad_hook", () => {
  const { register_multi_grad_hook } = torch.autograd.graph;
  const leaf = () => torch.ones(1, { requires_grad: true });
  const [a, b, c] = [leaf(), leaf(), leaf()];
  const all: unknown[] = [];
  const any: unknown[] = [];
  const handle = register_multi_grad_hook([a, b, c], (grads: (torch.Tensor | null)[]) => {
    all.push(grads.map((grad) => (grad === null ? null : grad.item())));
  });
  register_multi_grad_hook([a, b], (grad: torch.Tensor) => any.push(grad.item()), { mode: "any" });
  a.mul(2).add(b.mul(3)).backward();
  a.mul(2).add(b.mul(3)).add(c.mul(4)).backward();
  expect(all).toEqual([
    [2, 3, null],
    [2, 3, 4],
  ]);
  expect(any).toHaveLength(2);
  handle.remove();
  a.mul(5).backward();
  expect(all).toHaveLength(2);
  expect(any).toHaveLength(3);
  expect(() => register_multi_grad_hook([a], () => {}, { mode: "some" as "all" })).toThrow(
    "Expects mode to be one of ('all', 'any') but got some",
  );
});

test("queue_callback", () => {
  const seen: string[] = [];
  const x = torch.ones(1, { requires_grad: true });
  const y = x.mul(2);
  y.register_hook(() => {
    torch.autograd.graph.queue_callback(() => seen.push("end"));
    seen.push("hook");
  });
  y.backward();
  expect(seen).toEqual(["hook", "end"]);
  expect(() => torch.autograd.graph.queue_callback(() => {})).toThrow(
    "Final callbacks can only be installed during backward pass.",
  );
});

const message = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "no error";
};

test("places in the graph as inputs and outputs of a pass", () => {
  const { GradientEdge, get_gradient_edge } = torch.autograd.graph;
  const { backward, grad } = torch.autograd;
  const x = torch.zeros(2, { requires_grad: true });
  const y = x.exp();
  const z = y.mul(3).sum();
  const edge = get_gradient_edge(y);
  const retain_graph = true;
  expect(grad(z, edge, { retain_graph })[0].tolist()).toEqual([3, 3]);
  expect(grad(get_gradient_edge(z), [x, edge], { retain_graph }).map((one) => one.tolist())).toEqual([[3, 3], [3, 3]]); // biome-ignore format: short
  expect(grad(edge, get_gradient_edge(x), torch.tensor([1.5, 2.5]), { retain_graph })[0].tolist()).toEqual([1.5, 2.5]);
  backward(z, { inputs: [edge], retain_graph });
  expect(x.grad).toBeNull();
  backward(get_gradient_edge(z), { inputs: get_gradient_edge(x), retain_graph });
  expect(x.grad?.tolist()).toEqual([3, 3]);
  const unused = get_gradient_edge(torch.ones(2, { requires_grad: true }));
  expect(grad(z, unused, { allow_unused: true, retain_graph })).toEqual([null]);
  const node = y.grad_fn as graph.Node;
  expect(message(() => grad(edge, x))).toBe("RuntimeError: grad can be implicitly created only for scalar outputs");
  expect(message(() => grad(z, unused, { materialize_grads: true, retain_graph }))).toBe(
    "RuntimeError: materialize_grads cannot be used when the given input is a GradientEdge",
  );
  expect(message(() => grad(edge, x, torch.ones(2, 3), { is_grads_batched: true }))).toBe(
    "RuntimeError: Batched grads are not supported with GradientEdge",
  );
  expect(message(() => grad(z, GradientEdge(null as never, 0)))).toBe(
    "RuntimeError: GradientEdge's first object must be an autograd.graph.Node but got NoneType",
  );
  expect(message(() => grad(z, GradientEdge(node, "a" as never)))).toBe(
    "TypeError: 'str' object cannot be interpreted as an integer",
  );
  expect(message(() => grad(z, GradientEdge(node, 2)))).toBe("IndexError: tuple index out of range");
  expect(message(() => grad(GradientEdge(node, -1), x, torch.ones(2)))).toMatch(/^(IndexError|TypeError)/);
});

describe("allow_mutation_on_saved_tensors", () => {
  const { allow_mutation_on_saved_tensors } = torch.autograd.graph;
  const run = () => {
    const a = torch.ones(2, { requires_grad: true });
    const b = a.clone();
    const out = b.pow(2).sum().add(b.exp().log().sum());
    b.sin_();
    b.mul_(5);
    out.backward();
    return a.grad?.tolist();
  };

  test("what was saved is copied before it is written", () => {
    expect(run).toThrow("has been modified by an inplace operation");
    expect(allow_mutation_on_saved_tensors(run)).toEqual([3, 3]);
    expect(run).toThrow("has been modified by an inplace operation");
    const out = torch.ones(2);
    const saved = () => {
      const a = torch.full([2], 2, { requires_grad: true, dtype: torch.float32 });
      const c = a.mul(a);
      torch._foreach_add_([a.detach(), out], 1);
      c.sum().backward();
      return a.grad?.tolist();
    };
    expect(allow_mutation_on_saved_tensors(saved)).toEqual([4, 4]);
  });

  test("it is not nested, and backward() belongs into it", () => {
    expect(() => allow_mutation_on_saved_tensors(() => allow_mutation_on_saved_tensors(run))).toThrow(
      "allow_mutation_on_saved_tensors contexts cannot be nested",
    );
    const out = allow_mutation_on_saved_tensors(() => torch.ones(2, { requires_grad: true }).pow(2).sum());
    expect(() => out.backward()).toThrow("Trying to backward outside of the 'allow_mutation_on_saved_tensors' context");
  });
});

test("node_creation_hook() sees each node once it is complete, from the outermost to the innermost", () => {
  const { node_creation_hook } = torch.autograd.graph;
  const x = torch.ones(2, { requires_grad: true });
  const held = x.exp(); // holds the leaf's node, which is made once
  const log: unknown[] = [];
  const note = (place: string) => (node: graph.Node) => {
    log.push([place, ...names(node)]);
  };
  const y = node_creation_hook(note("outer"), () => node_creation_hook(note("inner"), () => x.mul(2)).sum());
  const mul = ["MulBackward0", [0, "torch::autograd::AccumulateGrad"], [0, null]];
  expect(log).toEqual([
    ["outer", ...mul],
    ["inner", ...mul],
    ["outer", "SumBackward0", [0, ...mul]],
  ]);
  x.exp();
  expect(log.length).toBe(3);
  let calls = 0;
  node_creation_hook(
    (node) => {
      node.register_hook(() => {
        calls++;
      });
    },
    () => x.mul(3),
  )
    .sum()
    .backward();
  expect(calls).toBe(1);
  expect([held, y].every((one) => one.requires_grad)).toBe(true);
});

test("to make a node in a node_creation_hook() is an error, and what it throws reaches the caller", () => {
  const { node_creation_hook } = torch.autograd.graph;
  const x = torch.ones(2, { requires_grad: true });
  expect(() =>
    node_creation_hook(
      () => x.exp(),
      () => x.mul(2),
    ),
  ).toThrow(torch.RuntimeError);
  const mine = new Error("mine");
  expect(() =>
    node_creation_hook(
      () => {
        throw mine;
      },
      () => x.mul(2),
    ),
  ).toThrow(mine);
  expect(x.mul(2).sum().requires_grad).toBe(true);
});

test("region_activation_memory_budget() is for torch.compile", () => {
  const { region_activation_memory_budget } = torch.autograd.graph;
  const name = "torch.autograd.graph.region_activation_memory_budget";
  expect(() => region_activation_memory_budget("a" as never)).toThrow(
    new TypeError(`${name}: expects a float, got str`),
  );
  expect(() => region_activation_memory_budget(-1)).toThrow(new torch.ValueError(`${name}: must be in [0, 1], got -1`));
  expect(() => region_activation_memory_budget(0.5)).toThrow(
    new torch.RuntimeError(`${name} can only be used inside a torch.compile region; it has no effect in eager mode.`),
  );
});

test("settings of streams", () => {
  const { set_override_stale_capture_stream, set_warn_on_accumulate_grad_stream_mismatch } = torch.autograd.graph;
  set_override_stale_capture_stream(true);
  expect(native.getSetting("override_stale_capture_stream")).toBe(true);
  set_override_stale_capture_stream({ enabled: false });
  expect(native.getSetting("override_stale_capture_stream")).toBe(false);
  set_warn_on_accumulate_grad_stream_mismatch(false);
  expect(native.getSetting("warn_on_accumulate_grad_stream_mismatch")).toBe(false);
  set_warn_on_accumulate_grad_stream_mismatch(true);
});

test("enforce_grad_layout_policy(): a gradient takes its parameter's layout, or is taken as it is", () => {
  const { enforce_grad_layout_policy } = torch.autograd;
  const strides = (run: (body: () => void) => void) => {
    const p = torch.empty(2, 3, 4).permute(2, 0, 1).requires_grad_();
    run(() =>
      p
        .mul(torch.ones(4, 2, 3))
        .sum()
        .backward(),
    );
    return p.grad?.stride();
  };
  expect(strides((body) => body())).toEqual([1, 12, 4]);
  expect(strides((body) => enforce_grad_layout_policy(false, body))).toEqual([6, 3, 1]);
  expect(strides((body) => enforce_grad_layout_policy(true, body))).toEqual([1, 12, 4]);
});
