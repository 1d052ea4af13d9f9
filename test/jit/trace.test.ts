// torch/jit/_trace.py; recordings/record.py has what Python gave.

import fs from "node:fs";
import path from "node:path";
import torch, { nn } from "tstorch";
import { pack_padded_sequence, pad_packed_sequence } from "tstorch/nn/utils/rnn";
import { describe, expect, test } from "vitest";

const recorded = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "recordings", "record.json"), "utf8"));
const { tensor, ones, randn } = torch;
type Tensor = torch.Tensor;

class Net extends nn.Module {
  conv = nn.Conv2d(1, 4, 3);
  bn = nn.BatchNorm2d(4);
  head = nn.Sequential(nn.Flatten(), nn.Linear(4 * 6 * 6, 5));

  override forward(x: Tensor): Tensor {
    return this.head(torch.relu(this.bn(this.conv(x))));
  }
}

function thrown(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not throw");
}

/** The warnings that a function causes. */
async function warnings(call: () => unknown): Promise<string[]> {
  const messages: string[] = [];
  const listen = (warning: Error) => {
    if (warning.name === "TracerWarning") messages.push(warning.message);
  };
  await new Promise((resolve) => setImmediate(resolve)); // those of earlier tests
  process.on("warning", listen);
  call();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  return messages;
}

/** Values are numbered in order: Python names them after its local variables, and classes after what was traced before. */
function renamed(graph: string): string {
  const names = new Map<string, string>();
  return graph.replace(/___torch_mangle_\d+\./g, "").replace(/%[\w.]+/g, (name) => {
    if (!names.has(name)) names.set(name, `%${names.size}`);
    return names.get(name) as string;
  });
}

const close = (a: Tensor, b: Tensor) => torch.testing.assert_close(a, b);

describe("a module", () => {
  const original = () => {
    const net = new Net();
    net.load_state_dict(torch.jit.load(path.join(import.meta.dirname, "recordings", "traced.pt")).state_dict());
    return net.eval();
  };

  test("has Python's names, code and graph", () => {
    const net = original();
    const traced = torch.jit.trace(net, tensor(recorded.traced.input, { dtype: torch.float32 }));
    expect(String(traced)).toBe(recorded.traced.repr);
    expect(Object.keys(traced.state_dict())).toEqual(recorded.traced.state);
    expect([...traced.named_modules()].map(([name]) => name)).toEqual(recorded.traced.modules);
    expect(traced.code).toBe(recorded.traced.code.replaceAll("input", "_0")); // a local variable of Python's
    expect(renamed(traced.graph.str(false))).toBe(renamed(recorded.traced.graph));
    expect(renamed(traced.inlined_graph.str(false))).toBe(renamed(recorded.traced.inlined));
  });

  test("computes what Python's does, also for other batches, and after a file", () => {
    const net = original();
    const x = tensor(recorded.traced.input, { dtype: torch.float32 });
    const traced = torch.jit.trace(net, x);
    close(traced(x), tensor(recorded.traced.output, { dtype: torch.float32 }));
    const more = randn(7, 1, 8, 8);
    close(traced(more), net(more));
    close(torch.jit.load(traced.save_to_buffer())(more), net(more));
  });

  test("shares its parameters with the original", () => {
    const net = original();
    const traced = torch.jit.trace(net, randn(1, 1, 8, 8));
    expect(traced.conv.weight).toBe(net.conv.weight);
    traced(randn(2, 1, 8, 8))
      .sum()
      .backward();
    expect(net.conv.weight.grad).not.toBeNull();
  });

  test("has submodules that are not called", () => {
    const traced = torch.jit.trace(original(), randn(1, 1, 8, 8));
    expect(thrown(() => traced.conv(randn(1, 1, 8, 8))).message).toBe(recorded.trace_errors.submodule);
  });

  test("takes keyword arguments, arrays and objects", () => {
    class Two extends nn.Module {
      override forward(x: Tensor, [a, b]: [Tensor, Tensor], named: Record<string, Tensor>): [Tensor, [Tensor, Tensor]] {
        return [x.add(a), [b, named.c.mul(2)]];
      }
    }
    const traced = torch.jit.trace(new Two(), [ones(2), [ones(2), ones(2)], { c: ones(2) }]);
    const [sum, [b, c]] = traced(ones(3), [ones(3), ones(3)], { c: tensor([5, 6, 7]) });
    expect([sum, b, c].map((t: Tensor) => t.tolist())).toEqual([
      [2, 2, 2],
      [1, 1, 1],
      [10, 12, 14],
    ]);
    class Named extends nn.Module {
      override forward(x: Tensor, { y }: { y: Tensor }): Tensor {
        return x.sub(y);
      }
    }
    class Simple extends nn.Module {
      override forward(x: Tensor, y: Tensor): Tensor {
        return x.sub(y);
      }
    }
    expect(new Named()(ones(1), { y: ones(1) }).item()).toBe(0);
    const simple = torch.jit.trace(new Simple(), [ones(2), ones(2)]);
    expect(simple({ y: ones(1), x: ones(1).mul(3) }).item()).toBe(2);
  });

  test("has several methods by trace_module", () => {
    class Several extends nn.Module {
      fc = nn.Linear(2, 2);
      override forward(x: Tensor): Tensor {
        return this.fc(x);
      }
      twice(x: Tensor): Tensor {
        return this.fc(this.fc(x));
      }
    }
    const m = new Several();
    const traced = torch.jit.trace_module(m, { forward: ones(1, 2), twice: ones(1, 2) });
    close(traced.twice(ones(3, 2)), m.twice(ones(3, 2)));
    close(traced(ones(3, 2)), m(ones(3, 2)));
  });

  test("may hold a ScriptModule, which is recorded as a call", () => {
    const inner = torch.jit.load(path.join(import.meta.dirname, "recordings", "scripted.pt"));
    class Outer extends nn.Module {
      inner = inner;
      override forward(x: Tensor): Tensor {
        return this.inner(x).add(1);
      }
    }
    const traced = torch.jit.trace(new Outer(), ones(1, 2), { check_trace: false });
    expect(String(traced.graph)).toContain('prim::CallMethod[name="forward"]');
    close(traced(ones(4, 2)), inner(ones(4, 2)).add(1));
  });
});

