// Transforms of the parts of a tensor, each by its own transform.

import type { Tensor } from "../../_tensor.js";
import { AssertionError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { publicClass } from "../_keywords.js";
import * as constraints from "../constraints.js";
import { _sum_rightmost, lazy_property } from "../utils.js";
import { Transform } from "./transform.js";

/** The transforms of a sequence, with the cache that is wanted. */
function parts(tseq: readonly Transform[], cache_size: number): Transform[] {
  if (!tseq.every((t) => t instanceof Transform)) {
    throw new AssertionError("All elements of tseq must be Transform instances");
  }
  return cache_size ? tseq.map((t) => t.with_cache(cache_size)) : [...tseq];
}

/** Checks that a tensor has, along a dimension, the size that the transforms have together. */
function checkSize(value: Tensor, name: string, dim: number, size: number, what: string, of = name): void {
  if (!(-value.dim() <= dim && dim < value.dim())) {
    throw new AssertionError(`dim ${dim} out of range for ${of} with ${value.dim()} dimensions`);
  }
  if (value.size(dim) !== size) {
    throw new AssertionError(`${name}.size(${dim}) = ${value.size(dim)} must equal ${what} ${size}`);
  }
}

class CatTransform extends Transform {
  static override domain = constraints.dependent_property((self: CatTransform) =>
    constraints.cat(
      self.transforms.map((t) => t.domain),
      self.dim,
      self.lengths,
    ),
  );
  static override codomain = constraints.dependent_property((self: CatTransform) =>
    constraints.cat(
      self.transforms.map((t) => t.codomain),
      self.dim,
      self.lengths,
    ),
  );

  readonly transforms: Transform[];
  readonly lengths: number[];
  readonly dim: number;

  constructor(tseq: readonly Transform[], dim = 0, lengths: readonly number[] | null = null, cache_size = 0) {
    super(cache_size);
    this.transforms = parts(tseq, cache_size);
    this.lengths = [...(lengths ?? this.transforms.map(() => 1))];
    if (this.lengths.length !== this.transforms.length) {
      throw new AssertionError(`lengths (${this.lengths.length}) must match transforms (${this.transforms.length})`);
    }
    this.dim = dim;
  }

  override get event_dim(): number {
    return Math.max(...this.transforms.map((t) => t.event_dim));
  }

  /** The size along `dim`. */
  override get length(): number {
    return this.lengths.reduce((sum, length) => sum + length, 0);
  }

  static {
    lazy_property(CatTransform, "event_dim", "length");
  }

  override with_cache(cache_size = 1): Transform {
    if (this._cache_size === cache_size) return this;
    return new CatTransform(this.transforms, this.dim, this.lengths, cache_size);
  }

  private check(value: Tensor, name: string, of = name): void {
    checkSize(value, name, this.dim, this.length, "length", of);
  }

  /** What a function makes of each transform and its slices of tensors. */
  private slices<T extends Tensor[]>(f: (transform: Transform, ...slices: T) => Tensor, ...values: T): Tensor[] {
    let start = 0;
    return this.transforms.map((transform, i) => {
      const slices = values.map((value) => value.narrow(this.dim, start, this.lengths[i])) as T;
      start += this.lengths[i];
      return f(transform, ...slices);
    });
  }

  override _call(x: Tensor): Tensor {
    this.check(x, "x", "tensor");
    return torch.cat(
      this.slices((transform, xslice) => transform(xslice), x),
      { dim: this.dim },
    );
  }

  override _inverse(y: Tensor): Tensor {
    this.check(y, "y", "tensor");
    return torch.cat(
      this.slices((transform, yslice) => transform.inv(yslice), y),
      { dim: this.dim },
    );
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    this.check(x, "x");
    this.check(y, "y");
    const jacobian = (transform: Transform, xslice: Tensor, yslice: Tensor) => {
      const logdetjac = transform.log_abs_det_jacobian(xslice, yslice);
      return _sum_rightmost(logdetjac, Math.max(0, this.event_dim - transform.event_dim));
    };
    const logdetjacs = this.slices(jacobian, x, y);
    const dim = (this.dim >= 0 ? this.dim - x.dim() : this.dim) + this.event_dim;
    if (dim < 0) return torch.cat(logdetjacs, { dim });
    return logdetjacs.reduce((sum, logdetjac) => sum.add(logdetjac));
  }

  override get bijective(): boolean {
    return this.transforms.every((t) => t.bijective);
  }
}

/**
 * Transforms slices of a tensor along `dim`, of the given `lengths`, each by a transform of its own.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.CatTransform}
 */
const CatTransformClass = publicClass("transforms", CatTransform, ["tseq", "dim", "lengths", "cache_size"]);
type CatTransformClass = CatTransform;

class StackTransform extends Transform {
  static override domain = constraints.dependent_property((self: StackTransform) =>
    constraints.stack(
      self.transforms.map((t) => t.domain),
      self.dim,
    ),
  );
  static override codomain = constraints.dependent_property((self: StackTransform) =>
    constraints.stack(
      self.transforms.map((t) => t.codomain),
      self.dim,
    ),
  );

  readonly transforms: Transform[];
  readonly dim: number;

  constructor(tseq: readonly Transform[], dim = 0, cache_size = 0) {
    super(cache_size);
    this.transforms = parts(tseq, cache_size);
    this.dim = dim;
  }

  override with_cache(cache_size = 1): Transform {
    return this._cache_size === cache_size ? this : new StackTransform(this.transforms, this.dim, cache_size);
  }

  private check(value: Tensor, name: string, of = name): void {
    checkSize(value, name, this.dim, this.transforms.length, "len(transforms)", of);
  }

  override _call(x: Tensor): Tensor {
    this.check(x, "x", "tensor");
    const yslices = this.transforms.map((transform, i) => transform(x.select(this.dim, i)));
    return torch.stack(yslices, { dim: this.dim });
  }

  override _inverse(y: Tensor): Tensor {
    this.check(y, "y", "tensor");
    const xslices = this.transforms.map((transform, i) => transform.inv(y.select(this.dim, i)));
    return torch.stack(xslices, { dim: this.dim });
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    this.check(x, "x");
    this.check(y, "y");
    const logdetjacs = this.transforms.map((transform, i) =>
      transform.log_abs_det_jacobian(x.select(this.dim, i), y.select(this.dim, i)),
    );
    return torch.stack(logdetjacs, { dim: this.dim });
  }

  override get bijective(): boolean {
    return this.transforms.every((t) => t.bijective);
  }
}

/**
 * Transforms the elements of a tensor along `dim`, each by a transform of its own.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.StackTransform}
 */
const StackTransformClass = publicClass("transforms", StackTransform, ["tseq", "dim", "cache_size"]);
type StackTransformClass = StackTransform;

export { CatTransformClass as CatTransform, StackTransformClass as StackTransform };
