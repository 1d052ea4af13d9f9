// torch/optim/_adafactor.py

import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { bfloat16, type dtype, float16, float64 } from "../dtype.js";
import { AssertionError, RuntimeError, ValueError } from "../errors.js";
import * as linalg from "../generated/linalg.js";
import * as torch from "../generated/torch.js";
import { preserve_format } from "../layout.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _get_value, _to_scalar, mul, type Num, neg, pow, sub } from "./_scalar.js";
import {
  _check_lr,
  _for_each_group,
  _for_each_param,
  _get_values,
  _increment,
  _kept,
  _scalar_tensor,
  _setdefaults,
  _steps_to_tensors,
  _text,
} from "./_utils.js";
import { type Closure, Optimizer, type ParamGroup, type ParamState, type ParamsOr, type ParamsT } from "./optimizer.js";

/** The keyword arguments of Adafactor. */
export interface AdafactorOptions {
  /** The largest relative step size. @default 1e-2 */
  lr?: Num;
  /** Power with which the decay of the variance comes near to 1. @default -0.8 */
  beta2_decay?: number;
  /** The least variance, null being the dtype's eps, and the least root of a mean square. @default [null, 1e-3] */
  eps?: readonly [number | null, number];
  /** Above this, an update's root of the mean square is scaled down. @default 1.0 */
  d?: number;
  /** Decay of the parameters. @default 0.0 */
  weight_decay?: number;
  /** One call for all parameters, or, if false, one for each. @default null, which is false */
  foreach?: boolean | null;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
}

type AdafactorArguments = Arguments<
  [params: ParamsOr<AdafactorOptions>],
  [lr: Num, beta2_decay: number, eps: readonly [number | null, number], d: number, weight_decay: number],
  AdafactorOptions
>;

const parameters = ["params", "lr", "beta2_decay", "eps", "d", "weight_decay", "*", "foreach", "maximize"];

class Adafactor extends Optimizer {
  static override readonly _floats: ReadonlySet<string> = new Set([...Optimizer._floats, "weight_decay"]);

  constructor(...args: AdafactorArguments) {
    const given = named<AdafactorOptions & { params: ParamsT }>("Adafactor.__init__", parameters, 1, args);
    const { params, lr = 1e-2, beta2_decay = -0.8, eps = [null, 1e-3], d = 1.0, weight_decay = 0.0 } = given;
    const { foreach = null, maximize = false } = given;
    const [eps1, eps2] = eps;
    _check_lr(lr, "Learning rate should be >= 0 but is:");
    if (!(beta2_decay <= 0)) throw new ValueError(`beta2_decay should be <= 0 but is: ${_text(beta2_decay)}`);
    if (eps1 !== null && !(eps1 >= 0)) throw new ValueError(`epsilon1 should be >= 0 but is: ${_text(eps1)}`);
    if (!(eps2 >= 0)) throw new ValueError(`epsilon2 should be >= 0 but is: ${_text(eps2)}`);
    if (!(d >= 1)) throw new ValueError(`Clipping threshold d should be >= 1 but is: ${_text(d)}`);
    if (!(weight_decay >= 0)) throw new ValueError(`weight_decay should be >= 0 but is: ${_text(weight_decay)}`);
    super(params, { lr, beta2_decay, eps, d, weight_decay, foreach, maximize });
  }

  override __setstate__(state: ParamState): void {
    super.__setstate__(state);
    for (const group of this.param_groups) {
      _setdefaults(group, { foreach: null });
      _steps_to_tensors(this.state, group);
    }
  }

  /** @internal */
  _init_group(
    group: ParamGroup,
    params_with_grad: Tensor[],
    grads: Tensor[],
    row_vars: (Tensor | null)[],
    col_vars: (Tensor | null)[],
    variances: (Tensor | null)[],
    state_steps: Tensor[],
  ): boolean {
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      if (p.dtype.is_complex) throw new RuntimeError("Adafactor does not support complex parameters");
      if (grad.is_sparse) throw new RuntimeError("Adafactor does not support sparse gradients");
      params_with_grad.push(p);
      grads.push(grad);

      const state = this.state.get(p);
      if (state.step === undefined) {
        state.step = _scalar_tensor(0);
        if (grad.dim() > 1) {
          // Factors of the variance: the means over the last dimension and over the one before it.
          state.row_var = _kept(() => grad.new_zeros([...grad.shape.slice(0, -1), 1]));
          state.col_var = _kept(() => grad.new_zeros([...grad.shape.slice(0, -2), 1, grad.size(-1)]));
        } else {
          state.variance = _kept(() => torch.zeros_like(grad, { memory_format: preserve_format }));
        }
      }
      row_vars.push(state.row_var ?? null);
      col_vars.push(state.col_var ?? null);
      variances.push(state.variance ?? null);
      state_steps.push(state.step);
    }
    return false;
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const lists: Lists = [[], [], [], [], [], []];
        const [eps1, eps2] = group.eps;
        const has_complex = this._init_group(group, ...lists);
        _adafactor(lists, {
          d: group.d,
          lr: group.lr,
          beta2_decay: group.beta2_decay,
          weight_decay: group.weight_decay,
          eps1,
          eps2,
          foreach: group.foreach,
          maximize: group.maximize,
          grad_scale: this.grad_scale,
          found_inf: this.found_inf,
          has_complex,
        });
      }
    });
  }
}

