import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { describe, expect, test } from "vitest";
import { expectClose, iota, thrown } from "./helpers/values.js";

const E = 4;
const wave = (at: number, ...shape: number[]) =>
  iota(...shape)
    .add(at)
    .sin();
const [query, key, value] = [wave(0, 2, 1, E), wave(10, 3, 1, E), wave(20, 3, 1, E)];
const in_proj_bias = wave(40, 3 * E);
const [out_proj_weight, out_proj_bias] = [wave(50, E, E), wave(60, E)];
const mask = torch.tensor([
  [false, true, false],
  [false, false, true],
]);

// biome-ignore lint/suspicious/noExplicitAny: the last parameters by keyword
function attend(given: Record<string, any> = {}) {
  const { q = query, k = key, v = value, bias_k = null, bias_v = null, zero = false, p = 0, ...keywords } = given;
  const weight = "q_proj_weight" in keywords ? null : wave(30, 3 * E, E);
  return F.multi_head_attention_forward(
    q,
    k,
    v,
    keywords.embed_dim ?? E,
    keywords.num_heads ?? 2,
    weight,
    in_proj_bias,
    bias_k,
    bias_v,
    zero,
    p,
    out_proj_weight,
    out_proj_bias,
    Object.fromEntries(Object.entries(keywords).filter(([name]) => !["embed_dim", "num_heads"].includes(name))),
  ) as [torch.Tensor, torch.Tensor];
}

const plain = [
  [-1.20022, -0.60268, -0.31889, -0.74552],
  [-2.06755, 2.00848, -2.86509, -0.02807],
];
const masked = [
  [-0.42321, 0.89174, -3.04954, 1.3298],
  [-2.06792, 2.01199, -2.86932, -0.02606],
];

