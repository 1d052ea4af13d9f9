// torch/distributions/fishersnedecor.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { contiguous_format } from "../layout.js";
import { finfo } from "../torch_functions/dtypes.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { Gamma } from "./gamma.js";
import { broadcast_all, type Value } from "./utils.js";

class FisherSnedecor extends Distribution {
  static override arg_constraints = { df1: constraints.positive, df2: constraints.positive };
  static override support = constraints.positive;
  static override has_rsample = true;

  declare df1: Tensor;
  declare df2: Tensor;
  declare _gamma1: Gamma;
  declare _gamma2: Gamma;

  constructor(df1: Value, df2: Value, validate_args: boolean | null = null) {
    const [m, n] = broadcast_all(df1, df2);
    const [_gamma1, _gamma2] = [Gamma(m.mul(0.5), m), Gamma(n.mul(0.5), n)];
    super(m.size(), [], validate_args, { df1: m, df2: n, _gamma1, _gamma2 });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return this._expanded(FisherSnedecor, _instance, batch_shape, [], {
      df1: this.df1.expand(batch_shape),
      df2: this.df2.expand(batch_shape),
      _gamma1: this._gamma1.expand(batch_shape),
      _gamma2: this._gamma2.expand(batch_shape),
    });
  }

  override get mean(): Tensor {
    const df2 = this.df2.clone({ memory_format: contiguous_format });
    df2.index_put_([df2.le(2)], Number.NaN);
    return df2.div(df2.sub(2));
  }

  override get mode(): Tensor {
    const mode = this.df1.sub(2).div(this.df1).mul(this.df2).div(this.df2.add(2));
    return mode.index_put_([this.df1.le(2)], Number.NaN);
  }

  override get variance(): Tensor {
    const df2 = this.df2.clone({ memory_format: contiguous_format });
    df2.index_put_([df2.le(4)], Number.NaN);
    return df2
      .pow(2)
      .mul(2)
      .mul(this.df1.add(df2).sub(2))
      .div(this.df1.mul(df2.sub(2).pow(2)).mul(df2.sub(4)));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    // X1 ~ Gamma(df1 / 2, df1), X2 ~ Gamma(df2 / 2, df2): the quotient is what is wanted.
    const X1 = this._gamma1.rsample(sample_shape).view(shape);
    const X2 = this._gamma2.rsample(sample_shape).view(shape);
    const { tiny } = finfo(X2.dtype);
    X2.clamp_({ min: tiny });
    return X1.div(X2).clamp_({ min: tiny });
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const ct1 = this.df1.mul(0.5);
    const ct2 = this.df2.mul(0.5);
    const ct3 = this.df1.div(this.df2);
    const t1 = ct1.add(ct2).lgamma().sub(ct1.lgamma()).sub(ct2.lgamma());
    const t2 = ct1.mul(ct3.log()).add(ct1.sub(1).mul(torch.log(value)));
    const t3 = ct1.add(ct2).mul(torch.log1p(ct3.mul(value)));
    return t1.add(t2).sub(t3);
  }
}

/**
 * The F-distribution: the quotient of two chi-squared numbers, each divided by its degrees of freedom, `df1` and `df2`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#fishersnedecor}
 */
const FisherSnedecorClass = publicClass("fishersnedecor", FisherSnedecor, ["df1", "df2", "validate_args"]);
type FisherSnedecorClass = FisherSnedecor;

export { FisherSnedecorClass as FisherSnedecor };
