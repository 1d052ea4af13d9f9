// torch/nn/modules/transformer.py

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { is_grad_enabled } from "../../autograd/grad_mode.js";
import { RuntimeError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { deepcopy } from "../../python/copy.js";
import type { DeviceLike, device, dtype } from "../../types.js";
import { warn } from "../functional/warn.js";
import * as F from "../functional.js";
import { xavier_uniform_ } from "../init.js";
import { GELU, MultiheadAttention, ReLU } from "./activation.js";
import { ModuleList } from "./container.js";
import { Dropout } from "./dropout.js";
import { Linear } from "./linear.js";
import { type Called, named } from "./module/keywords.js";
import { stateOf } from "./module/state.js";
import { Module } from "./module.js";
import { LayerNorm } from "./normalization.js";

/** What is applied between the two linear maps of a layer. */
type Activation = "relu" | "gelu" | ((input: Tensor) => Tensor);
type Mask = Tensor | null;

function _generate_square_subsequent_mask(sz: number, device: DeviceLike | null, dtype: dtype | null): Tensor {
  return torch.triu(torch.full([sz, sz], -Infinity, { dtype, device }), { diagonal: 1 });
}

function _get_seq_len(src: Tensor, batch_first: boolean): number | null {
  if (src.is_nested) return null;
  const src_size = src.size();
  return src_size.length === 2 ? src_size[0] : src_size[batch_first ? 1 : 0];
}

class TransformerModule extends Module {
  encoder: Module;
  decoder: Module;
  d_model: number;
  nhead: number;
  batch_first: boolean;

  constructor(
    d_model = 512,
    nhead = 8,
    num_encoder_layers = 6,
    num_decoder_layers = 6,
    dim_feedforward = 2048,
    dropout = 0.1,
    activation: Activation = F.relu,
    custom_encoder: Module | null = null,
    custom_decoder: Module | null = null,
    layer_norm_eps = 1e-5,
    batch_first = false,
    norm_first = false,
    bias = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    const layer = [
      d_model,
      nhead,
      dim_feedforward,
      dropout,
      activation,
      layer_norm_eps,
      batch_first,
      norm_first,
      bias,
      device,
      dtype,
    ] as const;
    const norm = () => new LayerNorm(d_model, { eps: layer_norm_eps, bias, ...factory_kwargs });
    this.encoder =
      custom_encoder ?? new TransformerEncoder(new TransformerEncoderLayer(...layer), num_encoder_layers, norm());
    this.decoder =
      custom_decoder ?? new TransformerDecoder(new TransformerDecoderLayer(...layer), num_decoder_layers, norm());
    this._reset_parameters();
    this.d_model = d_model;
    this.nhead = nhead;
    this.batch_first = batch_first;
  }

  override forward(
    src: Tensor,
    tgt: Tensor,
    src_mask: Mask = null,
    tgt_mask: Mask = null,
    memory_mask: Mask = null,
    src_key_padding_mask: Mask = null,
    tgt_key_padding_mask: Mask = null,
    memory_key_padding_mask: Mask = null,
    src_is_causal: boolean | null = null,
    tgt_is_causal: boolean | null = null,
    memory_is_causal = false,
  ): Tensor {
    const batch_dim = this.batch_first ? 0 : 1;
    if (src.dim() === 3 && src.size(batch_dim) !== tgt.size(batch_dim)) {
      throw new RuntimeError("the batch number of src and tgt must be equal");
    }
    if (src.size(-1) !== this.d_model || tgt.size(-1) !== this.d_model) {
      throw new RuntimeError("the feature number of src and tgt must be equal to d_model");
    }
    const memory = this.encoder(src, { mask: src_mask, src_key_padding_mask, is_causal: src_is_causal });
    return this.decoder(tgt, memory, {
      tgt_mask,
      memory_mask,
      tgt_key_padding_mask,
      memory_key_padding_mask,
      tgt_is_causal,
      memory_is_causal,
    });
  }

  /** The mask that keeps each position from those behind it: -inf above the diagonal, 0 elsewhere. */
  static generate_square_subsequent_mask = def(
    "Transformer.generate_square_subsequent_mask",
    ["sz", "device", "dtype"],
    (sz: number, device: device | string | null = null, dtype: dtype | null = null): Tensor =>
      _generate_square_subsequent_mask(sz, device, dtype),
    { self: 0 },
  );

  /** @internal */
  _reset_parameters(): void {
    for (const p of this.parameters()) if (p.dim() > 1) xavier_uniform_(p);
  }
}

const FORWARD = [
  "src",
  "tgt",
  "src_mask",
  "tgt_mask",
  "memory_mask",
  "src_key_padding_mask",
  "tgt_key_padding_mask",
  "memory_key_padding_mask",
  "src_is_causal",
  "tgt_is_causal",
  "memory_is_causal",
] as const;

/**
 * An encoder and a decoder of attention layers, as in "Attention Is All You Need".
 *
 * `src` is (S, N, d_model) and `tgt` (T, N, d_model), with `batch_first` (N, S, d_model) and (N, T, d_model); the result
 * has the shape of `tgt`.
 *
 * Throws RuntimeError for batches or features of other sizes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Transformer.html}
 */
export interface Transformer extends Called<TransformerModule, typeof FORWARD>, TransformerModule {}
export const Transformer = named<Transformer>("Transformer")(
  TransformerModule,
  [
    "d_model",
    "nhead",
    "num_encoder_layers",
    "num_decoder_layers",
    "dim_feedforward",
    "dropout",
    "activation",
    "custom_encoder",
    "custom_decoder",
    "layer_norm_eps",
    "batch_first",
    "norm_first",
    "bias",
    "device",
    "dtype",
  ],
  FORWARD,
);

class TransformerEncoderModule extends Module {
  layers: ModuleList;
  num_layers: number;
  norm: Module | null;
  enable_nested_tensor: boolean;
  use_nested_tensor: boolean;
  mask_check: boolean;

  constructor(
    encoder_layer: Module,
    num_layers: number,
    norm: Module | null = null,
    enable_nested_tensor = true,
    mask_check = true,
  ) {
    super();
    this.layers = _get_clones(encoder_layer, num_layers);
    this.num_layers = num_layers;
    this.norm = norm;
    this.enable_nested_tensor = enable_nested_tensor;
    this.use_nested_tensor = enable_nested_tensor;
    this.mask_check = mask_check;
    const why_not_sparsity_fast_path = whyNotNested(encoder_layer);
    if (enable_nested_tensor && why_not_sparsity_fast_path) {
      warn(`enable_nested_tensor is True, but self.use_nested_tensor is False because ${why_not_sparsity_fast_path}`);
      this.use_nested_tensor = false;
    }
  }

  /** @internal Whether the sequences are computed without their padding. */
  _useNested(first_layer: TransformerEncoderLayer, src: Tensor, mask: Mask, src_key_padding_mask: Mask): boolean {
    if (!this.use_nested_tensor || first_layer.training || src.is_nested || src.dim() !== 3) return false;
    if (src_key_padding_mask === null || mask !== null) return false;
    const kept = () => src_key_padding_mask.logical_not();
    if (this.mask_check && !torch._nested_tensor_from_mask_left_aligned(src, kept())) return false;
    const { type } = src.device;
    if (type !== "cpu" && type !== "cuda") return false;
    return !recordsGradient(tensorsOf(first_layer, src));
  }

  override forward(
    src: Tensor,
    mask: Mask = null,
    src_key_padding_mask: Mask = null,
    is_causal: boolean | null = null,
  ): Tensor {
    src_key_padding_mask = F._canonical_mask(
      src_key_padding_mask,
      "src_key_padding_mask",
      F._none_or_dtype(mask),
      "mask",
      src.dtype,
    );
    mask = F._canonical_mask(mask, "mask", null, "", src.dtype, false);
    const first_layer = this.layers[0] as TransformerEncoderLayer;
    const convert_to_nested = this._useNested(first_layer, src, mask, src_key_padding_mask);
    let output = convert_to_nested
      ? torch._nested_tensor_from_mask(src, (src_key_padding_mask as Tensor).logical_not(), { mask_check: false })
      : src;
    const seq_len = _get_seq_len(src, first_layer.self_attn.batch_first);
    const causal = _detect_is_causal_mask(mask, is_causal, seq_len);
    const padding = convert_to_nested ? null : src_key_padding_mask;
    for (const mod of this.layers) {
      output = mod(output, { src_mask: mask, is_causal: causal, src_key_padding_mask: padding });
    }
    if (convert_to_nested) output = output.to_padded_tensor(0, src.size());
    return this.norm === null ? output : this.norm(output);
  }
}

/** Why the encoder cannot compute without the padding, by its layers alone; "" if it can. */
function whyNotNested(encoder_layer: Module): string {
  if (!(encoder_layer instanceof TransformerEncoderLayer)) return "encoder_layer was not TransformerEncoderLayer";
  const { self_attn, norm1, norm2 } = encoder_layer;
  if (encoder_layer.norm_first) return "encoder_layer.norm_first was True";
  if (!self_attn.batch_first) {
    return "encoder_layer.self_attn.batch_first was not True(use batch_first for better inference performance)";
  }
  if (!self_attn._qkv_same_embed_dim) return "encoder_layer.self_attn._qkv_same_embed_dim was not True";
  if (self_attn.in_proj_bias === null) return "encoder_layer.self_attn was passed bias=False";
  if (!encoder_layer.activation_relu_or_gelu) return "encoder_layer.activation_relu_or_gelu was not True";
  if (norm1.eps !== norm2.eps) return "encoder_layer.norm1.eps was not equal to encoder_layer.norm2.eps";
  if (self_attn.num_heads % 2 === 1) return "encoder_layer.self_attn.num_heads is odd";
  return "";
}

/** The input and the parameters that the fast path of a layer takes. */
function tensorsOf({ self_attn, norm1, norm2, linear1, linear2 }: TransformerEncoderLayer, src: Tensor): Tensor[] {
  const { in_proj_weight, in_proj_bias, out_proj } = self_attn;
  return [
    src,
    in_proj_weight,
    in_proj_bias,
    out_proj.weight,
    out_proj.bias,
    norm1.weight,
    norm1.bias,
    norm2.weight,
    norm2.bias,
    linear1.weight,
    linear1.bias,
    linear2.weight,
    linear2.bias,
  ] as Tensor[];
}

const recordsGradient = (tensors: Tensor[]) => is_grad_enabled() && tensors.some((x) => x.requires_grad);

const ENCODER = ["src", "mask", "src_key_padding_mask", "is_causal"] as const;

/**
 * A stack of copies of an encoder layer, with a normalization behind them if `norm` is given.
 *
 * Without gradients, and with a padding mask alone, it computes the sequences without their padding.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.TransformerEncoder.html}
 */
export interface TransformerEncoder
  extends Called<TransformerEncoderModule, typeof ENCODER>,
    TransformerEncoderModule {}
export const TransformerEncoder = named<TransformerEncoder>("TransformerEncoder")(
  TransformerEncoderModule,
  ["encoder_layer", "num_layers", "norm", "enable_nested_tensor", "mask_check"],
  ENCODER,
);

class TransformerDecoderModule extends Module {
  layers: ModuleList;
  num_layers: number;
  norm: Module | null;

  constructor(decoder_layer: Module, num_layers: number, norm: Module | null = null) {
    super();
    this.layers = _get_clones(decoder_layer, num_layers);
    this.num_layers = num_layers;
    this.norm = norm;
  }

  override forward(
    tgt: Tensor,
    memory: Tensor,
    tgt_mask: Mask = null,
    memory_mask: Mask = null,
    tgt_key_padding_mask: Mask = null,
    memory_key_padding_mask: Mask = null,
    tgt_is_causal: boolean | null = null,
    memory_is_causal = false,
  ): Tensor {
    let output = tgt;
    const { batch_first } = (this.layers[0] as TransformerDecoderLayer).self_attn;
    const seq_len = _get_seq_len(tgt, batch_first);
    const causal = _detect_is_causal_mask(tgt_mask, tgt_is_causal, seq_len);
    for (const mod of this.layers) {
      output = mod(output, memory, {
        tgt_mask,
        memory_mask,
        tgt_key_padding_mask,
        memory_key_padding_mask,
        tgt_is_causal: causal,
        memory_is_causal,
      });
    }
    return this.norm === null ? output : this.norm(output);
  }
}

const DECODER = [
  "tgt",
  "memory",
  "tgt_mask",
  "memory_mask",
  "tgt_key_padding_mask",
  "memory_key_padding_mask",
  "tgt_is_causal",
  "memory_is_causal",
] as const;

/**
 * A stack of copies of a decoder layer, with a normalization behind them if `norm` is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.TransformerDecoder.html}
 */
export interface TransformerDecoder
  extends Called<TransformerDecoderModule, typeof DECODER>,
    TransformerDecoderModule {}
export const TransformerDecoder = named<TransformerDecoder>("TransformerDecoder")(
  TransformerDecoderModule,
  ["decoder_layer", "num_layers", "norm"],
  DECODER,
);

class TransformerEncoderLayerModule extends Module {
  self_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm_first: boolean;
  norm1: LayerNorm;
  norm2: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  /** Whether `activation` is one that the fast path knows: 1 for relu, 2 for gelu, 0 for any other. */
  activation_relu_or_gelu: 0 | 1 | 2;
  activation: (input: Tensor) => Tensor;

  constructor(
    d_model: number,
    nhead: number,
    dim_feedforward = 2048,
    dropout = 0.1,
    activation: Activation = F.relu,
    layer_norm_eps = 1e-5,
    batch_first = false,
    norm_first = false,
    bias = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    this.self_attn = new MultiheadAttention(d_model, nhead, { dropout, bias, batch_first, ...factory_kwargs });
    this.linear1 = new Linear(d_model, dim_feedforward, { bias, ...factory_kwargs });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dim_feedforward, d_model, { bias, ...factory_kwargs });
    this.norm_first = norm_first;
    this.norm1 = new LayerNorm(d_model, { eps: layer_norm_eps, bias, ...factory_kwargs });
    this.norm2 = new LayerNorm(d_model, { eps: layer_norm_eps, bias, ...factory_kwargs });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.activation = typeof activation === "string" ? _get_activation_fn(activation) : activation;
    if (this.activation === F.relu || this.activation instanceof ReLU) this.activation_relu_or_gelu = 1;
    else if (this.activation === F.gelu || this.activation instanceof GELU) this.activation_relu_or_gelu = 2;
    else this.activation_relu_or_gelu = 0;
  }

  /** @internal Whether the one operator that has no gradient computes the layer. */
  _useFastPath(src: Tensor, src_mask: Mask, src_key_padding_mask: Mask): boolean {
    const { self_attn, norm1, norm2 } = this;
    if (src.dim() !== 3 || this.training || !self_attn.batch_first || self_attn.in_proj_bias === null) return false;
    if (!self_attn._qkv_same_embed_dim || !this.activation_relu_or_gelu || norm1.eps !== norm2.eps) return false;
    if (src.is_nested && (src_key_padding_mask !== null || src_mask !== null)) return false;
    if (self_attn.num_heads % 2 === 1) return false;
    for (const module of this.modules()) {
      const { hooks } = stateOf(module);
      if (hooks !== null && hooks.forward.size + hooks.forward_pre.size > 0) return false;
    }
    const tensors = tensorsOf(this as unknown as TransformerEncoderLayer, src);
    return tensors.every(({ device: { type } }) => type === "cpu" || type === "cuda") && !recordsGradient(tensors);
  }

  override forward(src: Tensor, src_mask: Mask = null, src_key_padding_mask: Mask = null, is_causal = false): Tensor {
    src_key_padding_mask = F._canonical_mask(
      src_key_padding_mask,
      "src_key_padding_mask",
      F._none_or_dtype(src_mask),
      "src_mask",
      src.dtype,
    );
    src_mask = F._canonical_mask(src_mask, "src_mask", null, "", src.dtype, false);
    if (this._useFastPath(src, src_mask, src_key_padding_mask)) {
      return this._fastForward(src, src_mask, src_key_padding_mask);
    }
    let x = src;
    if (this.norm_first) {
      x = x.add(this._sa_block(this.norm1(x), src_mask, src_key_padding_mask, is_causal));
      x = x.add(this._ff_block(this.norm2(x)));
    } else {
      x = this.norm1(x.add(this._sa_block(x, src_mask, src_key_padding_mask, is_causal)));
      x = this.norm2(x.add(this._ff_block(x)));
    }
    return x;
  }

  /** @internal */
  _fastForward(src: Tensor, src_mask: Mask, src_key_padding_mask: Mask): Tensor {
    const { self_attn, norm1, norm2, linear1, linear2 } = this;
    const [merged_mask, mask_type] = self_attn.merge_masks(src_mask, src_key_padding_mask, src);
    return torch._transformer_encoder_layer_fwd(
      src,
      self_attn.embed_dim,
      self_attn.num_heads,
      self_attn.in_proj_weight as Tensor,
      self_attn.in_proj_bias as Tensor,
      self_attn.out_proj.weight,
      self_attn.out_proj.bias as Tensor,
      this.activation_relu_or_gelu === 2,
      this.norm_first,
      norm1.eps,
      norm1.weight as Tensor,
      norm1.bias as Tensor,
      norm2.weight as Tensor,
      norm2.bias as Tensor,
      linear1.weight,
      linear1.bias as Tensor,
      linear2.weight,
      linear2.bias as Tensor,
      merged_mask,
      mask_type,
    );
  }

  /** @internal The block of self-attention. */
  _sa_block(x: Tensor, attn_mask: Mask, key_padding_mask: Mask, is_causal = false): Tensor {
    const [output] = this.self_attn(x, x, x, { attn_mask, key_padding_mask, need_weights: false, is_causal });
    return this.dropout1(output);
  }

  /** @internal The feed-forward block. */
  _ff_block(x: Tensor): Tensor {
    return this.dropout2(this.linear2(this.dropout(this.activation(this.linear1(x)))));
  }
}