describe("other layers", () => {
  test("LSTM: other lengths and batches", () => {
    const lstm = nn.LSTM(3, 4);
    const traced = torch.jit.trace(lstm, randn(2, 1, 3));
    expect(Object.keys(traced.state_dict())).toEqual(recorded.states.lstm);
    const x = randn(5, 6, 3);
    const [output, [h, c]] = traced(x);
    const [expected, [eh, ec]] = lstm(x);
    for (const [a, b] of [
      [output, expected],
      [h, eh],
      [c, ec],
    ])
      close(a, b);
  });

  test("LSTM over packed sequences", () => {
    class Tagger extends nn.Module {
      embed = nn.Embedding(20, 5, { padding_idx: 0 });
      lstm = nn.LSTM(5, 4, { bidirectional: true, batch_first: true });
      fc = nn.Linear(8, 3);
      override forward(tokens: Tensor, lengths: Tensor): Tensor {
        const packed = pack_padded_sequence(this.embed(tokens), lengths, { batch_first: true, enforce_sorted: false });
        const [output] = this.lstm(packed);
        const [padded] = pad_packed_sequence(output, { batch_first: true });
        return this.fc(padded);
      }
    }
    const m = new Tagger().eval();
    const traced = torch.jit.trace(m, [torch.randint(1, 20, [2, 4]), tensor([4, 2])]);
    const tokens = torch.randint(1, 20, [3, 6]);
    const lengths = tensor([2, 6, 3]);
    close(traced(tokens, lengths), m(tokens, lengths));
    close(torch.jit.load(traced.save_to_buffer())(tokens, lengths), m(tokens, lengths));
  });

  test.each(["GRU", "RNN"] as const)("%s", (name) => {
    const m = nn[name](3, 4, { num_layers: 2, batch_first: true });
    const traced = torch.jit.trace(m, randn(2, 3, 3));
    close(traced(randn(4, 7, 3).zero_())[0], m(torch.zeros(4, 7, 3))[0]);
  });

  test("a Transformer encoder", () => {
    const layer = nn.TransformerEncoderLayer(8, 2, 16, { batch_first: true, dropout: 0 });
    const traced = torch.jit.trace(layer, randn(1, 2, 8));
    expect(Object.keys(traced.state_dict())).toEqual(recorded.states.encoder);
    const encoder = nn.TransformerEncoder(layer, 2, { enable_nested_tensor: false }).eval();
    // Python, too, records the fast path without gradients alone, and the check has none.
    expect(thrown(() => torch.jit.trace(encoder, randn(2, 3, 8)))).toBeInstanceOf(torch.jit.TracingCheckError);
    const whole = torch.no_grad(() => torch.jit.trace(encoder, randn(2, 3, 8)));
    const x = randn(5, 7, 8);
    close(whole(x), encoder(x));
    const mask = torch.zeros(5, 7, { dtype: torch.bool });
    mask.index_put_([0, 6], true);
    const masked = torch.jit.trace(encoder, {
      check_trace: false,
      example_kwarg_inputs: { src: randn(2, 3, 8), src_key_padding_mask: torch.zeros(2, 3, { dtype: torch.bool }) },
    });
    close(masked(x, mask), encoder(x, { src_key_padding_mask: mask }));
  });

  test("BatchNorm in training changes its buffers", () => {
    const m = nn.BatchNorm1d(2);
    const traced = torch.jit.trace(m, randn(4, 2), { check_trace: false });
    const before = m.num_batches_tracked?.item();
    traced(randn(4, 2));
    expect(traced.num_batches_tracked.item()).toBe((before as number) + 1);
    expect(m.num_batches_tracked?.item()).toBe((before as number) + 1);
  });

  test("an Embedding and indexing with slices", () => {
    class First extends nn.Module {
      embed = nn.Embedding(10, 3);
      override forward(x: Tensor): Tensor {
        return this.embed(x[":2"])[":, 0"];
      }
    }
    const m = new First();
    const traced = torch.jit.trace(
      m,
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    const x = tensor([
      [1, 2, 3],
      [3, 4, 5],
      [5, 6, 7],
    ]);
    close(traced(x), m(x));
    expect(traced(x).shape).toEqual([2, 3]);
  });
});

describe("a function", () => {
  test("is a ScriptFunction with Python's graph", () => {
    const traced = torch.jit.trace((a: Tensor, b: Tensor) => torch.sin(a).add(b), [ones(2), ones(2)]);
    expect(traced).toBeInstanceOf(torch.jit.ScriptFunction);
    expect(traced.code).toBe(recorded.function.code);
    expect(renamed(traced.graph.str(false))).toBe(renamed(recorded.function.graph));
    expect(traced.name).toBe(recorded.function.name);
    expect(traced(tensor([0.5]), { b: tensor([1]) }).item()).toBeCloseTo(Math.sin(0.5) + 1);
    expect(
      torch.jit
        .load(traced.save_to_buffer())(tensor([0]), tensor([2.5]))
        .item(),
    ).toBe(2.5);
  });

  test("keeps in-place changes, indexing and reading of sizes by operators", () => {
    const traced = torch.jit.trace(
      (x: Tensor) => {
        const y = x.clone();
        y.add_(1);
        y["0"] = x[1].mul(2);
        return y["0:2"].reshape(-1);
      },
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    );
    expect(
      traced(
        tensor([
          [1, 1, 1],
          [2, 2, 2],
          [3, 3, 3],
        ]),
      ).tolist(),
    ).toEqual([4, 4, 4, 3, 3, 3]);
  });

  test("refuses what it cannot record, with Python's texts", () => {
    const x = ones(1, 2);
    const { trace } = torch.jit;
    expect(thrown(() => trace((_a: Tensor) => null, x)).message).toBe(recorded.trace_errors.nothing);
    expect(thrown(() => trace((_a: Tensor) => 3, x)).message).toBe(recorded.trace_errors.number);
    expect(thrown(() => trace((a: Tensor) => ({ a }), x)).message).toBe(recorded.trace_errors.dict);
    expect(thrown(() => trace((a: Tensor, _b: number) => a, [x, 3])).message).toBe(recorded.trace_errors.input);
    expect(trace((a: Tensor) => ({ a: a.mul(2) }), x, { strict: false })(x).a.tolist()).toEqual([[2, 2]]);
    const failure = new Error("mine");
    expect(
      thrown(() =>
        trace(() => {
          throw failure;
        }, x),
      ),
    ).toBe(failure);
    expect(torch.jit.is_tracing()).toBe(false);
    expect(thrown(() => trace((a: Tensor) => trace((b: Tensor) => b, x)(a), x)).message).toBe(
      "Tracing can't be nested",
    );
    expect(trace((a: Tensor) => a.add(1), x)(x).tolist()).toEqual([[2, 2]]);
  });

  test("is_tracing is true inside", () => {
    const seen: boolean[] = [];
    torch.jit.trace(
      (x: Tensor) => {
        seen.push(torch.jit.is_tracing());
        return x.add(1);
      },
      ones(1),
      { check_trace: false },
    );
    expect(seen).toEqual([true]);
  });
});

describe("the check", () => {
  test("throws where graphs differ", () => {
    let count = 0;
    const error = thrown(() => torch.jit.trace((a: Tensor) => a.add(++count), ones(2)));
    expect(error).toBeInstanceOf(torch.jit.TracingCheckError);
    expect(error.message).toMatch(
      /^Tracing failed sanity checks!\nERROR: Graphs differed across invocations!\n\tGraph diff:/,
    );
    expect(error.message).toContain("ERROR: Tensor-valued Constant nodes differed in value across invocations.");
    expect(error.message).toContain("- ");
  });

  test("warns where outputs differ", async () => {
    const [first, second] = await warnings(() => torch.jit.trace(nn.Dropout(), ones(50, 50)));
    expect(first).toMatch(/^Trace had nondeterministic nodes. Did you forget to call .eval\(\) on your model\?/);
    expect(second).toMatch(
      /^Output nr 1. of the traced function does not match the corresponding output of the Python function/,
    );
  });

  test("uses check_inputs", async () => {
    const branch = (x: Tensor) => (x.sum().item() > 0 ? x.add(1) : x.sub(1));
    const messages = await warnings(() =>
      thrown(() => torch.jit.trace(branch, ones(2), { check_inputs: [ones(2).neg()] })),
    );
    expect(messages[0]).toMatch(/^Converting a tensor to a Python number might cause the trace to be incorrect/);
    expect(messages.some((message) => message.startsWith("Output nr 1."))).toBe(true);
  });
});

describe("warnings of what becomes a constant", () => {
  const dataflow = (what: string) =>
    `${what} might cause the trace to be incorrect. We can't record the data flow of Python values, so this value will be treated as a constant in the future. This means that the trace might not generalize to other inputs!`;
  const constructor = (what: string) =>
    `${what} results are registered as constants in the trace. You can safely ignore this warning if you use this function to create tensors out of constant variables that would be the same every time you call this function. In any other case, this might cause the trace to be incorrect.`;
  const cases: [string, (x: Tensor) => Tensor, string[]][] = [
    ["item", (x) => x.add(x.sum().item()), [dataflow("Converting a tensor to a Python number")]],
    ["tolist", (x) => x.mul(x.tolist().length), [dataflow("Converting a tensor to a Python list")]],
    ["numpy", (x) => x.mul(x.numpy().data.length), [dataflow("Converting a tensor to a NumPy array")]],
    ["shape", (x) => x.view(x.shape[0], 1), [dataflow("Reading the sizes of a tensor as numbers")]],
    ["size", (x) => x.view(x.size(0), 1), [dataflow("Reading the sizes of a tensor as numbers")]],
    ["tensor", (x) => x.add(tensor(2)), [constructor("torch.tensor")]],
    ["from_numpy", (x) => x.add(torch.from_numpy(new Float32Array([1, 2]))), [constructor("torch.from_numpy")]],
    ["a layer that looks at sizes itself", (x) => nn.functional.softmax(nn.functional.layer_norm(x, [2]), 0), []],
  ];
  test.each(cases)("%s", async (_name, func, expected) => {
    expect(await warnings(() => torch.jit.trace(func, ones(2), { check_trace: false }))).toEqual(expected);
    expect(await warnings(() => func(ones(2)))).toEqual([]);
  });

  test("a size that is given as a tensor follows other inputs", async () => {
    const func = (x: Tensor) => x.new_zeros(torch._shape_as_tensor(x)[1] as unknown as number, 2);
    const traced = torch.jit.trace(func, ones(2, 3), { check_trace: false });
    expect(traced(ones(2, 5)).shape).toEqual([5, 2]);
  });
});

test("what compiles Python's source says what to use instead", () => {
  expect(thrown(() => torch.jit.script(nn.Linear(1, 1))).message).toMatch(/use torch.jit.trace/);
  expect(thrown(() => torch.jit.script(nn.Linear(1, 1)))).toBeInstanceOf(torch.NotImplementedError);
  const f = () => 3;
  expect(torch.jit.ignore(f)).toBe(f);
  expect(torch.jit.unused(f)).toBe(f);
  expect(torch.jit.export(f)).toBe(f);
});
