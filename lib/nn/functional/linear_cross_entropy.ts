// torch.nn.functional: a linear layer and the cross entropy of its output in one

import { are_transforms_active } from "../../_functorch/pyfunctorch.js";
import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { Function as AutogradFunction, type FunctionCtx } from "../../autograd/function.js";
import { is_grad_enabled } from "../../autograd/grad_mode.js";
import { bfloat16, type dtype, float16, float32, int64 } from "../../dtype.js";
import { RuntimeError } from "../../errors.js";
import { einsum } from "../../functional.js";
import * as _nn from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import { floatRepr } from "../../python/format.js";
import { repr } from "../../python/repr.js";
import type { Reduction } from "../_reduction.js";
import { tupleText } from "../modules/utils.js";
import type { AdjustedOptions, LinearCrossEntropyOptions } from "./linear_cross_entropy_options.js";
import { cross_entropy } from "./loss.js";
import { equal } from "./shapes.js";
import { warn } from "./warn.js";

const product = (sizes: readonly number[], start: number) => sizes.reduce((n, size) => n * size, start);

/** What the chunked computation is given beside its differentiable inputs. */
interface Settings extends AdjustedOptions {
  readonly target: Tensor;
  readonly weight: Tensor | null;
  readonly reduction: Reduction;
  readonly ignore_index: number;
}

type Gradients = [input: Tensor | null, linear_weight: Tensor | null, linear_bias: Tensor | null];

/** The weight of each row whose target is a class, with the sign and the divisor of the gradient in it. */
function neg_weight_target(
  classes: Tensor,
  { target, weight, ignore_index, reduction, acc_dtype }: Settings,
  grad_output: Tensor | null,
): Tensor {
  const ignored = target.eq(ignore_index);
  const rows =
    weight === null
      ? ignored.logical_not().to(acc_dtype)
      : weight.to(acc_dtype).index_select(0, classes).masked_fill_(ignored, 0);
  if (reduction === "mean") {
    const d = rows.sum();
    return rows.div_(d.neg().masked_fill(d.eq(0), Number.NaN));
  }
  if (reduction === "sum") return rows.neg_();
  return grad_output === null ? rows : rows.neg_().mul_(grad_output.to(acc_dtype));
}

/**
 * The loss and its gradients, a chunk of rows at a time.
 *
 * `grad_output`, for the reduction "none", is the gradient of each row's loss.
 */