takeKeywords("Adafactor", Adafactor.prototype, { step: ["closure"] });

/**
 * Adafactor: steps relative to the size of the parameters; of the squares of a matrix's gradient it keeps only the means
 * of rows and columns.
 *
 * Throws ValueError for hyperparameters out of their range.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Adafactor.html}
 */
const CallableAdafactor = callable(Adafactor);
type CallableAdafactor = Adafactor;

export { CallableAdafactor as Adafactor };

type Optionals = (Tensor | null)[];

/** params, grads, row_vars, col_vars, variances, state_steps */
type Lists = [Tensor[], Tensor[], Optionals, Optionals, Optionals, Tensor[]];

/** The keyword arguments of adafactor(). */
export interface AdafactorKeywords {
  foreach?: boolean | null;
  grad_scale?: Tensor | null;
  found_inf?: Tensor | null;
  has_complex?: boolean;
  d: number;
  lr: Num;
  beta2_decay: number;
  weight_decay: number;
  eps1: number | null;
  eps2: number;
  maximize: boolean;
}

type Options = Omit<AdafactorKeywords, "eps1" | "lr"> & { eps1: number; lr: Num };

const ROW_AND_COLUMN = "row_var and col_var should be defined when grad is multidimensional";
const VARIANCE = "variance should be defined when grad is a vector";

function epsOf(type: dtype): number {
  return 2 ** -(type === float64 ? 52 : type === float16 ? 10 : type === bfloat16 ? 7 : 23);
}

/** The lesser of a learning rate and a number. */
function least(lr: Num, value: number): Num {
  return _get_value(lr) <= value ? lr : value;
}

function _single_tensor_adafactor(
  [params, grads, row_vars, col_vars, variances, state_steps]: Lists,
  { d, lr, beta2_decay, weight_decay, eps1, eps2, maximize }: Options,
): void {
  _for_each_param(params, (param, i) => {
    const grad = maximize ? grads[i].neg() : grads[i];
    const step_t = state_steps[i];
    const row_var = row_vars[i];
    const col_var = col_vars[i];
    const variance = variances[i];

    step_t.add_(1);
    const step_float = step_t.item();

    const one_minus_beta2_t = pow(step_float, beta2_decay);
    const rho_t = least(lr, 1 / pow(step_float, 0.5));
    const alpha = mul(Math.max(eps2, param.norm(2).item() / pow(param.numel(), 0.5)), rho_t);

    if (weight_decay !== 0) param.mul_(sub(1, mul(lr, weight_decay)));

    let var_estimate: Tensor;
    if (grad.dim() > 1) {
      if (row_var === null || col_var === null) throw new AssertionError(ROW_AND_COLUMN);
      // (grad * grad).mean(dim) without the squares
      const mean = (dim: number) => linalg.vector_norm(grad, { dim, keepdim: true }).square_().div_(grad.size(dim));
      row_var.lerp_(mean(-1), one_minus_beta2_t);
      col_var.lerp_(mean(-2), one_minus_beta2_t);
      var_estimate = row_var.matmul(col_var);
      var_estimate.div_(row_var.mean(-2, true).clamp_({ min: eps1 }));
    } else {
      if (variance === null) throw new AssertionError(VARIANCE);
      variance.lerp_(grad.mul(grad), one_minus_beta2_t);
      var_estimate = variance.clone();
    }

    // Squared, since the root of it is taken.
    const update = var_estimate.clamp_({ min: eps1 * eps1 }).rsqrt_();
    update.mul_(grad);
    const denom = Math.max(1.0, update.norm(2).item() / (pow(update.numel(), 0.5) * d));
    param.add_(update, { alpha: neg(mul(alpha, 1 / denom)) });
  });
}

/** Splits lists by whether the gradients have several dimensions. */
function _group_tensors_by_is_multidim(lists: Lists): { is_multidim: boolean; lists: Lists }[] {
  return [true, false].flatMap((is_multidim) => {
    const indices = lists[1].map((_, i) => i).filter((i) => lists[1][i].dim() > 1 === is_multidim);
    if (indices.length === 0) return [];
    return [{ is_multidim, lists: lists.map((list) => indices.map((i) => list[i])) as Lists }];
  });
}

/** The roots of the mean squares of tensors. */
function rootMeanSquares(tensors: readonly Tensor[]): number[] {
  return _get_values(torch._foreach_norm(tensors, 2)).map((norm, i) => norm / pow(tensors[i].numel(), 0.5));
}

function _multi_tensor_adafactor(lists: Lists, options: Options): void {
  _for_each_group(lists, (group) => {
    for (const { is_multidim, lists: grouped } of _group_tensors_by_is_multidim(group.lists)) {
      updateGroup(grouped, is_multidim, options);
    }
  });
}

