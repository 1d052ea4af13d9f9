// torch.nn.functional: multi-head attention

import type { Tensor } from "../../_tensor.js";
import { binder, def } from "../../arguments/function.js";
import { bool, type dtype } from "../../dtype.js";
import { AssertionError, RuntimeError } from "../../errors.js";
import { scaled_dot_product_attention as attend, linear, pad } from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import { product, sizesOf } from "../../jit/_state.js";
import { CausalBias, plainMask } from "../attention/bias.js";
import { tupleText } from "../modules/utils.js";
import { softmax } from "./activation.js";
import { dropout } from "./dropout.js";
import { equal } from "./shapes.js";
import { warn } from "./warn.js";

const bindAttention = binder(
  "scaled_dot_product_attention",
  ["query", "key", "value", "attn_mask", "dropout_p", "is_causal", "*", "scale", "enable_gqa"],
  3,
);

/**
 * softmax(query @ key^T * scale + attn_mask) @ value, with dropout of the weights; `scale` is 1 / sqrt(E) by default.
 *
 * The query is (N, ..., L, E), the key (N, ..., S, E), the value (N, ..., S, Ev), and the result (N, ..., L, Ev); the mask is
 * of booleans, true where a query sees a key, or of numbers, or a CausalBias. With `enable_gqa` several heads of the query
 * share one of key and value.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.scaled_dot_product_attention.html}
 */
export const scaled_dot_product_attention = Object.defineProperty(
  (...args: unknown[]) => {
    const isBias = (value: unknown) => value instanceof CausalBias;
    if (!isBias(args[3]) && !isBias((args.at(-1) as { attn_mask?: unknown })?.attn_mask)) {
      return (attend as (...args: unknown[]) => Tensor)(...args);
    }
    const [query, key, value, bias, dropout_p = 0, is_causal = false, scale = null, enable_gqa = false] = bindAttention(
      args,
    ) as [Tensor, Tensor, Tensor, CausalBias, number?, boolean?, (number | null)?, boolean?];
    return attend(query, key, value, ...plainMask(bias, [query, key, value], dropout_p, is_causal, enable_gqa), {
      scale,
      enable_gqa,
    });
  },
  "name",
  { value: "scaled_dot_product_attention" },
) as typeof attend;

type Projected = [q: Tensor, k: Tensor, v: Tensor];

/** A projection of several parts, one after the other in the last dimension, as one tensor for each. */
function unpack(proj: Tensor, parts: number, E: number): Tensor {
  const sizes = [...sizesOf(proj).slice(0, -1), parts, E];
  return proj.view(sizes).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous();
}

/** The input projections of attention whose weights are packed in one: one product where inputs are the same object. */
function _in_projection_packed(q: Tensor, k: Tensor, v: Tensor, w: Tensor, b: Tensor | null): Projected {
  const E = q.size(-1);
  if (k === v) {
    if (q === k) {
      const proj = unpack(linear(q, w, b), 3, E);
      return [proj[0], proj[1], proj[2]];
    }
    const [w_q, w_kv] = torch.split_with_sizes(w, [E, E * 2]);
    const [b_q, b_kv] = b === null ? [null, null] : torch.split_with_sizes(b, [E, E * 2]);
    const q_proj = linear(q, w_q, b_q);
    const kv_proj = unpack(linear(k, w_kv, b_kv), 2, E);
    return [q_proj, kv_proj[0], kv_proj[1]];
  }
  const [w_q, w_k, w_v] = w.chunk(3);
  const [b_q, b_k, b_v] = b === null ? [null, null, null] : b.chunk(3);
  return [linear(q, w_q, b_q), linear(k, w_k, b_k), linear(v, w_v, b_v)];
}

function expect_shape(what: string, tensor: Tensor, shape: readonly number[]): void {
  if (!equal(tensor.shape, shape)) {
    throw new AssertionError(`expecting ${what} shape of ${tupleText(shape)}, but got ${tensor.shape}`);
  }
}

