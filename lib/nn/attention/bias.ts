// torch/nn/attention/bias.py

import { Tensor } from "../../_tensor.js";
import { keywordClass } from "../../arguments/class.js";
import { SDPAParams } from "../../backends/cuda/_attention.js";
import type { device } from "../../device.js";
import { bool } from "../../dtype.js";
import { AssertionError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { typeName } from "../../python/objects.js";
import { handleOf, WRAP } from "../../tensor_base.js";
import { warn } from "../../warnings.js";
import { _raise_kernel_warnings } from "./_warnings.js";

/**
 * Where the triangle of a causal mask begins: at the first query and key, or such that the last query sees all keys.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.attention.bias.CausalVariant.html}
 */
export enum CausalVariant {
  UPPER_LEFT = 1,
  LOWER_RIGHT = 2,
}

class CausalBiasTensor extends Tensor {
  declare readonly variant: CausalVariant;
  declare readonly seq_len_q: number;
  declare readonly seq_len_kv: number;

  constructor(variant: CausalVariant, seq_len_q: number, seq_len_kv: number) {
    if (CausalVariant[variant] === undefined) {
      throw new AssertionError(`variant must be a CausalVariant, got ${typeName(variant)}`);
    }
    super(handleOf(torch.empty(variant, seq_len_q, seq_len_kv)), WRAP);
    Object.assign(this, { variant, seq_len_q, seq_len_kv });
    if (seq_len_q > seq_len_kv && variant === CausalVariant.LOWER_RIGHT) {
      warn("Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv!");
    }
  }

  /** Whether `is_causal: true` says the same as the mask. */
  get _is_plain(): boolean {
    return this.seq_len_q === this.seq_len_kv || this.variant === CausalVariant.UPPER_LEFT;
  }

  /** The mask as a tensor. */
  _materialize(device: device | null = null): Tensor {
    const diagonal = this.variant === CausalVariant.UPPER_LEFT ? 0 : this.seq_len_kv - this.seq_len_q;
    return torch.tril(torch.ones(this.seq_len_q, this.seq_len_kv, { device, dtype: bool }), { diagonal });
  }

  override toString(): string {
    return this._materialize().toString();
  }
}

/**
 * A causal mask for scaled_dot_product_attention(), which is made when it is needed.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.attention.bias.CausalBias.html}
 */
export interface CausalBias extends CausalBiasTensor {}
export const CausalBias = keywordClass<CausalBias>("CausalBias")(CausalBiasTensor, [
  "variant",
  "seq_len_q",
  "seq_len_kv",
]);

/** @internal What scaled_dot_product_attention() is given in the place of such a mask. */
export function plainMask(
  mask: CausalBias,
  [query, key, value]: readonly [Tensor, Tensor, Tensor],
  dropout_p: number,
  is_causal: boolean,
  enable_gqa: boolean,
): [attn_mask: Tensor | null, dropout_p: number, is_causal: boolean] {
  if (is_causal) throw new ValueError("CausalBias should not be used with causal=True");
  if (mask._is_plain) return [null, dropout_p, true];
  _raise_kernel_warnings(() => new SDPAParams(query, key, value, null, dropout_p, is_causal, enable_gqa));
  return [mask._materialize(query.device), dropout_p, false];
}

function makeBias(name: string, variant: CausalVariant, size: readonly number[]): CausalBias {
  if (size.length !== 2) throw new AssertionError(`${name} only supports 2D tensors`);
  return new CausalBias(variant, size[0], size[1]);
}

/**
 * The mask of a triangle at the upper left: query i sees the keys 0 to i.
 *
 * `causal_upper_left(*size) -> CausalBias`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.attention.bias.causal_upper_left.html}
 */
export function causal_upper_left(...size: number[]): CausalBias {
  return makeBias("causal_upper_left", CausalVariant.UPPER_LEFT, size);
}

/**
 * The mask of a triangle at the lower right: the last query sees all keys.
 *
 * `causal_lower_right(*size) -> CausalBias`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.attention.bias.causal_lower_right.html}
 */
export function causal_lower_right(...size: number[]): CausalBias {
  return makeBias("causal_lower_right", CausalVariant.LOWER_RIGHT, size);
}