function updateGroup(
  [device_params, grads, device_row_vars, device_col_vars, device_variances, device_state_steps]: Lists,
  is_multidim: boolean,
  { d, beta2_decay, weight_decay, eps1, eps2, maximize, ...options }: Options,
): void {
  const lr = _get_value(options.lr);
  const device_grads = maximize ? torch._foreach_neg(grads) : grads;

  _increment(device_state_steps);
  const steps = _get_values(device_state_steps);
  const one_minus_beta2_ts = steps.map((step) => pow(step, beta2_decay));
  const sizes = rootMeanSquares(device_params);
  const alphas = steps.map((step, i) => Math.max(eps2, sizes[i]) * Math.min(lr, 1 / pow(step, 0.5)));

  if (weight_decay !== 0) torch._foreach_mul_(device_params, 1 - lr * weight_decay);

  let updates: Tensor[];
  if (is_multidim) {
    const row_vars = device_row_vars as Tensor[];
    const col_vars = device_col_vars as Tensor[];
    if (row_vars[0] === null || col_vars[0] === null) throw new AssertionError(ROW_AND_COLUMN);
    // (grad * grad).mean(dim) without the squares
    const means = (dim: number) => {
      const norms = device_grads.map((grad) => linalg.vector_norm(grad, { dim, keepdim: true }));
      torch._foreach_mul_(norms, norms);
      torch._foreach_div_(
        norms,
        device_grads.map((grad) => grad.size(dim)),
      );
      return norms;
    };
    torch._foreach_lerp_(row_vars, means(-1), one_minus_beta2_ts);
    torch._foreach_lerp_(col_vars, means(-2), one_minus_beta2_ts);
    updates = row_vars.map((row_var, i) => row_var.matmul(col_vars[i]));
    const row_var_means = row_vars.map((row_var) => row_var.mean(-2, true));
    torch._foreach_clamp_min_(row_var_means, eps1);
    torch._foreach_div_(updates, row_var_means);
  } else {
    const device_vars = device_variances as Tensor[];
    if (device_vars[0] === null) throw new AssertionError(VARIANCE);
    torch._foreach_lerp_(device_vars, torch._foreach_mul(device_grads, device_grads), one_minus_beta2_ts);
    updates = torch._foreach_clone(device_vars);
  }

  // Squared, since the root of it is taken.
  torch._foreach_clamp_min_(updates, eps1 * eps1);
  torch._foreach_rsqrt_(updates);
  torch._foreach_mul_(updates, device_grads);
  const update_sizes = rootMeanSquares(updates);
  torch._foreach_mul_(
    updates,
    alphas.map((alpha, i) => -alpha / Math.max(1.0, update_sizes[i] / d)),
  );
  torch._foreach_add_(device_params, updates);
}

function _adafactor(lists: Lists, keywords: AdafactorKeywords): void {
  const { grad_scale = null, found_inf = null } = keywords;
  if (!lists[5].every((step) => step instanceof Tensor)) {
    throw new RuntimeError("`state_steps` argument must contain a list of singleton tensors");
  }
  if (lists[0].length === 0) return;
  if (grad_scale !== null || found_inf !== null) {
    throw new AssertionError("Grad scaling should occur outside of optimizer.step()");
  }
  const lr = _to_scalar(keywords.lr);
  const func = keywords.foreach ? _multi_tensor_adafactor : _single_tensor_adafactor;
  func(lists, { ...keywords, lr, eps1: keywords.eps1 ?? epsOf(lists[0][0].dtype) });
}

const functionParameters = [
  ...["params", "grads", "row_vars", "col_vars", "variances", "state_steps"],
  ...["foreach", "grad_scale", "found_inf", "has_complex"],
  ...["*", "d", "lr", "beta2_decay", "weight_decay", "eps1", "eps2", "maximize"],
];

/**
 * Adafactor's update: changes parameters, variances and steps in place.
 *
 * A matrix has row and column variances and null as its variance; a vector has them the other way round.
 *
 * Throws RuntimeError unless the steps are tensors.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function adafactor(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  row_vars: readonly (Tensor | null)[],
  col_vars: readonly (Tensor | null)[],
  variances: readonly (Tensor | null)[],
  state_steps: readonly Tensor[],
  keywords: AdafactorKeywords,
): void;
export function adafactor(...args: unknown[]): void {
  type Given = AdafactorKeywords &
    Record<"params" | "grads" | "state_steps", Tensor[]> &
    Record<"row_vars" | "col_vars" | "variances", Optionals>;
  const given = named<Given>("adafactor", functionParameters, 6, args);
  const { params, grads, row_vars, col_vars, variances, state_steps, ...keywords } = given;
  const { d, lr, beta2_decay, weight_decay, eps1, eps2, maximize } = keywords;
  requireKeywords("adafactor", { d, lr, beta2_decay, weight_decay, eps1, eps2, maximize });
  _adafactor([params, grads, row_vars, col_vars, variances, state_steps], keywords);
}
