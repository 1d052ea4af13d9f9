// torch/optim/lbfgs.py

import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { enable_grad, no_grad } from "../autograd/grad_mode.js";
import { callable } from "../callable.js";
import { AssertionError, RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { contiguous_format } from "../layout.js";
import { type Arguments, named } from "./_arguments.js";
import { _get_value, _to_scalar, add, div, mul, type Num, pow, sub } from "./_scalar.js";
import { _check_lr, _kept } from "./_utils.js";
import { type Closure, Optimizer, type ParamsOr, type ParamsT } from "./optimizer.js";

const copyOf = (x: Tensor) => x.clone({ memory_format: contiguous_format });
const least = (a: Num, b: Num) => (_get_value(b) < _get_value(a) ? b : a);
const greatest = (a: Num, b: Num) => (_get_value(b) > _get_value(a) ? b : a);
const abs = (a: Num) => Math.abs(_get_value(a));

/** The minimum of the cubic through two points with their slopes, within bounds. */
function _cubic_interpolate(
  [x1, f1, g1]: readonly [Num, number, Num],
  [x2, f2, g2]: readonly [Num, number, Num],
  bounds?: readonly [Num, Num],
): Num {
  const isOrdered = _get_value(x1) <= _get_value(x2);
  const [xmin_bound, xmax_bound] = bounds ?? (isOrdered ? [x1, x2] : [x2, x1]);
  const d1 = sub(add(g1, g2), div(3 * (f1 - f2), sub(x1, x2)));
  const d2_square = sub(pow(d1, 2), mul(g1, g2));
  if (!(_get_value(d2_square) >= 0)) return div(add(xmin_bound, xmax_bound), 2.0);
  const d2 = pow(d2_square, 0.5);
  const part = (ga: Num, gb: Num) => div(sub(add(gb, d2), d1), add(sub(gb, ga), mul(d2, 2)));
  const min_pos = isOrdered ? sub(x2, mul(sub(x2, x1), part(g1, g2))) : sub(x1, mul(sub(x1, x2), part(g2, g1)));
  return least(greatest(min_pos, xmin_bound), xmax_bound);
}

/** A point on the line of the search: where, the loss, the gradient, and its slope along the line. */
interface Point {
  t: Num;
  f: number;
  g: Tensor;
  gtd: Num;
}

type Objective = (t: Num) => [loss: number, flat_grad: Tensor];

const at = ({ t, f, gtd }: Point) => [t, f, gtd] as const;

/** A step along the direction d that satisfies the strong Wolfe conditions: loss, gradient, step, evaluations. */
function _strong_wolfe(
  obj_func: Objective,
  first: Num,
  d: Tensor,
  f: number,
  gradient: Tensor,
  gtd: Tensor,
  max_ls: number,
): [loss: number, flat_grad: Tensor, t: Num, ls_func_evals: number] {
  const c1 = 1e-4;
  const c2 = 0.9;
  const tolerance_change = 1e-9;
  const d_norm = d.abs().max();
  const start: Point = { t: 0, f, g: copyOf(gradient), gtd };
  const evaluate = (t: Num): Point => {
    const [loss, g] = obj_func(t);
    return { t, f: loss, g, gtd: g.dot(d) };
  };
  const armijo = (point: Point) => _get_value(add(mul(mul(c1, point.t), gtd), f));
  const isFlat = (point: Point) => abs(point.gtd) <= _get_value(mul(gtd, -c2));

  // Bracket an interval that holds a point which satisfies the conditions.
  let t = first;
  let point = evaluate(t);
  let ls_func_evals = 1;
  let previous = start;
  let bracket: Point[] = [];
  let done = false;
  let ls_iter = 0;
  while (ls_iter < max_ls) {
    if (point.f > armijo(point) || (ls_iter > 1 && point.f >= previous.f)) {
      bracket = [previous, { ...point, g: copyOf(point.g) }];
      break;
    }
    if (isFlat(point)) {
      bracket = [point];
      done = true;
      break;
    }
    if (_get_value(point.gtd) >= 0) {
      bracket = [previous, { ...point, g: copyOf(point.g) }];
      break;
    }
    const min_step = add(t, mul(sub(t, previous.t), 0.01));
    const max_step = mul(t, 10);
    t = _cubic_interpolate(at(previous), at(point), [min_step, max_step]);
    previous = { ...point, g: copyOf(point.g) };
    point = evaluate(t);
    ls_func_evals += 1;
    ls_iter += 1;
  }
  if (ls_iter === max_ls) bracket = [start, point];

  // Zoom into the interval until the conditions hold.
  let insuf_progress = false;
  let [low, high] = bracket[0].f <= (bracket.at(-1) as Point).f ? [0, 1] : [1, 0];
  while (!done && ls_iter < max_ls) {
    if (_get_value(mul(d_norm, abs(sub(bracket[1].t, bracket[0].t)))) < tolerance_change) break;

    t = _cubic_interpolate(at(bracket[0]), at(bracket[1]));

    // At the edge of the interval, twice in a row, the point is moved inwards.
    const most = greatest(bracket[0].t, bracket[1].t);
    const fewest = least(bracket[0].t, bracket[1].t);
    const eps = mul(sub(most, fewest), 0.1);
    if (_get_value(least(sub(most, t), sub(t, fewest))) < _get_value(eps)) {
      const isOutside = _get_value(t) >= _get_value(most) || _get_value(t) <= _get_value(fewest);
      if (insuf_progress || isOutside) {
        t = abs(sub(t, most)) < abs(sub(t, fewest)) ? sub(most, eps) : add(fewest, eps);
        insuf_progress = false;
      } else {
        insuf_progress = true;
      }
    } else {
      insuf_progress = false;
    }

    point = evaluate(t);
    ls_func_evals += 1;
    ls_iter += 1;

    if (point.f > armijo(point) || point.f >= bracket[low].f) {
      bracket[high] = { ...point, g: copyOf(point.g) };
      [low, high] = bracket[0].f <= bracket[1].f ? [0, 1] : [1, 0];
    } else {
      if (isFlat(point)) done = true;
      else if (_get_value(mul(point.gtd, sub(bracket[high].t, bracket[low].t))) >= 0) bracket[high] = bracket[low];
      bracket[low] = { ...point, g: copyOf(point.g) };
    }
  }

  const found = bracket[low];
  return [found.f, found.g, found.t, ls_func_evals];
}

/** The keyword arguments of LBFGS. */
export interface LBFGSOptions {
  /** Learning rate. @default 1 */
  lr?: Num;
  /** The most iterations in one step. @default 20 */
  max_iter?: number;
  /** The most evaluations in one step; null is a quarter more than `max_iter`. @default null */
  max_eval?: number | null;
  /** Ends the step when no element of the gradient is larger. @default 1e-7 */
  tolerance_grad?: number;
  /** Ends the step when the parameters or the loss change by no more. @default 1e-9 */
  tolerance_change?: number;
  /** How many updates are remembered. @default 100 */
  history_size?: number;
  /** "strong_wolfe", or null for steps of fixed length. @default null */
  line_search_fn?: string | null;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
}

type LBFGSArguments = Arguments<
  [params: ParamsOr<LBFGSOptions>],
  [
    ...[lr: Num, max_iter: number, max_eval: number | null, tolerance_grad: number, tolerance_change: number],
    ...[history_size: number, line_search_fn: string | null],
  ],
  LBFGSOptions
>;

const parameters = [
  ...["params", "lr", "max_iter", "max_eval", "tolerance_grad", "tolerance_change", "history_size", "line_search_fn"],
  ...["*", "maximize"],
];

class LBFGS extends Optimizer {
  static override readonly _floats: ReadonlySet<string> = new Set(); // lr is an int by default

  /** @internal */
  declare _params: Tensor[];
  /** @internal */
  declare _numel_cache: number | null;

  constructor(...args: LBFGSArguments) {
    const given = named<LBFGSOptions & { params: ParamsT }>("LBFGS.__init__", parameters, 1, args);
    const { params, lr = 1, max_iter = 20, tolerance_grad = 1e-7, tolerance_change = 1e-9 } = given;
    const { history_size = 100, line_search_fn = null, maximize = false } = given;
    _check_lr(lr);
    const max_eval = given.max_eval ?? Math.floor((max_iter * 5) / 4);
    super(params, {
      lr,
      max_iter,
      max_eval,
      tolerance_grad,
      tolerance_change,
      history_size,
      line_search_fn,
      maximize,
    });
    if (this.param_groups.length !== 1) {
      throw new ValueError("LBFGS doesn't support per-parameter options (parameter groups)");
    }
    this._params = this.param_groups[0].params;
    this._numel_cache = null;
  }

  /** @internal */
  _numel(): number {
    this._numel_cache ??= this._params.reduce((sum, p) => sum + (p.dtype.is_complex ? 2 : 1) * p.numel(), 0);
    return this._numel_cache;
  }

  /** @internal */
  _gather_flat_grad(): Tensor {
    const views = this._params.map((p) => {
      const grad = p.grad;
      if (grad === null) return p.new_zeros([(p.dtype.is_complex ? 2 : 1) * p.numel()], { dtype: p.dtype.to_real() });
      const view = (grad.is_sparse ? grad.to_dense() : grad).reshape(-1);
      return view.dtype.is_complex ? torch.view_as_real(view).view(-1) : view;
    });
    const flat_grad = torch.cat(views, 0);
    if (this.param_groups[0].maximize) flat_grad.neg_();
    return flat_grad;
  }

  /** @internal */
  _add_grad(step_size: Num, update: Tensor): void {
    let offset = 0;
    for (const param of this._params) {
      const p = param.dtype.is_complex ? torch.view_as_real(param) : param;
      const numel = p.numel();
      p.add_(update.narrow(0, offset, numel).view_as(p), { alpha: step_size });
      offset += numel;
    }
    if (offset !== this._numel()) throw new AssertionError(`Expected offset ${offset} to equal ${this._numel()}`);
  }

  /** @internal */
  _clone_param(): Tensor[] {
    return this._params.map(copyOf);
  }

  /** @internal */
  _set_param(params_data: readonly Tensor[]): void {
    this._params.forEach((p, i) => {
      p.copy_(params_data[i]);
    });
  }

  /** @internal */
  _directional_evaluate(closure: () => unknown, x: readonly Tensor[], t: Num, d: Tensor): [number, Tensor] {
    this._add_grad(t, d);
    const loss = numberOf(closure());
    const flat_grad = this._gather_flat_grad();
    this._set_param(x);
    return [this.param_groups[0].maximize ? -loss : loss, flat_grad];
  }

  override step<T = null>(closure: Closure<T>): T {
    return _kept(() => no_grad(() => this._step(() => enable_grad(closure as () => T))));
  }

  /** @internal */
  _step<T>(closure: () => T): T {
    if (this.param_groups.length !== 1) {
      throw new AssertionError(`Expected exactly one param_group, but got ${this.param_groups.length}`);
    }
    if (this._params.length === 0) return closure();

    const [group] = this.param_groups;
    const { max_iter, max_eval, tolerance_grad, tolerance_change, line_search_fn, history_size, maximize } = group;
    const lr = _to_scalar(group.lr);
    const evaluated = (result: unknown) => (maximize ? -numberOf(result) : numberOf(result));

    // There is only one state; as the first parameter's it is cast by load_state_dict().
    const state = this.state.get(this._params[0]);
    state.func_evals ??= 0;
    state.n_iter ??= 0;

    const orig_loss = closure();
    let loss = evaluated(orig_loss);
    let current_evals = 1;
    state.func_evals += 1;

    let flat_grad = this._gather_flat_grad();
    const isOptimal = () => flat_grad.abs().max().item() <= tolerance_grad;
    if (isOptimal()) return orig_loss;

    let { d, t, old_dirs, old_stps, ro, H_diag, prev_flat_grad = null, prev_loss } = state;

    let n_iter = 0;
    while (n_iter < max_iter) {
      n_iter += 1;
      state.n_iter += 1;

      // the direction
      if (state.n_iter === 1) {
        d = flat_grad.neg();
        old_dirs = [];
        old_stps = [];
        ro = [];
        H_diag = 1;
      } else {
        const y = flat_grad.sub(prev_flat_grad);
        const s = d.mul(t);
        const ys = y.dot(s);
        if (ys.item() > 1e-10) {
          if (old_dirs.length === history_size) {
            old_dirs.shift();
            old_stps.shift();
            ro.shift();
          }
          old_dirs.push(y);
          old_stps.push(s);
          ro.push(div(1.0, ys));
          H_diag = ys.div(y.dot(y)); // the scale of the first approximation of the Hessian
        }

        // the gradient times the approximate inverse Hessian, in one buffer
        const num_old = old_dirs.length;
        state.al ??= new Array(history_size).fill(null);
        const { al } = state;
        const q = flat_grad.neg();
        for (let i = num_old - 1; i >= 0; i--) {
          al[i] = old_stps[i].dot(q).mul(ro[i]);
          q.add_(old_dirs[i], { alpha: -al[i].item() });
        }
        d = torch.mul(q, H_diag);
        for (let i = 0; i < num_old; i++) {
          const be_i = old_dirs[i].dot(d).mul(ro[i]);
          d.add_(old_stps[i], { alpha: al[i].sub(be_i).item() });
        }
      }

      if (prev_flat_grad === null) prev_flat_grad = copyOf(flat_grad);
      else prev_flat_grad.copy_(flat_grad);
      prev_loss = loss;

      // the length of the step
      t = state.n_iter === 1 ? mul(least(1.0, div(1.0, flat_grad.abs().sum())), lr) : lr;

      const gtd = flat_grad.dot(d);
      if (gtd.item() > -tolerance_change) break;

      let ls_func_evals = 0;
      let isDone = isOptimal();
      if (line_search_fn !== null) {
        if (line_search_fn !== "strong_wolfe") throw new RuntimeError("only 'strong_wolfe' is supported");
        const x_init = this._clone_param();
        const direction = d;
        const obj_func = (length: Num) => this._directional_evaluate(closure, x_init, length, direction);
        [loss, flat_grad, t, ls_func_evals] = _strong_wolfe(
          obj_func,
          t,
          d,
          loss,
          flat_grad,
          gtd,
          max_eval - current_evals,
        );
        this._add_grad(t, d);
        isDone = isOptimal();
      } else {
        this._add_grad(t, d);
        if (n_iter !== max_iter) {
          // Not after the last iteration, where a loss that changes from batch to batch would be of no use.
          loss = evaluated(closure());
          flat_grad = this._gather_flat_grad();
          isDone = isOptimal();
          ls_func_evals = 1;
        }
      }
      current_evals += ls_func_evals;
      state.func_evals += ls_func_evals;

      if (n_iter === max_iter || current_evals >= max_eval || isDone) break;
      if (d.mul(t).abs().max().item() <= tolerance_change) break;
      if (Math.abs(loss - prev_loss) < tolerance_change) break;
    }

    Object.assign(state, { d, t, old_dirs, old_stps, ro, H_diag, prev_flat_grad, prev_loss });
    return orig_loss;
  }
}

takeKeywords("LBFGS", LBFGS.prototype, { step: ["closure"] });

/** What a closure returned, as a number. */
function numberOf(loss: unknown): number {
  return loss instanceof Tensor ? loss.item() : Number(loss);
}

/**
 * L-BFGS, which needs a closure that computes the loss and its gradients, and calls it several times in one step.
 *
 * All parameters form one group and are on one device. It keeps `history_size` + 1 copies of them.
 *
 * Throws ValueError for a negative `lr` and for several groups.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.LBFGS.html}
 */
const CallableLBFGS = callable(LBFGS);
type CallableLBFGS = LBFGS;

export { CallableLBFGS as LBFGS };