const LAYER = [
  "d_model",
  "nhead",
  "dim_feedforward",
  "dropout",
  "activation",
  "layer_norm_eps",
  "batch_first",
  "norm_first",
  "bias",
  "device",
  "dtype",
] as const;
const ENCODER_LAYER = ["src", "src_mask", "src_key_padding_mask", "is_causal"] as const;

/**
 * A layer of self-attention and a feed-forward network.
 *
 * The input is (S, N, d_model), with `batch_first` (N, S, d_model); `activation` is "relu", "gelu" or a function.
 *
 * Throws RuntimeError for an unknown activation.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.TransformerEncoderLayer.html}
 */
export interface TransformerEncoderLayer
  extends Called<TransformerEncoderLayerModule, typeof ENCODER_LAYER>,
    TransformerEncoderLayerModule {}
export const TransformerEncoderLayer = named<TransformerEncoderLayer>("TransformerEncoderLayer")(
  TransformerEncoderLayerModule,
  LAYER,
  ENCODER_LAYER,
);

class TransformerDecoderLayerModule extends Module {
  self_attn: MultiheadAttention;
  multihead_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm_first: boolean;
  norm1: LayerNorm;
  norm2: LayerNorm;
  norm3: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  dropout3: Dropout;
  activation: (input: Tensor) => Tensor;

