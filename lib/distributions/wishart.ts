// torch/distributions/wishart.py

import { Tensor } from "../_tensor.js";
import { AssertionError, ValueError } from "../errors.js";
import { broadcast_shapes, einsum } from "../functional.js";
import * as torch from "../generated/torch.js";
import * as linalg from "../linalg.js";
import { warn } from "../nn/functional/warn.js";
import { format } from "../python/repr.js";
import { tensor } from "../tensor_new.js";
import { finfo } from "../torch_functions/dtypes.js";
import { publicClass } from "./_keywords.js";
import { Chi2 } from "./chi2.js";
import * as constraints from "./constraints.js";
import { type ArgConstraints, type SampleShape, type Sizes, sizesOf } from "./distribution.js";
import { ExponentialFamily } from "./exp_family.js";
import { _precision_to_scale_tril } from "./multivariate_normal.js";
import { lazy_property, type Value } from "./utils.js";

const _log_2 = Math.log(2);

/** The derivative of the log of the multivariate gamma function. */
function _mvdigamma(x: Tensor, p: number): Tensor {
  if (
    !x
      .gt((p - 1) / 2)
      .all()
      .item()
  )
    throw new AssertionError("Wrong domain for multivariate digamma function.");
  const halves = torch.arange(p, { dtype: x.dtype, device: x.device }).div(2);
  return torch.digamma(x.unsqueeze(-1).sub(halves.expand([...x.shape, -1]))).sum(-1);
}

const _clamp_above_eps = (x: Tensor): Tensor => x.clamp({ min: finfo(x.dtype).eps });

/** The chi-squared distributions of the squared diagonal in Bartlett's decomposition. */
function diagonalDistribution(df: Tensor, scale_tril: Tensor): Chi2 {
  const { dtype, device } = scale_tril;
  const rows = torch.arange(scale_tril.size(-1), { dtype, device });
  return Chi2(df.unsqueeze(-1).sub(rows.expand([...df.shape, -1])));
}

/** The shapes and fields that a count of degrees of freedom and one of three matrices make. */
function broadcastParameters(given: Value, matrices: Readonly<Record<string, Tensor | null>>) {
  const named = Object.entries(matrices).filter(([, matrix]) => matrix !== null);
  if (named.length !== 1) {
    throw new AssertionError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.");
  }
  const [name, param] = named[0] as [string, Tensor];
  if (param.dim() < 2) {
    throw new ValueError("scale_tril must be at least two-dimensional, with optional leading batch dimensions");
  }
  const { dtype, device } = param;
  const isTensor = given instanceof Tensor;
  const param_shape = param.shape.slice(0, -2);
  const batch_shape: Sizes = isTensor ? broadcast_shapes(param_shape, given.shape) : param_shape;
  const df = isTensor ? given.expand(batch_shape) : tensor(given, { dtype, device });
  const event_shape = param.shape.slice(-2);
  if (
    df
      .le(event_shape[1] - 1)
      .any()
      .item()
  ) {
    throw new ValueError(`Value of df=${format(given)} expected to be greater than ndim - 1 = ${event_shape[1] - 1}.`);
  }
  if (df.lt(event_shape[1]).any().item()) {
    warn("Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.");
  }
  return { batch_shape, event_shape, fields: { df, [name]: param.expand([...batch_shape, -1, -1]) } };
}

class Wishart extends ExponentialFamily {
  static override support = constraints.positive_definite;
  static override has_rsample = true;

  declare df: Tensor;
  declare _batch_dims: number[];
  declare _unbroadcasted_scale_tril: Tensor;
  declare _dist_chi2: Chi2;

