// The values are Python's.
import * as torch from "tstorch";
import { CausalBias, CausalVariant, causal_lower_right, causal_upper_left } from "tstorch/nn/attention/bias";
import { expect, test } from "vitest";

const F = torch.nn.functional;

test("masks print as what they mask", () => {
  expect(String(causal_lower_right(3, 5))).toBe(
    "tensor([[ True,  True,  True, False, False],\n        [ True,  True,  True,  True, False],\n        [ True,  True,  True,  True,  True]])",
  );
  expect(String(causal_upper_left(2, 3))).toBe("tensor([[ True, False, False],\n        [ True,  True, False]])");
  const bias = CausalBias(CausalVariant.LOWER_RIGHT, { seq_len_q: 2, seq_len_kv: 3 });
  expect([bias.variant, bias.seq_len_q, bias.seq_len_kv, bias instanceof torch.Tensor]).toEqual([2, 2, 3, true]);
  expect([...causal_upper_left(3, 5).shape]).toEqual([1, 3, 5]);
  expect(() => causal_lower_right(3)).toThrow("causal_lower_right only supports 2D tensors");
  expect(() => CausalBias(3 as never, 1, 2)).toThrow("variant must be a CausalVariant, got int");
});

test("scaled_dot_product_attention() takes them", () => {
  torch.manual_seed(0);
  const [q, k, v] = [torch.randn(1, 2, 3, 4), torch.randn(1, 2, 5, 4), torch.randn(1, 2, 5, 4)];
  const attend = (...rest: unknown[]) => F.scaled_dot_product_attention(q, k, v, ...(rest as [torch.Tensor]));
  expect(String(attend(causal_lower_right(3, 5)).sum(-1))).toBe(
    "tensor([[[-0.9341,  0.3861, -1.6455],\n         [ 1.0889,  1.8131,  1.1770]]])",
  );
  expect(String(attend(causal_upper_left(3, 5)).sum(-1))).toBe(
    "tensor([[[ 1.1501, -1.2018, -1.5636],\n         [ 0.3340,  0.2939,  1.0586]]])",
  );
  expect(String(attend({ attn_mask: causal_lower_right(3, 5), scale: 0.1 }).sum())).toBe("tensor(2.7210)");
  expect(() => attend(causal_upper_left(3, 5), 0, true)).toThrow("CausalBias should not be used with causal=True");
  expect(attend({ attn_mask: null }).equal(attend())).toBe(true);
});