  constructor(
    d_model: number,
    nhead: number,
    dim_feedforward = 2048,
    dropout = 0.1,
    activation: Activation = F.relu,
    layer_norm_eps = 1e-5,
    batch_first = false,
    norm_first = false,
    bias = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    this.self_attn = new MultiheadAttention(d_model, nhead, { dropout, batch_first, bias, ...factory_kwargs });
    this.multihead_attn = new MultiheadAttention(d_model, nhead, { dropout, batch_first, bias, ...factory_kwargs });
    this.linear1 = new Linear(d_model, dim_feedforward, { bias, ...factory_kwargs });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dim_feedforward, d_model, { bias, ...factory_kwargs });
    this.norm_first = norm_first;
    this.norm1 = new LayerNorm(d_model, { eps: layer_norm_eps, bias, ...factory_kwargs });
    this.norm2 = new LayerNorm(d_model, { eps: layer_norm_eps, bias, ...factory_kwargs });
    this.norm3 = new LayerNorm(d_model, { eps: layer_norm_eps, bias, ...factory_kwargs });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
    this.activation = typeof activation === "string" ? _get_activation_fn(activation) : activation;
  }

  override forward(
    tgt: Tensor,
    memory: Tensor,
    tgt_mask: Mask = null,
    memory_mask: Mask = null,
    tgt_key_padding_mask: Mask = null,
    memory_key_padding_mask: Mask = null,
    tgt_is_causal = false,
    memory_is_causal = false,
  ): Tensor {
    let x = tgt;
    if (this.norm_first) {
      x = x.add(this._sa_block(this.norm1(x), tgt_mask, tgt_key_padding_mask, tgt_is_causal));
      x = x.add(this._mha_block(this.norm2(x), memory, memory_mask, memory_key_padding_mask, memory_is_causal));
      x = x.add(this._ff_block(this.norm3(x)));
    } else {
      x = this.norm1(x.add(this._sa_block(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal)));
      x = this.norm2(x.add(this._mha_block(x, memory, memory_mask, memory_key_padding_mask, memory_is_causal)));
      x = this.norm3(x.add(this._ff_block(x)));
    }
    return x;
  }

  /** @internal The block of self-attention. */
  _sa_block(x: Tensor, attn_mask: Mask, key_padding_mask: Mask, is_causal = false): Tensor {
    const [output] = this.self_attn(x, x, x, { attn_mask, key_padding_mask, is_causal, need_weights: false });
    return this.dropout1(output);
  }

  /** @internal The block of attention to what the encoder gave. */
  _mha_block(x: Tensor, mem: Tensor, attn_mask: Mask, key_padding_mask: Mask, is_causal = false): Tensor {
    const options = { attn_mask, key_padding_mask, is_causal, need_weights: false };
    const [output] = this.multihead_attn(x, mem, mem, options);
    return this.dropout2(output);
  }

  /** @internal The feed-forward block. */
  _ff_block(x: Tensor): Tensor {
    return this.dropout3(this.linear2(this.dropout(this.activation(this.linear1(x)))));
  }
}