  constructor(
    df: Value,
    covariance_matrix: Tensor | null = null,
    precision_matrix: Tensor | null = null,
    scale_tril: Tensor | null = null,
    validate_args: boolean | null = null,
  ) {
    const made = broadcastParameters(df, { covariance_matrix, precision_matrix, scale_tril });
    super(made.batch_shape, made.event_shape, validate_args, made.fields);
    this._batch_dims = this._batch_shape.map((_, x) => -(x + 1));
    this._unbroadcasted_scale_tril =
      scale_tril ??
      (covariance_matrix ? linalg.cholesky(covariance_matrix) : _precision_to_scale_tril(precision_matrix as Tensor));
    this._dist_chi2 = diagonalDistribution(this.df.expand(made.batch_shape), this._unbroadcasted_scale_tril);
  }

  override get arg_constraints(): ArgConstraints {
    return {
      covariance_matrix: constraints.positive_definite,
      precision_matrix: constraints.positive_definite,
      scale_tril: constraints.lower_cholesky,
      df: constraints.greater_than(this.event_shape[1] - 1),
    };
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const cov_shape = [...batch_shape, ...this.event_shape];
    const _unbroadcasted_scale_tril = this._unbroadcasted_scale_tril.expand(cov_shape);
    const df = this.df.expand(batch_shape);
    const fields: Record<string, unknown> = {
      _unbroadcasted_scale_tril,
      df,
      _batch_dims: batch_shape.map((_, x) => -(x + 1)),
      _dist_chi2: diagonalDistribution(df, _unbroadcasted_scale_tril),
    };
    for (const name of ["covariance_matrix", "scale_tril", "precision_matrix"] as const) {
      if (Object.hasOwn(this, name)) fields[name] = this[name].expand(cov_shape);
    }
    return this._expanded(Wishart, _instance, batch_shape, this.event_shape, fields);
  }

  /** A matrix, expanded to the batch. */
  private batched(matrix: Tensor): Tensor {
    return matrix.expand([...this._batch_shape, ...this._event_shape]);
  }

  get scale_tril(): Tensor {
    return this.batched(this._unbroadcasted_scale_tril);
  }

  get covariance_matrix(): Tensor {
    const L = this._unbroadcasted_scale_tril;
    return this.batched(L.matmul(L.transpose(-2, -1)));
  }

  get precision_matrix(): Tensor {
    const { dtype, device } = this._unbroadcasted_scale_tril;
    const identity = torch.eye(this._event_shape[1], { dtype, device });
    return this.batched(torch.cholesky_solve(identity, this._unbroadcasted_scale_tril));
  }

  static {
    lazy_property(Wishart, "scale_tril", "covariance_matrix", "precision_matrix");
  }

  /** A number for each of the batch, to be multiplied with a matrix. */
  private unsqueezed(factor: Tensor): Tensor {
    return factor.view([...this._batch_shape, 1, 1]);
  }

  override get mean(): Tensor {
    return this.unsqueezed(this.df).mul(this.covariance_matrix);
  }

  override get mode(): Tensor {
    const factor = this.df.sub(this.covariance_matrix.size(-1)).sub(1);
    factor.index_put_([factor.le(0)], Number.NaN);
    return this.unsqueezed(factor).mul(this.covariance_matrix);
  }

  override get variance(): Tensor {
    const V = this.covariance_matrix;
    const diag_V = V.diagonal({ dim1: -2, dim2: -1 });
    return this.unsqueezed(this.df).mul(V.pow(2).add(einsum("...i,...j->...ij", diag_V, diag_V)));
  }

  /** A sample by Bartlett's decomposition. */
  _bartlett_sampling(sample_shape: SampleShape = []): Tensor {
    const [p] = this._event_shape.slice(-1);
    const roots = _clamp_above_eps(this._dist_chi2.rsample(sample_shape).sqrt());
    const noise = roots.diag_embed({ dim1: -2, dim2: -1 });
    const [i, j] = torch.tril_indices(p, p, { offset: -1 });
    const shape = [...sizesOf(sample_shape), ...this._batch_shape, Math.trunc((p * (p - 1)) / 2)];
    noise.index_put_(["...", i, j], torch.randn(shape, { dtype: noise.dtype, device: noise.device }));
    const chol = this._unbroadcasted_scale_tril.matmul(noise);
    return chol.matmul(chol.transpose(-2, -1));
  }