function accumulate(
  input: Tensor,
  linear_weight: Tensor,
  linear_bias: Tensor | null,
  settings: Settings,
  wanted: readonly boolean[],
  grad_output: Tensor | null = null,
): [loss: Tensor, gradients: Gradients] {
  const { target, weight, reduction, ignore_index, batch_chunk_size, acc_policy, acc_dtype } = settings;
  const { dtype, device } = input;
  const [num_batches, num_classes] = [input.size(0), linear_weight.size(0)];
  const compact = acc_policy === "compact";
  const logits_dtype = dtype === float16 && compact ? dtype : acc_dtype;
  // The sum of many exponentials would overflow in float16.
  const denom_dtype = dtype === float16 ? float32 : acc_dtype;
  const grad_weight_dtype = compact && (device.type === "cuda" || logits_dtype === dtype) ? dtype : acc_dtype;
  const in_place = grad_weight_dtype === dtype && compact;
  const wants = wanted.includes(true);
  const unreduced = reduction === "none" && grad_output === null;
  const [W, bias] = [linear_weight.to(logits_dtype), linear_bias?.to(logits_dtype)];

  const is_prob_target = target.is_floating_point();
  const scale = is_prob_target && reduction === "mean" ? 1 / num_batches : 1;
  const outside = ignore_index < 0 || ignore_index >= num_classes;
  const classes = !is_prob_target && outside ? target.masked_fill(target.eq(ignore_index), 0) : target;
  const rows = is_prob_target ? null : neg_weight_target(classes, settings, grad_output);

  const loss = torch.zeros(reduction === "none" ? [num_batches] : [], { dtype: acc_dtype, device });
  if (reduction === "mean" && num_batches === 0) loss.fill_(Number.NaN);
  const grad_input = wanted[0] ? torch.empty_like(input) : null;
  const grad_weight = wanted[1] ? torch.zeros(linear_weight.shape, { dtype: grad_weight_dtype, device }) : null;
  const grad_bias = wanted[2] ? torch.zeros([num_classes], { dtype: acc_dtype, device }) : null;

  for (let start = 0; start < num_batches; start += batch_chunk_size) {
    const chunk = (whole: Tensor) => whole.narrow(0, start, Math.min(batch_chunk_size, num_batches - start));
    const x = chunk(input);
    const logits = torch.mm(x.to(logits_dtype), W.t());
    if (bias) logits.add_(bias);
    logits.sub_(logits.amax(1, true));

    if (rows !== null) {
      // Signs and the order of sums are Python's: the gradient of the targets comes apart from that of the softmax.
      const [row_weight, index] = [chunk(rows), chunk(classes)];
      const target_logit = logits.gather(1, index.unsqueeze(1)).squeeze(1);
      if (!unreduced) loss.add_(row_weight.dot(target_logit.to(acc_dtype)));
      const denom = logits.exp_().sum(1, { dtype: denom_dtype });
      if (wants) logits.mul_(row_weight.div(denom).to(logits_dtype).unsqueeze(1));
      if (unreduced) chunk(loss).copy_(denom.log_().sub_(target_logit).mul_(row_weight));
      else loss.sub_(row_weight.to(denom_dtype).dot(denom.log_()));
      if (!wants) continue;
      grad_bias?.sub_(logits.sum(0, { dtype: acc_dtype })).index_add_(0, index, row_weight);
      if (grad_input !== null) {
        const targets = W.index_select(0, index).mul(row_weight.to(logits_dtype).unsqueeze(1));
        chunk(grad_input).copy_(torch.addmm(targets, logits, W, { alpha: -1 }));
      }
      if (grad_weight === null) continue;
      const temp = x.to(acc_dtype).mul(row_weight.unsqueeze(1));
      const [rows_grad, columns] = [logits.to(grad_weight_dtype).t(), x.to(grad_weight_dtype)];
      if (in_place) {
        grad_weight.addmm_(rows_grad, columns, { alpha: -1 }).index_add_(0, index, temp.to(grad_weight_dtype));
      } else {
        grad_weight.sub_(torch.mm(rows_grad, columns).index_add_(0, index, temp, { alpha: -1 }));
      }
      continue;
    }

    let probabilities = chunk(target).to(logits_dtype);
    if (weight !== null) probabilities = probabilities.mul(weight.to(logits_dtype));
    if (grad_output !== null) probabilities = probabilities.mul(chunk(grad_output).unsqueeze(1));
    const rowwise = unreduced || logits_dtype === float16;
    const row_terms = rowwise ? einsum("bv,bv->b", probabilities, logits) : null;
    if (!unreduced && grad_output === null) {
      const term = row_terms?.sum({ dtype: float32 }) ?? probabilities.reshape(-1).dot(logits.reshape(-1));
      loss.sub_(term, { alpha: scale });
    }
    const row_weight = probabilities.sum(1, { dtype: acc_dtype });
    if (scale !== 1) row_weight.mul_(scale);
    const denom = logits.exp_().sum(1, { dtype: denom_dtype });
    if (wants) logits.mul_(row_weight.div(denom).to(logits_dtype).unsqueeze(1));
    if (unreduced)
      chunk(loss).copy_(
        denom
          .log_()
          .mul_(row_weight)
          .sub_(row_terms as Tensor),
      );
    else if (grad_output === null) loss.add_(row_weight.to(denom_dtype).dot(denom.log_()));
    if (!wants) continue;
    logits.sub_(probabilities, { alpha: scale });
    grad_bias?.add_(logits.sum(0, { dtype: acc_dtype }));
    if (grad_input !== null) chunk(grad_input).copy_(torch.mm(logits, W));
    if (grad_weight === null) continue;
    const [rows_grad, columns] = [logits.to(grad_weight_dtype).t(), x.to(grad_weight_dtype)];
    if (in_place) grad_weight.addmm_(rows_grad, columns);
    else grad_weight.add_(torch.mm(rows_grad, columns));
  }
  const result = (gradient: Tensor | null) => gradient?.to(dtype) ?? null;
  return [loss.to(dtype), [result(grad_input), result(grad_weight), result(grad_bias)]];
}