/** The input projections of attention whose weights are apart. */
function _in_projection(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  w_q: Tensor,
  w_k: Tensor,
  w_v: Tensor,
  [b_q, b_k, b_v]: readonly (Tensor | null)[],
): Projected {
  const [Eq, Ek, Ev] = [q.size(-1), k.size(-1), v.size(-1)];
  expect_shape("query weights", w_q, [Eq, Eq]);
  expect_shape("key weights", w_k, [Eq, Ek]);
  expect_shape("value weights", w_v, [Eq, Ev]);
  if (b_q !== null) expect_shape("query bias", b_q, [Eq]);
  if (b_k !== null) expect_shape("key bias", b_k, [Eq]);
  if (b_v !== null) expect_shape("value bias", b_v, [Eq]);
  return [linear(q, w_q, b_q), linear(k, w_k, b_k), linear(v, w_v, b_v)];
}

/** Checks the dimensions of attention's inputs; returns whether they have one for the batch. */
function _mha_shape_check(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  key_padding_mask: Tensor | null,
  attn_mask: Tensor | null,
  num_heads: number,
): boolean {
  const dims = query.dim();
  if (dims !== 2 && dims !== 3) {
    throw new AssertionError(`query should be unbatched 2D or batched 3D tensor but received ${dims}-D query tensor`);
  }
  const is_batched = dims === 3;
  const given = `For ${is_batched ? "batched (3-D)" : "unbatched (2-D)"} \`query\``;
  if (key.dim() !== dims || value.dim() !== dims) {
    throw new AssertionError(
      `${given}, expected \`key\` and \`value\` to be ${dims}-D but found ${key.dim()}-D and ${value.dim()}-D tensors respectively`,
    );
  }
  if (key_padding_mask !== null && key_padding_mask.dim() !== dims - 1) {
    throw new AssertionError(
      `${given}, expected \`key_padding_mask\` to be \`None\` or ${dims - 1}-D but found ${key_padding_mask.dim()}-D tensor instead`,
    );
  }
  if (attn_mask !== null) {
    if (attn_mask.dim() !== 2 && attn_mask.dim() !== 3) {
      throw new AssertionError(
        `${given}, expected \`attn_mask\` to be \`None\`, 2-D or 3-D but found ${attn_mask.dim()}-D tensor instead`,
      );
    }
    const expected_shape = [num_heads, query.shape[0], key.shape[0]];
    if (!is_batched && attn_mask.dim() === 3 && !equal(attn_mask.shape, expected_shape)) {
      throw new AssertionError(
        `Expected \`attn_mask\` shape to be ${tupleText(expected_shape)} but got ${attn_mask.shape}`,
      );
    }
  }
  return is_batched;
}

/** A mask as what is added to the scores: negative infinity where a boolean one is true. */
export function _canonical_mask(
  mask: Tensor | null,
  mask_name: string,
  other_type: dtype | null,
  other_name: string,
  target_type: dtype,
  check_other = true,
): Tensor | null {
  if (mask === null) return null;
  const _mask_dtype = mask.dtype;
  const _mask_is_float = mask.is_floating_point();
  if (_mask_dtype !== bool && !_mask_is_float) {
    throw new AssertionError(`only bool and floating types of ${mask_name} are supported`);
  }
  if (check_other && other_type !== null && _mask_dtype !== other_type) {
    warn(`Support for mismatched ${mask_name} and ${other_name} is deprecated. Use same type for both instead.`);
  }
  if (_mask_is_float) return mask;
  return torch.zeros_like(mask, { dtype: target_type }).masked_fill_(mask, Number.NEGATIVE_INFINITY);
}

/** The dtype of a tensor, or null for none. */
export function _none_or_dtype(input: Tensor | null): dtype | null {
  return input === null ? null : input.dtype;
}

