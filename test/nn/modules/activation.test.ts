import * as torch from "tstorch";
import { nn } from "tstorch";
import { describe, expect, test } from "vitest";
import { expectClose, thrown } from "../functional/helpers/values.js";

// biome-ignore lint/suspicious/noExplicitAny: calls that TypeScript forbids
const untyped = nn as any;

/** -0.5, -0.4, ... in a given shape. */
const ramp = (...shape: number[]) =>
  torch
    .arange(shape.reduce((n, size) => n * size, 1))
    .reshape(shape)
    .float()
    .div(10)
    .sub(0.5);

describe("printing", () => {
  const { Softplus, Softmax } = nn;
  test.each([
    [nn.Threshold(0.1, 20.5, true), "Threshold(threshold=0.1, value=20.5, inplace=True)"],
    [nn.ReLU(true), "ReLU(inplace=True)"],
    [nn.ReLU(), "ReLU()"],
    [nn.RReLU(), "RReLU(lower=0.125, upper=0.3333333333333333)"],
    [nn.Hardtanh(-2, 2, true), "Hardtanh(min_val=-2.0, max_val=2.0, inplace=True)"],
    [nn.ReLU6(), "ReLU6()"],
    [nn.Hardsigmoid(), "Hardsigmoid()"],
    [nn.SiLU({ inplace: true }), "SiLU(inplace=True)"],
    [nn.ELU(0.5, true), "ELU(alpha=0.5, inplace=True)"],
    [nn.CELU(), "CELU(alpha=1.0)"],
    [nn.GLU(), "GLU(dim=-1)"],
    [nn.GELU("tanh"), "GELU(approximate='tanh')"],
    [nn.Hardshrink(), "Hardshrink(0.5)"],
    [nn.LeakyReLU(0.2), "LeakyReLU(negative_slope=0.2)"],
    [Softplus(), "Softplus(beta=1.0, threshold=20.0)"],
    [Softplus(2, 10), "Softplus(beta=2, threshold=10)"],
    [nn.Softshrink(), "Softshrink(0.5)"],
    [nn.PReLU(3), "PReLU(num_parameters=3)"],
    [nn.Softmin(1), "Softmin(dim=1)"],
    [Softmax(), "Softmax(dim=None)"],
    [nn.LogSoftmax({ dim: -1 }), "LogSoftmax(dim=-1)"],
  ])("%s", (m, expected) => {
    expect(String(m)).toBe(expected);
  });
});

describe("activations", () => {
  test("compute what their functions do", () => {
    const x = ramp(4);
    expectClose(nn.Threshold(-0.35, 9)(x), [9, 9, -0.3, -0.2], 1e-6);
    expectClose(nn.Hardtanh(-0.4, 0)(x), [-0.4, -0.4, -0.3, -0.2], 1e-6);
    expectClose(nn.LeakyReLU(0.1)({ input: x }), [-0.05, -0.04, -0.03, -0.02], 1e-6);
    expectClose(nn.GLU()(x), [-0.5 * 0.425557, -0.4 * 0.450166], 1e-4);
    expectClose(nn.Softmax(0)(torch.zeros(4)), [0.25, 0.25, 0.25, 0.25], 1e-6);
  });

  test("work in place", () => {
    const x = ramp(4);
    expect(nn.ReLU(true)(x)).toBe(x);
    expectClose(x, [0, 0, 0, 0]);
  });

  test("PReLU learns its slope", () => {
    const m = nn.PReLU({ init: 0.5 });
    m(ramp(2)).sum().backward();
    expectClose(m.weight, [0.5]);
    expectClose(m.weight.grad as torch.Tensor, [-0.9], 1e-5);
  });

  test("RReLU is a leaky ReLU when not training", () => {
    expectClose(nn.RReLU(0.1, 0.3).eval()(ramp(2)), [-0.1, -0.08], 1e-6);
  });

  test("errors", () => {
    expect(thrown(() => nn.Hardtanh(1, 0.5))).toBe("AssertionError: max_val (0.5) must be greater than min_val (1.0)");
    expect(thrown(() => nn.Softmax(1.5))).toBe("TypeError: dim must be an int or None, got <class 'float'>");
    expect(thrown(() => untyped.LogSoftmax(true))).toBe("TypeError: dim must be an int or None, got <class 'bool'>");
    expect(thrown(() => nn.Softmax2d()(ramp(3, 4)))).toBe(
      "ValueError: Softmax2d: expected input to be 3D or 4D, got 2D instead",
    );
    expect(thrown(() => untyped.Threshold(1))).toBe(
      "TypeError: Threshold.__init__() missing 1 required positional argument: 'value'",
    );
  });
});

