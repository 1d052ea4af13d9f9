// torch/distributions/geometric.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import { ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { contiguous_format } from "../layout.js";
import { binary_cross_entropy_with_logits } from "../nn/functional.js";
import { tupleText } from "../nn/modules/utils.js";
import { typeName } from "../python/objects.js";
import { format, repr } from "../python/repr.js";
import { finfo } from "../torch_functions/dtypes.js";
import { publicClass } from "./_keywords.js";
import { binaryFields, expandedFields } from "./_probs_or_logits.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { broadcast_all, lazy_property, logits_to_probs, probs_to_logits, type Value } from "./utils.js";

class Geometric extends Distribution {
  static override arg_constraints = { probs: constraints.unit_interval, logits: constraints.real };
  static override support = constraints.nonnegative_integer;

  constructor(probs: Value | null = null, logits: Value | null = null, validate_args: boolean | null = null) {
    const { _param, ...fields } = binaryFields(probs, logits);
    super(_param.size(), [], validate_args, fields);
    if (this._validate_args && probs !== null) this.requirePositive(this.probs);
  }

  private requirePositive(value: Tensor): void {
    const valid = value.gt(0);
    if (valid.all().item()) return;
    throw new ValueError(
      `Expected parameter probs (${typeName(value)} of shape ${tupleText([...value.shape])}) ` +
        `of distribution ${repr(this)} to be positive but found invalid values:\n` +
        format(value.data.index(valid.bitwise_not())),
    );
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const { _param, ...fields } = expandedFields(this, batch_shape) as { _param: Tensor };
    return this._expanded(Geometric, _instance, batch_shape, [], fields);
  }

  override get mean(): Tensor {
    return this.probs.reciprocal().sub(1);
  }

  override get mode(): Tensor {
    return torch.zeros_like(this.probs);
  }

  override get variance(): Tensor {
    return this.probs.reciprocal().sub(1).div(this.probs);
  }

  get logits(): Tensor {
    return probs_to_logits(this.probs, { is_binary: true });
  }

  get probs(): Tensor {
    return logits_to_probs(this.logits, { is_binary: true });
  }

  static {
    lazy_property(Geometric, "logits", "probs");
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    const { tiny } = finfo(this.probs.dtype);
    return no_grad(() => {
      const u = this.probs.new_empty(shape).uniform_(tiny, 1);
      return u.log().div(this.probs.neg().log1p()).floor();
    });
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const [count, given] = broadcast_all(value, this.probs);
    const probs = given.clone({ memory_format: contiguous_format });
    probs.index_put_([probs.eq(1).bitwise_and(count.eq(0))], 0);
    return count.mul(probs.neg().log1p()).add(this.probs.log());
  }

  override entropy(): Tensor {
    return binary_cross_entropy_with_logits(this.logits, this.probs, { reduction: "none" }).div(this.probs);
  }
}

/**
 * The number of failures before the first success of independent trials that succeed with probability `probs`: P(k) =
 * (1 - p)^k p; given by `probs` or `logits`.
 *
 * Throws ValueError unless one of the two is given, and for a probability of 0.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#geometric}
 */
const GeometricClass = publicClass("geometric", Geometric, ["probs", "logits", "validate_args"]);
type GeometricClass = Geometric;

export { GeometricClass as Geometric };