function _check_key_padding_mask(key_padding_mask: Tensor, src_len: number, bsz: number): void {
  const [batches, length] = key_padding_mask.shape;
  if (batches !== bsz) {
    throw new AssertionError(`Expected key_padded_mask.shape[0] to be ${bsz}, but got ${batches}`);
  }
  if (length !== src_len) {
    throw new AssertionError(`Expected key_padded_mask.shape[1] to be ${src_len}, but got ${length}`);
  }
}

/** A static key or value, after its sizes were checked, or the projected one, with the heads as batches. */
function split_heads(name: string, projected: Tensor, given: Tensor | null, heads: number, head_dim: number): Tensor {
  if (given === null) return projected.view(sizesOf(projected)[0], heads, head_dim).transpose(0, 1);
  if (given.size(0) !== heads) {
    throw new AssertionError(`expecting ${name}.size(0) of ${heads}, but got ${given.size(0)}`);
  }
  if (given.size(2) !== head_dim) {
    throw new AssertionError(`expecting ${name}.size(2) of ${head_dim}, but got ${given.size(2)}`);
  }
  return given;
}

/**
 * Multi-head attention with all its weights as arguments: what nn.MultiheadAttention calls.
 *
 * `query` is (L, N, E) or (L, E), `key` and `value` are (S, N, E) or (S, E). `key_padding_mask` is (N, S) or (S),
 * `attn_mask` (L, S) or (N * num_heads, L, S); true, or negative infinity, leaves a key out. The input projections are
 * `in_proj_weight` or, with `use_separate_proj_weight`, three weights; `bias_k` and `bias_v` are added as a key and a value,
 * `add_zero_attn` adds zeros as such; `static_k` and `static_v` take the place of the projected ones.
 *
 * Returns the output, (L, N, E) or (L, E), and with `need_weights` the weights, averaged over the heads or not; else null.
 *
 * Throws AssertionError or RuntimeError for sizes that do not go together.
 */