interface ReducedCtx extends FunctionCtx {
  gradients: Gradients | null;
  allow_retain_graph: boolean;
}

/** The reductions to one number: backward only scales gradients that forward has computed already. */
class LinearCrossEntropyChunked extends AutogradFunction {
  static override forward(ctx: ReducedCtx, input: Tensor, weight: Tensor, bias: Tensor | null, settings: Settings) {
    const [loss, gradients] = accumulate(input, weight, bias, settings, ctx.needs_input_grad.slice(0, 3));
    ctx.gradients = gradients;
    ctx.allow_retain_graph = settings.allow_retain_graph;
    return loss;
  }

  static override backward(ctx: ReducedCtx, grad_output: Tensor) {
    const { gradients, allow_retain_graph } = ctx;
    if (gradients === null) {
      throw new RuntimeError(
        "linear_cross_entropy chunked backward called twice; retain_graph=True / double backward are not supported.",
      );
    }
    if (allow_retain_graph) return [...gradients.map((gradient) => gradient?.mul(grad_output) ?? null), null];
    ctx.gradients = null;
    return [...gradients.map((gradient) => gradient?.mul_(grad_output) ?? null), null];
  }
}

interface UnreducedCtx extends FunctionCtx {
  settings: Settings;
}

/** The reduction "none": what the losses are weighted with is known in backward alone, which computes the logits again. */
class LinearCrossEntropyChunkedNoReduction extends AutogradFunction {
  static override forward(ctx: UnreducedCtx, input: Tensor, weight: Tensor, bias: Tensor | null, settings: Settings) {
    ctx.save_for_backward(input, weight, bias);
    ctx.settings = settings;
    return accumulate(input, weight, bias, settings, [])[0];
  }

  static override backward(ctx: UnreducedCtx, grad_output: Tensor) {
    const [input, weight, bias] = ctx.saved_tensors as [Tensor, Tensor, Tensor | null];
    return [...accumulate(input, weight, bias, ctx.settings, ctx.needs_input_grad.slice(0, 3), grad_output)[1], null];
  }
}

function check_acc_dtype(dtype: dtype, acc_dtype: dtype): void {
  if (dtype !== acc_dtype && !((dtype === float16 || dtype === bfloat16) && acc_dtype === float32)) {
    throw new RuntimeError(
      `linear_cross_entropy supports float32 acc_dtype with float16/bfloat16 inputs, but got ${acc_dtype} acc_dtype and ${dtype} inputs.`,
    );
  }
}

/** Whether the chunks can do what is asked; warns if they cannot. */
function _linear_cross_entropy_chunked_applies(
  input: Tensor,
  linear_weight: Tensor,
  target: Tensor,
  linear_bias: Tensor | null,
  reduction: string,
  label_smoothing: number,
): boolean {
  const out_features = linear_weight.shape.slice(1, -1);
  const logits_shape = [...input.shape.slice(0, -1), linear_weight.shape[0], ...out_features];
  const chunkable_prob_target =
    equal(target.shape, logits_shape) && target.dtype === input.dtype && !(target.requires_grad && is_grad_enabled());
  // The chunks are gone through in place, which transforms cannot follow.
  if (are_transforms_active()) return false;
  const applies =
    ["mean", "sum", "none"].includes(reduction) &&
    Number(label_smoothing) === 0 &&
    (target.dtype === int64 || chunkable_prob_target) &&
    out_features.length === 0;
  if (!applies) {
    warn(
      `linear_cross_entropy: \`\`options\`\` ignored; chunked path needs reduction in {'mean','sum','none'}, label_smoothing == 0, target.dtype == int64 (or a probability target with dtype matching input and requires_grad == False), out_features == (). Got reduction=${repr(reduction)}, label_smoothing=${floatRepr(Number(label_smoothing))}, target.dtype=${target.dtype}, out_features=${tupleText(out_features)}, tracing=False, target.requires_grad=${repr(target.requires_grad)}, linear_bias.shape=${tupleText(linear_bias?.shape)}.`,
    );
  }
  return applies;
}

