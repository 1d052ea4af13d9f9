// torch/distributions/lkj_cholesky.py

import type { Tensor } from "../_tensor.js";
import { ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { finfo } from "../torch_functions/dtypes.js";
import { publicClass } from "./_keywords.js";
import { Beta } from "./beta.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { broadcast_all, type Value } from "./utils.js";

/** The distribution of the squared lengths of the rows, without their diagonal elements: the onion method's. */
function rowLengths(dim: number, concentration: Tensor): Beta {
  const { dtype, device } = concentration;
  const marginal_conc = concentration.add(0.5 * (dim - 2));
  const rows = torch.arange(dim - 1, { dtype, device });
  const offset = torch.cat([rows.new_zeros([1]), rows]);
  return Beta(offset.add(0.5), marginal_conc.unsqueeze(-1).sub(offset.mul(0.5)));
}

class LKJCholesky extends Distribution {
  static override arg_constraints = { concentration: constraints.positive };
  static override support = constraints.corr_cholesky;

  declare dim: number;
  declare concentration: Tensor;
  declare _beta: Beta;

  constructor(dim: number, concentration: Value = 1, validate_args: boolean | null = null) {
    if (dim < 2) {
      throw new ValueError(`Expected dim to be an integer greater than or equal to 2. Found dim=${dim}.`);
    }
    const [given] = broadcast_all(concentration);
    const fields = { dim, concentration: given, _beta: rowLengths(dim, given) };
    super(given.size(), [dim, dim], validate_args, fields);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return this._expanded(LKJCholesky, _instance, batch_shape, this.event_shape, {
      dim: this.dim,
      concentration: this.concentration.expand(batch_shape),
      _beta: this._beta.expand([...batch_shape, this.dim]),
    });
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const y = this._beta.sample(sample_shape).unsqueeze(-1);
    const { dtype, device } = y;
    const u_normal = torch.randn(this._extended_shape(sample_shape), { dtype, device }).tril(-1);
    const u_hypersphere = u_normal.div(u_normal.norm({ dim: -1, keepdim: true }));
    u_hypersphere["..., 0, :"].fill_(0); // the first row was divided by 0
    const w = torch.sqrt(y).mul(u_hypersphere);
    const diag_elems = torch
      .clamp(torch.rsub(torch.sum(w.pow(2), { dim: -1 }), 1), { min: finfo(w.dtype).tiny })
      .sqrt();
    return w.add_(torch.diag_embed(diag_elems));
  }

  override log_prob(value: Tensor): Tensor {
    // The density is proportional to the product over the rows i = 2, ..., dim of L_ii^(2(η - 1) + dim - i).
    if (this._validate_args) this._validate_sample(value);
    const { concentration, dim } = this;
    const diag_elems = value.diagonal({ dim1: -1, dim2: -2 })["..., 1:"];
    const rows = torch.arange(2, dim + 1, { device: concentration.device });
    const order = concentration.sub(1).mul(2).unsqueeze(-1).add(dim).sub(rows);
    const unnormalized_log_pdf = torch.sum(order.mul(diag_elems.log()), { dim: -1 });
    const dm1 = dim - 1;
    const alpha = concentration.add(0.5 * dm1);
    const denominator = torch.lgamma(alpha).mul(dm1);
    const numerator = torch.mvlgamma(alpha.sub(0.5), dm1);
    const pi_constant = 0.5 * dm1 * Math.log(Math.PI);
    const normalize_term = numerator.add(pi_constant).sub(denominator);
    return unnormalized_log_pdf.sub(normalize_term);
  }
}

/**
 * A distribution over the Cholesky factors L of correlation matrices of size `dim`: the density of L Lᵀ is proportional to its
 * determinant to the power η - 1, with η = `concentration`.
 *
 * Throws ValueError for a `dim` below 2.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#lkjcholesky}
 */
const LKJCholeskyClass = publicClass("lkj_cholesky", LKJCholesky, ["dim", "concentration", "validate_args"]);
type LKJCholeskyClass = LKJCholesky;

export { LKJCholeskyClass as LKJCholesky };
