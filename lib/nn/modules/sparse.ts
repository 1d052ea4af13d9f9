// torch/nn/modules/sparse.py

import type { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { no_grad } from "../../autograd/grad_mode.js";
import { AssertionError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { floatRepr } from "../../python/format.js";
import { repr } from "../../python/repr.js";
import type { DeviceLike, dtype, Keywords } from "../../types.js";
import { equal } from "../functional/shapes.js";
import * as F from "../functional.js";
import * as init from "../init.js";
import { Parameter } from "../parameter.js";
import { type Called, named } from "./module/keywords.js";
import { Module } from "./module.js";

/** The index of the padding row counted from the first row. */
function wrapped(padding_idx: number | null, num_embeddings: number, message: string): number | null {
  if (padding_idx === null) return null;
  if (padding_idx >= num_embeddings && padding_idx > 0) throw new AssertionError(message);
  if (padding_idx < -num_embeddings) throw new AssertionError(message);
  return padding_idx < 0 ? num_embeddings + padding_idx : padding_idx;
}

/** What embeddings and bags of embeddings have in common. */
abstract class Table extends Module {
  num_embeddings: number;
  embedding_dim: number;
  declare padding_idx: number | null;
  declare max_norm: number | null;
  declare norm_type: number;
  declare scale_grad_by_freq: boolean;
  declare weight: Parameter;

  constructor(num_embeddings: number, embedding_dim: number) {
    super();
    this.num_embeddings = num_embeddings;
    this.embedding_dim = embedding_dim;
  }

  /** Draws the weight anew, from N(0, 1), with zeros at `padding_idx`. */
  reset_parameters(): void {
    init.normal_(this.weight);
    this._fill_padding_idx_with_zero();
  }

  _fill_padding_idx_with_zero(): void {
    const { padding_idx, weight } = this;
    if (padding_idx !== null) no_grad(() => weight[padding_idx].fill_(0));
  }

  /** @internal Puts a weight in its place: one that is given, or a new one. */
  _setWeight(
    given: Tensor | null,
    requires_grad: boolean,
    factory_kwargs: { device: DeviceLike | null; dtype: dtype | null },
  ): void {
    const shape = [this.num_embeddings, this.embedding_dim];
    if (given === null) {
      this.weight = new Parameter(torch.empty(shape, factory_kwargs), requires_grad);
      this.reset_parameters();
    } else {
      if (!equal(given.shape, shape)) {
        throw new AssertionError("Shape of weight does not match num_embeddings and embedding_dim");
      }
      this.weight = new Parameter(given, requires_grad);
    }
  }

  /** @internal The part of `extra_repr()` about norms and frequencies. */
  _normRepr(): string {
    const max_norm = this.max_norm === null ? "" : `, max_norm=${floatRepr(this.max_norm)}`;
    const norm_type = this.norm_type === 2 ? "" : `, norm_type=${floatRepr(this.norm_type)}`;
    const scale = this.scale_grad_by_freq === false ? "" : `, scale_grad_by_freq=${repr(this.scale_grad_by_freq)}`;
    return max_norm + norm_type + scale;
  }
}

const EMBEDDING_FORWARD = ["input"] as const;

class EmbeddingModule extends Table {
  declare sparse: boolean;

  constructor(
    num_embeddings: number,
    embedding_dim: number,
    padding_idx: number | null = null,
    max_norm: number | null = null,
    norm_type = 2,
    scale_grad_by_freq = false,
    sparse = false,
    _weight: Tensor | null = null,
    _freeze = false,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(num_embeddings, embedding_dim);
    this.padding_idx = wrapped(padding_idx, num_embeddings, "Padding_idx must be within num_embeddings");
    this.max_norm = max_norm;
    this.norm_type = Number(norm_type);
    this.scale_grad_by_freq = scale_grad_by_freq;
    this._setWeight(_weight, !_freeze, { device, dtype });
    this.sparse = sparse;
  }

  override forward(input: Tensor): Tensor {
    return F.embedding(
      input,
      this.weight,
      this.padding_idx,
      this.max_norm,
      this.norm_type,
      this.scale_grad_by_freq,
      this.sparse,
    );
  }

  override extra_repr(): string {
    let s = `${this.num_embeddings}, ${this.embedding_dim}`;
    if (this.padding_idx !== null) s += `, padding_idx=${this.padding_idx}`;
    s += this._normRepr();
    if (this.sparse !== false) s += ", sparse=True";
    return s;
  }

  /**
   * An Embedding of given rows, a tensor of two dimensions, which are not trained unless `freeze` is false.
   *
   * Throws AssertionError for a tensor of other dimensions.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Embedding.html#torch.nn.Embedding.from_pretrained}
   */
  static from_pretrained(
    embeddings: Tensor,
    keywords: Keywords<{
      freeze?: boolean;
      padding_idx?: number | null;
      max_norm?: number | null;
      norm_type?: number;
      scale_grad_by_freq?: boolean;
      sparse?: boolean;
    }>,
  ): Embedding;
  static from_pretrained(
    embeddings: Tensor,
    freeze?: boolean,
    padding_idx?: number | null,
    max_norm?: number | null,
    norm_type?: number,
    scale_grad_by_freq?: boolean,
    sparse?: boolean,
  ): Embedding;
  static from_pretrained(
    embeddings: Tensor,
    freeze: unknown = true,
    padding_idx: number | null = null,
    max_norm: number | null = null,
    norm_type = 2,
    scale_grad_by_freq = false,
    sparse = false,
  ): Embedding {
    if (embeddings.dim() !== 2) throw new AssertionError("Embeddings parameter is expected to be 2-dimensional");
    const [rows, cols] = embeddings.shape;
    return new this(
      rows,
      cols,
      padding_idx,
      max_norm,
      norm_type,
      scale_grad_by_freq,
      sparse,
      embeddings,
      freeze as boolean,
    ) as Embedding;
  }
}

takeKeywords("Embedding", EmbeddingModule.prototype, { reset_parameters: [] });
takeKeywords("Embedding", EmbeddingModule, {
  from_pretrained: ["embeddings", "freeze", "padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse"],
});

/**
 * A table of vectors that are looked up by index: integers of any shape become (*, embedding_dim).
 *
 * `weight` is (num_embeddings, embedding_dim), drawn from N(0, 1). The row at `padding_idx` is zero and gets no gradient;
 * rows longer than `max_norm`, in the norm `norm_type`, are scaled down in place when they are looked up;
 * `scale_grad_by_freq` divides gradients by how often an index occurs; `sparse` makes them sparse tensors.
 *
 * Throws AssertionError if `padding_idx` is no index of a row.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Embedding.html}
 */
export interface Embedding extends Called<EmbeddingModule, typeof EMBEDDING_FORWARD>, EmbeddingModule {}
export const Embedding = named<Embedding>("Embedding")(
  EmbeddingModule,
  [
    "num_embeddings",
    "embedding_dim",
    "padding_idx",
    "max_norm",
    "norm_type",
    "scale_grad_by_freq",
    "sparse",
    "_weight",
    "_freeze",
    "device",
    "dtype",
  ],
  EMBEDDING_FORWARD,
);

/** How the rows of a bag are put together. */
type Mode = "sum" | "mean" | "max";

const BAG_FORWARD = ["input", "offsets", "per_sample_weights"] as const;

class EmbeddingBagModule extends Table {
  declare mode: Mode;
  declare sparse: boolean;
  declare include_last_offset: boolean;

  constructor(
    num_embeddings: number,
    embedding_dim: number,
    max_norm: number | null = null,
    norm_type = 2,
    scale_grad_by_freq = false,
    mode: Mode = "mean",
    sparse = false,
    _weight: Tensor | null = null,
    include_last_offset = false,
    padding_idx: number | null = null,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(num_embeddings, embedding_dim);
    this.max_norm = max_norm;
    this.norm_type = Number(norm_type);
    this.scale_grad_by_freq = scale_grad_by_freq;
    this.padding_idx = wrapped(padding_idx, num_embeddings, "padding_idx must be within num_embeddings");
    this._setWeight(_weight, true, { device, dtype });
    this.mode = mode;
    this.sparse = sparse;
    this.include_last_offset = include_last_offset;
  }

  override forward(input: Tensor, offsets: Tensor | null = null, per_sample_weights: Tensor | null = null): Tensor {
    return F.embedding_bag(
      input,
      this.weight,
      offsets,
      this.max_norm,
      this.norm_type,
      this.scale_grad_by_freq,
      this.mode,
      this.sparse,
      per_sample_weights,
      this.include_last_offset,
      this.padding_idx,
    );
  }

  override extra_repr(): string {
    let s = `${this.num_embeddings}, ${this.embedding_dim}`;
    s += this._normRepr();
    s += `, mode=${repr(this.mode)}`;
    if (this.padding_idx !== null) s += `, padding_idx=${this.padding_idx}`;
    return s;
  }

  /**
   * An EmbeddingBag of given rows, a tensor of two dimensions, which are not trained unless `freeze` is false.
   *
   * Throws AssertionError for a tensor of other dimensions.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.EmbeddingBag.html#torch.nn.EmbeddingBag.from_pretrained}
   */
  static from_pretrained(
    embeddings: Tensor,
    keywords: Keywords<{
      freeze?: boolean;
      max_norm?: number | null;
      norm_type?: number;
      scale_grad_by_freq?: boolean;
      mode?: Mode;
      sparse?: boolean;
      include_last_offset?: boolean;
      padding_idx?: number | null;
    }>,
  ): EmbeddingBag;
  static from_pretrained(
    embeddings: Tensor,
    freeze?: boolean,
    max_norm?: number | null,
    norm_type?: number,
    scale_grad_by_freq?: boolean,
    mode?: Mode,
    sparse?: boolean,
    include_last_offset?: boolean,
    padding_idx?: number | null,
  ): EmbeddingBag;
  static from_pretrained(
    embeddings: Tensor,
    freeze: unknown = true,
    max_norm: number | null = null,
    norm_type = 2,
    scale_grad_by_freq = false,
    mode: Mode = "mean",
    sparse = false,
    include_last_offset = false,
    padding_idx: number | null = null,
  ): EmbeddingBag {
    if (embeddings.dim() !== 2) throw new AssertionError("Embeddings parameter is expected to be 2-dimensional");
    const [rows, cols] = embeddings.shape;
    const embeddingbag = new this(
      rows,
      cols,
      max_norm,
      norm_type,
      scale_grad_by_freq,
      mode,
      sparse,
      embeddings,
      include_last_offset,
      padding_idx,
    ) as EmbeddingBag;
    embeddingbag.weight.requires_grad = !freeze;
    return embeddingbag;
  }
}

takeKeywords("EmbeddingBag", EmbeddingBagModule.prototype, { reset_parameters: [] });
takeKeywords("EmbeddingBag", EmbeddingBagModule, {
  from_pretrained: [
    "embeddings",
    "freeze",
    "max_norm",
    "norm_type",
    "scale_grad_by_freq",
    "mode",
    "sparse",
    "include_last_offset",
    "padding_idx",
  ],
});

/**
 * Sums, means or maxima over bags of rows of a table, without the rows themselves as an intermediate result.
 *
 * Indices (B, N) are B bags of N each; indices (N) are divided by `offsets`, where each bag begins. The result is
 * (B, embedding_dim). `mode` is "sum", "mean" or "max"; the other arguments are those of Embedding.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.EmbeddingBag.html}
 */
export interface EmbeddingBag extends Called<EmbeddingBagModule, typeof BAG_FORWARD>, EmbeddingBagModule {}
export const EmbeddingBag = named<EmbeddingBag>("EmbeddingBag")(
  EmbeddingBagModule,
  [
    "num_embeddings",
    "embedding_dim",
    "max_norm",
    "norm_type",
    "scale_grad_by_freq",
    "mode",
    "sparse",
    "_weight",
    "include_last_offset",
    "padding_idx",
    "device",
    "dtype",
  ],
  BAG_FORWARD,
);