  /** Whether any matrix of the batch satisfies a condition. */
  private anyOfBatch(condition: Tensor): Tensor {
    return this._batch_shape.length ? condition.amax(this._batch_dims) : condition;
  }

  /**
   * Samples. Some are drawn again, up to `max_try_correction` times (10 by default), with a warning: Python means the singular
   * ones, but asks at first for those that are not.
   */
  override rsample(sample_shape: SampleShape = [], max_try_correction: number | null = null): Tensor {
    const sizes = sizesOf(sample_shape);
    const sample = this._bartlett_sampling(sizes);
    const is_singular = this.anyOfBatch(this.support.check(sample));
    if (!is_singular.any().item()) return sample;
    warn("Singular sample detected.");
    for (let tries = 0; tries < (max_try_correction ?? 10); tries++) {
      const sample_new = this._bartlett_sampling(is_singular.index(is_singular).shape);
      sample.index_put_([is_singular], sample_new);
      const is_singular_new = this.anyOfBatch(this.support.check(sample_new).bitwise_not());
      is_singular.index_put_([is_singular.clone()], is_singular_new);
      if (!is_singular.any().item()) break;
    }
    return sample;
  }

  private logDiagonal(): Tensor {
    return this._unbroadcasted_scale_tril.diagonal({ dim1: -2, dim2: -1 }).log().sum(-1);
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const nu = this.df;
    const [p] = this._event_shape.slice(-1);
    const trace = torch
      .cholesky_solve(value, this._unbroadcasted_scale_tril)
      .diagonal({ dim1: -2, dim2: -1 })
      .sum({ dim: -1 });
    return nu
      .neg()
      .mul(this.logDiagonal().add((p * _log_2) / 2))
      .sub(torch.mvlgamma(nu.div(2), p))
      .add(nu.sub(p).sub(1).div(2).mul(linalg.slogdet(value).logabsdet))
      .sub(trace.div(2));
  }

  override entropy(): Tensor {
    const nu = this.df;
    const [p] = this._event_shape.slice(-1);
    return this.logDiagonal()
      .add((p * _log_2) / 2)
      .mul(p + 1)
      .add(torch.mvlgamma(nu.div(2), p))
      .sub(
        nu
          .sub(p)
          .sub(1)
          .div(2)
          .mul(_mvdigamma(nu.div(2), p)),
      )
      .add(nu.mul(p).div(2));
  }

  override get _natural_params(): Tensor[] {
    const nu = this.df;
    const [p] = this._event_shape.slice(-1);
    return [this.precision_matrix.neg().div(2), nu.sub(p).sub(1).div(2)];
  }

  override _log_normalizer(x: Tensor, y: Tensor): Tensor {
    const [p] = this._event_shape.slice(-1);
    const shifted = y.add((p + 1) / 2);
    return shifted
      .mul(
        linalg
          .slogdet(x.mul(-2))
          .logabsdet.neg()
          .add(_log_2 * p),
      )
      .add(torch.mvlgamma(shifted, p));
  }
}

/**
 * The Wishart distribution over positive definite matrices, those of Σ x xᵀ over `df` normal vectors x with one of three
 * matrices: the `covariance_matrix`, its inverse `precision_matrix` or its Cholesky factor `scale_tril`.
 *
 * Throws AssertionError unless exactly one matrix is given, and ValueError unless `df` exceeds the number of dimensions minus 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#wishart}
 */
const WishartClass = publicClass(
  "wishart",
  Wishart,
  ["df", "covariance_matrix", "precision_matrix", "scale_tril", "validate_args"],
  { methods: { rsample: ["sample_shape", "max_try_correction"] } },
);
type WishartClass = Wishart;

export { WishartClass as Wishart };