/**
 * cross_entropy(linear(input, linear_weight, linear_bias), target, ...).
 *
 * The input is (N, in_features) or (in_features), `linear_weight` (C, ..., in_features), `linear_bias` (C, ...); the target
 * holds classes or probabilities, as for cross_entropy(). With `options` the batch is gone through in chunks, so that the
 * logits of all of it never exist at once.
 *
 * Throws RuntimeError for shapes that do not go together, and for an `ignore_index` with a target of probabilities.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.linear_cross_entropy.html}
 */
export const linear_cross_entropy = def(
  "linear_cross_entropy",
  [
    "input",
    "linear_weight",
    "target",
    "*",
    "linear_bias",
    "weight",
    "reduction",
    "ignore_index",
    "label_smoothing",
    "options",
  ],
  (
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    linear_bias: Tensor | null = null,
    weight: Tensor | null = null,
    reduction: Reduction = "mean",
    ignore_index: number | null = null,
    label_smoothing = 0,
    options: LinearCrossEntropyOptions | null = null,
  ): Tensor => {
    if (input.dim() < 1 || input.dim() > 2) {
      throw new RuntimeError(`expected input with dimensionality 1 or 2, got ${input.dim()}`);
    }
    if (linear_weight.dim() < 2) {
      throw new RuntimeError(`expected linear_weight with dimensionality at least 2, got ${linear_weight.dim()}`);
    }
    const [input_shape, weight_shape] = [input.shape, linear_weight.shape];
    const num_batches = input_shape.slice(0, -1);
    const in_features = input.size(-1);
    if (in_features !== linear_weight.size(-1)) {
      throw new RuntimeError(
        `expected equal input and linear_weight last dimensions (in_features), got ${in_features} and ${linear_weight.size(-1)}, respectively`,
      );
    }
    const num_classes = weight_shape[0];
    const out_features = weight_shape.slice(1, -1);
    if (linear_bias !== null && !equal(linear_bias.shape, [num_classes, ...out_features])) {
      throw new RuntimeError(
        `expected linear_bias shape ${tupleText([num_classes, ...out_features])}, got ${tupleText(linear_bias.shape)}`,
      );
    }
    if (out_features.length > 0 && num_batches.length === 0) {
      throw new RuntimeError(
        `K-dimensional loss defined by linear_weight shape ${tupleText(weight_shape)} requires batched input, (N, ${in_features}), got unbatched input with shape ${tupleText(input_shape)}`,
      );
    }

    const logits_shape = [...num_batches, num_classes, ...out_features];
    if (equal(target.shape, logits_shape) && ignore_index !== null) {
      throw new RuntimeError("ignore_index cannot be specified when target contains probabilities");
    }
    ignore_index ??= -100;

    if (
      options !== null &&
      _linear_cross_entropy_chunked_applies(input, linear_weight, target, linear_bias, reduction, label_smoothing)
    ) {
      const has_batches = input.dim() === 2;
      if (!has_batches) {
        input = input.unsqueeze(0);
        target = target.unsqueeze(0);
      }
      const { dtype, device } = input;
      const prob_target = target.is_floating_point();
      const adjusted = options._adjust(input.size(0), in_features, num_classes, dtype, device, prob_target);
      check_acc_dtype(dtype, adjusted.acc_dtype);
      const settings: Settings = { ...adjusted, target, weight, reduction, ignore_index };
      const chunked = reduction === "none" ? LinearCrossEntropyChunkedNoReduction : LinearCrossEntropyChunked;
      const result: Tensor = chunked.apply(input, linear_weight, linear_bias, settings);
      return has_batches ? result : result.squeeze(0);
    }

    if (out_features.length > 0) {
      linear_weight = linear_weight.reshape([product(out_features, num_classes), in_features]);
      if (linear_bias !== null) linear_bias = linear_bias.reshape([product(out_features, num_classes)]);
    }
    const logits = _nn.linear(input, linear_weight, linear_bias).reshape(logits_shape);
    return cross_entropy(logits, target, { weight, reduction, ignore_index, label_smoothing });
  },
);
