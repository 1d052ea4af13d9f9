// torch/distributions/studentT.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { contiguous_format } from "../layout.js";
import { publicClass } from "./_keywords.js";
import { Chi2 } from "./chi2.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { _standard_normal, broadcast_all, type Value } from "./utils.js";

class StudentT extends Distribution {
  static override arg_constraints = {
    df: constraints.positive,
    loc: constraints.real,
    scale: constraints.positive,
  };
  static override support = constraints.real;
  static override has_rsample = true;

  declare df: Tensor;
  declare loc: Tensor;
  declare scale: Tensor;
  declare _chi2: Chi2;

  constructor(df: Value, loc: Value = 0, scale: Value = 1, validate_args: boolean | null = null) {
    const [degrees, location, spread] = broadcast_all(df, loc, scale);
    const fields = { df: degrees, loc: location, scale: spread, _chi2: Chi2(degrees) };
    super(degrees.size(), [], validate_args, fields);
  }

  override get mean(): Tensor {
    const m = this.loc.clone({ memory_format: contiguous_format });
    return m.index_put_([this.df.le(1)], Number.NaN);
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    const { df, scale } = this;
    const m = df.clone({ memory_format: contiguous_format });
    const isFinite = df.gt(2);
    const finite = df.index(isFinite);
    m.index_put_([isFinite], scale.index(isFinite).pow(2).mul(finite).div(finite.sub(2)));
    m.index_put_([df.le(2).bitwise_and(df.gt(1))], Number.POSITIVE_INFINITY);
    return m.index_put_([df.le(1)], Number.NaN);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return this._expanded(StudentT, _instance, batch_shape, [], {
      df: this.df.expand(batch_shape),
      loc: this.loc.expand(batch_shape),
      scale: this.scale.expand(batch_shape),
      _chi2: this._chi2.expand(batch_shape),
    });
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    // X ~ Normal(0, 1), Z ~ Chi2(df): X / sqrt(Z / df) ~ StudentT(df)
    const { dtype, device } = this.df;
    const X = _standard_normal(this._extended_shape(sample_shape), { dtype, device });
    const Z = this._chi2.rsample(sample_shape);
    const Y = X.mul(torch.rsqrt(Z.div(this.df)));
    return this.loc.add(this.scale.mul(Y));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const { df, loc, scale } = this;
    const y = value.sub(loc).div(scale);
    const Z = scale
      .log()
      .add(df.log().mul(0.5))
      .add(0.5 * Math.log(Math.PI))
      .add(torch.lgamma(df.mul(0.5)))
      .sub(torch.lgamma(df.add(1).mul(0.5)));
    return df
      .add(1)
      .mul(-0.5)
      .mul(torch.log1p(y.pow(2).div(df)))
      .sub(Z);
  }

  override entropy(): Tensor {
    const { df, scale } = this;
    const half = df.mul(0.5);
    const halfNext = df.add(1).mul(0.5);
    const lbeta = torch
      .lgamma(half)
      .add(Math.log(Math.PI) / 2) // lgamma(0.5)
      .sub(torch.lgamma(halfNext));
    return scale
      .log()
      .add(halfNext.mul(torch.digamma(halfNext).sub(torch.digamma(half))))
      .add(df.log().mul(0.5))
      .add(lbeta);
  }
}

/**
 * Student's t-distribution with `df` degrees of freedom, stretched by `scale` and moved by `loc`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#studentt}
 */
const StudentTClass = publicClass("studentT", StudentT, ["df", "loc", "scale", "validate_args"]);
type StudentTClass = StudentT;

export { StudentTClass as StudentT };