describe("multi_head_attention_forward", () => {
  test("the output and the averaged weights", () => {
    const [output, weights] = attend();
    expectClose(output.squeeze(1), plain);
    expectClose(weights, [
      [
        [0.37253, 0.41489, 0.21258],
        [0.00562, 0.99322, 0.00116],
      ],
    ]);
  });

  test("without weights", () => {
    const [output, weights] = attend({ need_weights: false });
    expectClose(output.squeeze(1), plain);
    expect(weights).toBe(null);
  });

  test("the weights of each head", () => {
    const [, weights] = attend({ average_attn_weights: false });
    expectClose(weights[0].select(1, 0), [
      [0.1699, 0.82606, 0.00404],
      [0.57516, 0.00372, 0.42112],
    ]);
  });

  test("one tensor as query, key and value, or as key and value", () => {
    expectClose(attend({ q: query, k: query, v: query })[0][0][0], [-1.757, 1.46491, -2.46505, -0.00747]);
    expectClose(attend({ k: key, v: key })[0][0][0], [-1.10871, 2.90347, -4.99394, 1.85997]);
  });

  test("inputs without a batch", () => {
    const [output, weights] = attend({ q: query.squeeze(1), k: key.squeeze(1), v: value.squeeze(1) });
    expectClose(output, plain);
    expect([...weights.shape]).toEqual([2, 3]);
  });

  test("masks", () => {
    expectClose(attend({ attn_mask: mask })[0].squeeze(1), masked);
    expectClose(attend({ attn_mask: mask, need_weights: false })[0].squeeze(1), masked);
    const key_padding_mask = torch.tensor([[false, false, true]]);
    expectClose(attend({ key_padding_mask })[0][0][0], [-0.3704, -1.33636, -0.18958, -0.18089]);
    const causal = attend({ attn_mask: mask, is_causal: true, need_weights: false })[0];
    expectClose(causal[0][0], [0.38806, 0.18912, -2.94228, 1.8922]);
  });

  test("biases, zeros and static keys and values", () => {
    const [biased] = attend({ bias_k: wave(0, 1, 1, E), bias_v: wave(5, 1, 1, E) });
    expectClose(biased[0][0], [-1.03262, -0.57651, -0.5207, -0.50787]);
    const [zeros, weights] = attend({ zero: true });
    expectClose(zeros[0][0], [-0.96442, -0.79296, -0.30593, -0.57218]);
    expectClose(weights[0][0], [0.34003, 0.33187, 0.20087, 0.12724]);
    const [fixed] = attend({ static_k: wave(0, 2, 2, 2), static_v: wave(9, 2, 2, 2) });
    expectClose(fixed[0][0], [0.2769, 0.05706, -2.65848, 1.65325]);
  });

  test("weights of their own for query, key and value", () => {
    const [output] = attend({
      k: wave(10, 3, 1, 3),
      v: wave(20, 3, 1, 2),
      use_separate_proj_weight: true,
      q_proj_weight: wave(0, E, E),
      k_proj_weight: wave(0, E, 3),
      v_proj_weight: wave(0, E, 2),
    });
    expectClose(output[0][0], [-0.67788, 1.51793, -3.61347, 1.44083]);
  });

  test("dropout of the weights", () => {
    torch.manual_seed(0);
    expectClose(attend({ p: 0.5 })[0][0][0], [1.11551, -2.73501, 0.15295, 0.76997]);
    expectClose(attend({ p: 0.5, training: false })[0].squeeze(1), plain);
  });

  test("errors", () => {
    expect(thrown(() => attend({ embed_dim: 5 }))).toBe(
      "AssertionError: was expecting embedding dimension of 5, but got 4",
    );
    expect(thrown(() => attend({ num_heads: 3 }))).toBe("AssertionError: embed_dim 4 not divisible by num_heads 3");
    expect(thrown(() => attend({ v: wave(0, 2, 1, E) }))).toBe(
      "AssertionError: key shape torch.Size([3, 1, 4]) does not match value shape torch.Size([2, 1, 4])",
    );
    expect(thrown(() => attend({ q: wave(0, E) }))).toBe(
      "AssertionError: query should be unbatched 2D or batched 3D tensor but received 1-D query tensor",
    );
    expect(thrown(() => attend({ k: wave(0, 3, E) }))).toBe(
      "AssertionError: For batched (3-D) `query`, expected `key` and `value` to be 3-D but found 2-D and 3-D tensors respectively",
    );
    expect(thrown(() => attend({ attn_mask: mask.t() }))).toBe(
      "RuntimeError: The shape of the 2D attn_mask is torch.Size([3, 2]), but should be (2, 3).",
    );
    expect(thrown(() => attend({ attn_mask: mask.long() }))).toBe(
      "AssertionError: only bool and floating types of attn_mask are supported",
    );
    expect(thrown(() => attend({ is_causal: true }))).toMatch(
      /^RuntimeError: Need attn_mask if specifying the is_causal/,
    );
    expect(thrown(() => attend({ bias_k: wave(0, 1, 1, E) }))).toBe("AssertionError: bias_k is set but bias_v is None");
    expect(thrown(() => attend({ static_k: wave(0, 3, 2, 2) }))).toBe(
      "AssertionError: expecting static_k.size(0) of 2, but got 3",
    );
    expect(thrown(() => attend({ key_padding_mask: torch.zeros(1, 4).bool() }))).toBe(
      "AssertionError: Expected key_padded_mask.shape[1] to be 3, but got 4",
    );
  });
});

test("scaled_dot_product_attention", () => {
  const [q, k, v] = [wave(0, 1, 2, E), wave(0, 1, 3, E), wave(3, 1, 3, E)];
  expectClose(F.scaled_dot_product_attention(q, k, v)[0][0], [-0.04198, -0.41049, -0.4016, -0.02348]);
  expectClose(
    F.scaled_dot_product_attention(q, k, v, { is_causal: true })[0][0],
    [0.14112, -0.7568, -0.95892, -0.27942],
  );
});