/**
 * A layer of self-attention, attention to what the encoder gave, and a feed-forward network.
 *
 * `tgt` is (T, N, d_model), with `batch_first` (N, T, d_model); `activation` is "relu", "gelu" or a function.
 *
 * Throws RuntimeError for an unknown activation.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.TransformerDecoderLayer.html}
 */
export interface TransformerDecoderLayer
  extends Called<TransformerDecoderLayerModule, typeof DECODER>,
    TransformerDecoderLayerModule {}
export const TransformerDecoderLayer = named<TransformerDecoderLayer>("TransformerDecoderLayer")(
  TransformerDecoderLayerModule,
  LAYER,
  DECODER,
);

function _get_clones(module: Module, N: number): ModuleList {
  return new ModuleList(Array.from({ length: N }, () => deepcopy(module)));
}

function _get_activation_fn(activation: string): (input: Tensor) => Tensor {
  if (activation === "relu") return F.relu;
  if (activation === "gelu") return F.gelu;
  throw new RuntimeError(`activation should be relu/gelu, not ${activation}`);
}

/** Whether a mask is the causal one: as it is said or, if nothing is said, by its elements. */
function _detect_is_causal_mask(mask: Mask, is_causal: boolean | null, size: number | null): boolean {
  if (is_causal !== null || mask === null) return is_causal === true;
  const causal_comparison = _generate_square_subsequent_mask(size ?? mask.size(-2), mask.device, mask.dtype);
  if (String(mask.size()) !== String(causal_comparison.size())) return false;
  return Boolean(mask.eq(causal_comparison).all().item());
}