export const multi_head_attention_forward = def(
  "multi_head_attention_forward",
  [
    "query",
    "key",
    "value",
    "embed_dim_to_check",
    "num_heads",
    "in_proj_weight",
    "in_proj_bias",
    "bias_k",
    "bias_v",
    "add_zero_attn",
    "dropout_p",
    "out_proj_weight",
    "out_proj_bias",
    "training",
    "key_padding_mask",
    "need_weights",
    "attn_mask",
    "use_separate_proj_weight",
    "q_proj_weight",
    "k_proj_weight",
    "v_proj_weight",
    "static_k",
    "static_v",
    "average_attn_weights",
    "is_causal",
  ],
  (
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: number,
    num_heads: number,
    in_proj_weight: Tensor | null,
    in_proj_bias: Tensor | null,
    bias_k: Tensor | null,
    bias_v: Tensor | null,
    add_zero_attn: boolean,
    dropout_p: number,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | null,
    training = true,
    key_padding_mask: Tensor | null = null,
    need_weights = true,
    attn_mask: Tensor | null = null,
    use_separate_proj_weight = false,
    q_proj_weight: Tensor | null = null,
    k_proj_weight: Tensor | null = null,
    v_proj_weight: Tensor | null = null,
    static_k: Tensor | null = null,
    static_v: Tensor | null = null,
    average_attn_weights = true,
    is_causal = false,
  ): [attn_output: Tensor, attn_output_weights: Tensor | null] => {
    const is_batched = _mha_shape_check(query, key, value, key_padding_mask, attn_mask, num_heads);

    // Unbatched inputs are given a batch of one, which is taken away from the outputs.
    if (!is_batched) {
      query = query.unsqueeze(1);
      key = key.unsqueeze(1);
      value = value.unsqueeze(1);
      if (key_padding_mask !== null) key_padding_mask = key_padding_mask.unsqueeze(0);
    }

    const [tgt_len, bsz, embed_dim] = query.shape;
    const [length, batch] = sizesOf(query);
    const batch_heads = product(batch, num_heads);
    let src_len = key.shape[0];

    key_padding_mask = _canonical_mask(
      key_padding_mask,
      "key_padding_mask",
      _none_or_dtype(attn_mask),
      "attn_mask",
      query.dtype,
    );

    if (is_causal && attn_mask === null) {
      throw new RuntimeError(
        "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method `generate_square_subsequent_mask` to create this mask.",
      );
    }
    if (is_causal && key_padding_mask === null && !need_weights) {
      // scaled_dot_product_attention masks by itself: the hint stands for the mask.
      attn_mask = null;
    } else {
      attn_mask = _canonical_mask(attn_mask, "attn_mask", null, "", query.dtype, false);
      // The masks are merged below, so that the hint alone would not do.
      if (key_padding_mask !== null) is_causal = false;
    }

    if (embed_dim !== embed_dim_to_check) {
      throw new AssertionError(`was expecting embedding dimension of ${embed_dim_to_check}, but got ${embed_dim}`);
    }
    const head_dim = Math.floor(embed_dim / num_heads);
    if (head_dim * num_heads !== embed_dim) {
      throw new AssertionError(`embed_dim ${embed_dim} not divisible by num_heads ${num_heads}`);
    }
    if (use_separate_proj_weight) {
      // The embedding dimensions may differ: each is projected with a weight of its own.
      const [key_dims, value_dims] = [key.shape.slice(0, 2), value.shape.slice(0, 2)];
      if (!equal(key_dims, value_dims)) {
        throw new AssertionError(
          `key's sequence and batch dims torch.Size([${key_dims.join(", ")}]) do not match value's torch.Size([${value_dims.join(", ")}])`,
        );
      }
    } else if (!equal(key.shape, value.shape)) {
      throw new AssertionError(`key shape ${key.shape} does not match value shape ${value.shape}`);
    }

    // Input projection
    let [q, k, v]: Tensor[] = [];
    if (!use_separate_proj_weight) {
      if (in_proj_weight === null) {
        throw new AssertionError("use_separate_proj_weight is False but in_proj_weight is None");
      }
      [q, k, v] = _in_projection_packed(query, key, value, in_proj_weight, in_proj_bias);
    } else {
      if (q_proj_weight === null) {
        throw new AssertionError("use_separate_proj_weight is True but q_proj_weight is None");
      }
      if (k_proj_weight === null) {
        throw new AssertionError("use_separate_proj_weight is True but k_proj_weight is None");
      }
      if (v_proj_weight === null) {
        throw new AssertionError("use_separate_proj_weight is True but v_proj_weight is None");
      }
      const biases = in_proj_bias === null ? [null, null, null] : in_proj_bias.chunk(3);
      [q, k, v] = _in_projection(query, key, value, q_proj_weight, k_proj_weight, v_proj_weight, biases);
    }

    // The attention mask gets a batch dimension.
    if (attn_mask !== null) {
      if (attn_mask.dim() === 2) {
        const correct_2d_size = [tgt_len, src_len];
        if (!equal(attn_mask.shape, correct_2d_size)) {
          throw new RuntimeError(
            `The shape of the 2D attn_mask is ${attn_mask.shape}, but should be ${tupleText(correct_2d_size)}.`,
          );
        }
        attn_mask = attn_mask.unsqueeze(0);
      } else {
        const correct_3d_size = [bsz * num_heads, tgt_len, src_len];
        if (!equal(attn_mask.shape, correct_3d_size)) {
          throw new RuntimeError(
            `The shape of the 3D attn_mask is ${attn_mask.shape}, but should be ${tupleText(correct_3d_size)}.`,
          );
        }
      }
    }

    // Biases along the sequence
    if (bias_k !== null && bias_v !== null) {
      if (static_k !== null) throw new AssertionError("bias cannot be added to static key.");
      if (static_v !== null) throw new AssertionError("bias cannot be added to static value.");
      k = torch.cat([k, bias_k.repeat(1, batch, 1)]);
      v = torch.cat([v, bias_v.repeat(1, batch, 1)]);
      if (attn_mask !== null) attn_mask = pad(attn_mask, [0, 1]);
      if (key_padding_mask !== null) key_padding_mask = pad(key_padding_mask, [0, 1]);
    } else {
      if (bias_k !== null) throw new AssertionError("bias_k is set but bias_v is None");
      if (bias_v !== null) throw new AssertionError("bias_v is set but bias_k is None");
    }

    // The heads become batches.
    q = q.view(length, batch_heads, head_dim).transpose(0, 1);
    k = split_heads("static_k", k, static_k, batch_heads, head_dim);
    v = split_heads("static_v", v, static_v, batch_heads, head_dim);

    if (add_zero_attn) {
      const zero_attn_shape = [batch_heads, 1, head_dim];
      k = torch.cat([k, torch.zeros(zero_attn_shape, { dtype: k.dtype, device: k.device })], { dim: 1 });
      v = torch.cat([v, torch.zeros(zero_attn_shape, { dtype: v.dtype, device: v.device })], { dim: 1 });
      if (attn_mask !== null) attn_mask = pad(attn_mask, [0, 1]);
      if (key_padding_mask !== null) key_padding_mask = pad(key_padding_mask, [0, 1]);
    }

    // Biases and zeros have made the sequence longer.
    src_len = k.size(1);
    const source = sizesOf(k)[1];

    if (key_padding_mask !== null) {
      _check_key_padding_mask(key_padding_mask, src_len, bsz);
      key_padding_mask = key_padding_mask
        .view(batch, 1, 1, source)
        .expand(-1, num_heads, -1, -1)
        .reshape(batch_heads, 1, source);
      attn_mask = attn_mask === null ? key_padding_mask : attn_mask.add(key_padding_mask);
    }

    if (!training) dropout_p = 0;

    if (need_weights) {
      const E = q.size(2);
      const q_scaled = q.mul(Math.sqrt(1 / E));
      if (is_causal && attn_mask === null) {
        throw new AssertionError("FIXME: is_causal not implemented for need_weights");
      }

      let attn_output_weights =
        attn_mask !== null
          ? torch.baddbmm(attn_mask, q_scaled, k.transpose(-2, -1))
          : torch.bmm(q_scaled, k.transpose(-2, -1));
      attn_output_weights = softmax(attn_output_weights, { dim: -1 });
      if (dropout_p > 0) attn_output_weights = dropout(attn_output_weights, { p: dropout_p });

      let attn_output = torch.bmm(attn_output_weights, v);
      attn_output = attn_output.transpose(0, 1).reshape(-1, embed_dim);
      attn_output = linear(attn_output, out_proj_weight, out_proj_bias);
      attn_output = attn_output.view(length, batch, attn_output.size(1));

      attn_output_weights = attn_output_weights.view(batch, num_heads, length, source);
      if (average_attn_weights) attn_output_weights = attn_output_weights.mean(1);

      if (!is_batched) {
        attn_output = attn_output.squeeze(1);
        attn_output_weights = attn_output_weights.squeeze(0);
      }
      return [attn_output, attn_output_weights];
    }

    // A mask of (1, L, S) is for all batches and heads; the others are taken apart into (N, num_heads, L, S).
    if (attn_mask !== null) {
      if (attn_mask.size(0) === 1 && attn_mask.dim() === 3) attn_mask = attn_mask.unsqueeze(0);
      else attn_mask = attn_mask.view(batch, num_heads, -1, source);
    }
    q = q.view(batch, num_heads, length, head_dim);
    k = k.view(batch, num_heads, source, head_dim);
    v = v.view(batch, num_heads, source, head_dim);

    let attn_output = scaled_dot_product_attention(q, k, v, attn_mask, dropout_p, is_causal);
    attn_output = attn_output.permute(2, 0, 1, 3).reshape(-1, embed_dim);
    attn_output = linear(attn_output, out_proj_weight, out_proj_bias);
    attn_output = attn_output.view(length, batch, attn_output.size(1));
    if (!is_batched) attn_output = attn_output.squeeze(1);
    return [attn_output, null];
  },
);