describe("MultiheadAttention", () => {
  /** With parameters that are the same in every run. */
  function attention(keywords = {}) {
    const m = nn.MultiheadAttention(4, 2, keywords);
    torch.no_grad(() => {
      for (const [i, p] of [...m.parameters()].entries()) p.copy_(ramp(...p.shape).mul(0.1 * (i + 1)));
    });
    return m;
  }
  const squares = (x: torch.Tensor | null) => (x === null ? null : x.double().pow(2).sum().item().toFixed(2));
  const q = ramp(2, 3, 4);
  const key_padding_mask = torch.tensor([
    [false, false, true],
    [false, false, false],
  ]);
  const attn_mask = torch.ones(3, 3, { dtype: torch.bool }).triu(1);

  test("prints, and registers its parameters in Python's order", () => {
    expect(String(nn.MultiheadAttention(4, 2, { bias: false }))).toBe(
      "MultiheadAttention(\n  (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=False)\n)",
    );
    const names = (keywords: object) => [...attention(keywords).named_parameters()].map(([name]) => name);
    expect(names({ add_bias_kv: true })).toEqual([
      "in_proj_weight",
      "in_proj_bias",
      "bias_k",
      "bias_v",
      "out_proj.weight",
      "out_proj.bias",
    ]);
    expect(names({ vdim: 2, bias: false })).toEqual([
      "q_proj_weight",
      "k_proj_weight",
      "v_proj_weight",
      "out_proj.weight",
    ]);
  });

  test.each([true, false])("masks, training %s: the fast path gives what the other one does", (training) => {
    const m = attention({ batch_first: true }).train(training);
    torch.no_grad(() => {
      const run = (keywords: { [name: string]: torch.Tensor }) => m(q, q, q, keywords).map(squares);
      expect(run({})).toEqual(["15.54", "2.00"]);
      expect(run({ key_padding_mask })).toEqual(["15.62", "2.50"]);
      expect(run({ attn_mask })).toEqual(["11.72", "3.67"]);
      expect(run({ key_padding_mask, attn_mask })).toEqual(["11.74", "3.83"]);
      expect(m(q, q, q, { need_weights: false }).map(squares)).toEqual(["15.54", null]);
    });
  });

  test("keys and values of other sizes, biases as keys, a batch in the second dimension", () => {
    expect(attention({ kdim: 4, vdim: 2 })(q, q.clone(), q["..., :2"]).map(squares)).toEqual(["1.16", "3.01"]);
    expect(attention({ add_bias_kv: true, add_zero_attn: true })(q, q, q).map(squares)).toEqual(["8.51", "1.51"]);
  });

  test("without a batch, and the weights of each head", () => {
    const [output, weights] = attention()(q[0], q[0], q[0], { average_attn_weights: false });
    expect([output.shape, weights?.shape]).toEqual([
      [3, 4],
      [2, 3, 3],
    ]);
  });

  test("as a field of another module", () => {
    class Block extends nn.Module {
      attn: nn.MultiheadAttention = nn.MultiheadAttention(4, 2, { batch_first: true });

      override forward(x: torch.Tensor): torch.Tensor {
        return this.attn(x, x, x, { need_weights: false })[0];
      }
    }
    expect(new Block()(q).shape).toEqual([2, 3, 4]);
  });

  test("errors", () => {
    expect(thrown(() => nn.MultiheadAttention(0, 2))).toBe(
      "ValueError: embed_dim and num_heads must be greater than 0, got embed_dim=0 and num_heads=2 instead",
    );
    expect(thrown(() => nn.MultiheadAttention(5, 2))).toBe("AssertionError: embed_dim must be divisible by num_heads");
  });
});
