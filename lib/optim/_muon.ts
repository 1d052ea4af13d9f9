// torch/optim/_muon.py

import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { bfloat16 } from "../dtype.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { preserve_format } from "../layout.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _to_scalar, mul, type Num, neg, sub } from "./_scalar.js";
import { _check_lr, _for_each_param, _kept, _text } from "./_utils.js";
import { type Closure, Optimizer, type ParamGroup, type ParamsOr, type ParamsT } from "./optimizer.js";

// The constants of https://kellerjordan.github.io/posts/muon/
const EPS = 1e-7;
const DEFAULT_A = 3.4445;
const DEFAULT_B = -4.775;
const DEFAULT_C = 2.0315;
const DEFAULT_NS_STEPS = 5;

/** How Muon adjusts its learning rate to a matrix. */
export type AdjustLrFn = "original" | "match_rms_adamw" | "spectral_unclamped";

type Coefficients = readonly [a: number, b: number, c: number];

/** A nearly orthogonal matrix with the singular vectors of the gradient, by a quintic iteration in bfloat16. */
function _zeropower_via_newtonschulz(
  grad: Tensor,
  ns_coefficients: Coefficients,
  ns_steps: number,
  eps: number,
): Tensor {
  if (ns_steps >= 100) throw new ValueError("Number of steps must be less than 100 for computational efficiency");
  if (grad.dim() !== 2) throw new ValueError("Input tensor gradient must be a 2D matrix");
  if (ns_coefficients.length !== 3) throw new ValueError("Coefficients must be a tuple of exactly 3 values");
  const [a, b, c] = ns_coefficients;
  let ortho_grad = grad.to({ dtype: bfloat16, copy: true });
  const isTall = grad.size(0) > grad.size(1);
  if (isTall) ortho_grad = ortho_grad.T;
  // The spectral norm is at most 1 then.
  ortho_grad.div_(ortho_grad.norm().clamp({ min: eps }));
  for (let step = 0; step < ns_steps; step++) {
    const gram_matrix = ortho_grad.matmul(ortho_grad.T);
    const gram_update = torch.addmm(gram_matrix, gram_matrix, gram_matrix, { beta: b, alpha: c });
    ortho_grad = torch.addmm(ortho_grad, gram_update, ortho_grad, { beta: a });
  }
  return isTall ? ortho_grad.T : ortho_grad;
}

/** The learning rate for a matrix of this shape. */
function _adjust_lr(lr: Num, adjust_lr_fn: AdjustLrFn | null, [A, B]: readonly number[]): Num {
  switch (adjust_lr_fn) {
    case null:
    case "original":
      return mul(lr, Math.sqrt(Math.max(1, A / B)));
    case "match_rms_adamw":
      return mul(lr, 0.2 * Math.sqrt(Math.max(A, B)));
    case "spectral_unclamped":
      return mul(lr, Math.sqrt(A / B));
    default:
      return lr;
  }
}

/** The keyword arguments of Muon. */
export interface MuonOptions {
  /** Learning rate. @default 1e-3 */
  lr?: Num;
  /** Decay of the parameters. @default 0.1 */
  weight_decay?: number;
  /** Momentum factor. @default 0.95 */
  momentum?: number;
  /** Nesterov momentum. @default true */
  nesterov?: boolean;
  /** Coefficients of the orthogonalizing iteration. @default [3.4445, -4.775, 2.0315] */
  ns_coefficients?: Coefficients;
  /** The least norm that the iteration divides by. @default 1e-7 */
  eps?: number;
  /** Steps of the iteration, less than 100. @default 5 */
  ns_steps?: number;
  /** How the learning rate depends on a matrix's shape; null is "original". @default null */
  adjust_lr_fn?: AdjustLrFn | null;
}

type MuonArguments = Arguments<
  [params: ParamsOr<MuonOptions>],
  [
    ...[lr: Num, weight_decay: number, momentum: number, nesterov: boolean, ns_coefficients: Coefficients],
    ...[eps: number, ns_steps: number, adjust_lr_fn: AdjustLrFn | null],
  ],
  MuonOptions
>;

const parameters = [
  ...["params", "lr", "weight_decay", "momentum", "nesterov", "ns_coefficients", "eps", "ns_steps", "adjust_lr_fn"],
];

class Muon extends Optimizer {
  constructor(...args: MuonArguments) {
    const given = named<MuonOptions & { params: ParamsT }>("Muon.__init__", parameters, 1, args);
    const { params, lr = 1e-3, weight_decay = 0.1, momentum = 0.95, nesterov = true } = given;
    const { ns_coefficients = [DEFAULT_A, DEFAULT_B, DEFAULT_C], eps = EPS, ns_steps = DEFAULT_NS_STEPS } = given;
    const { adjust_lr_fn = null } = given;
    _check_lr(lr, "Learning rate should be >= 0 but is:");
    if (!(momentum >= 0)) throw new ValueError(`momentum should be >= 0 but is: ${_text(momentum)}`);
    if (!(weight_decay >= 0)) throw new ValueError(`weight decay should be >= 0 but is: ${_text(weight_decay)}`);
    if (adjust_lr_fn !== null && !["original", "match_rms_adamw", "spectral_unclamped"].includes(adjust_lr_fn)) {
      throw new ValueError(`Adjust learning rate function ${adjust_lr_fn} is not supported`);
    }
    super(params, { lr, weight_decay, momentum, nesterov, ns_coefficients, eps, ns_steps, adjust_lr_fn });

    for (const group of this.param_groups) {
      for (const p of group.params) {
        if (p.dim() !== 2) {
          throw new ValueError(`Muon only supports 2D parameters whereas we found a parameter with size: ${p.shape}`);
        }
      }
    }
  }

  /** @internal */
  _init_group(group: ParamGroup, params_with_grad: Tensor[], grads: Tensor[], muon_momentum_bufs: Tensor[]): boolean {
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      if (p.dtype.is_complex) throw new RuntimeError("Muon does not support complex parameters");
      if (grad.is_sparse) throw new RuntimeError("Muon does not support sparse gradients");
      params_with_grad.push(p);
      grads.push(grad);
      const state = this.state.get(p);
      state.momentum_buffer ??= _kept(() => torch.zeros_like(grad, { memory_format: preserve_format }));
      muon_momentum_bufs.push(state.momentum_buffer);
    }
    return false;
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const lists: Lists = [[], [], []];
        const has_complex = this._init_group(group, ...lists);
        _muon(lists, {
          lr: group.lr,
          weight_decay: group.weight_decay,
          momentum: group.momentum,
          nesterov: group.nesterov,
          ns_coefficients: group.ns_coefficients,
          eps: group.eps,
          ns_steps: group.ns_steps,
          adjust_lr_fn: group.adjust_lr_fn,
          has_complex,
        });
      }
    });
  }
}

takeKeywords("Muon", Muon.prototype, { step: ["closure"] });

/**
 * Muon: momentum whose matrix is made orthogonal, for the two-dimensional parameters of hidden layers.
 *
 * b ← momentum · b + (1 - momentum)g; θ ← (1 - lr · λ)θ - lr' · orthogonal(b), with lr' by `adjust_lr_fn`.
 *
 * Throws ValueError for hyperparameters out of their range and for parameters that are no matrices.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Muon.html}
 */
const CallableMuon = callable(Muon);
type CallableMuon = Muon;

export { CallableMuon as Muon };

/** params, grads, muon_momentum_bufs */
type Lists = [Tensor[], Tensor[], Tensor[]];

/** The keyword arguments of muon(). */
export interface MuonKeywords {
  foreach?: boolean | null;
  lr: Num;
  weight_decay: number;
  momentum: number;
  nesterov: boolean;
  ns_coefficients: Coefficients;
  ns_steps: number;
  eps: number;
  adjust_lr_fn: AdjustLrFn | null;
  has_complex: boolean;
}

function _single_tensor_muon(
  [params, grads, muon_momentum_bufs]: Lists,
  {
    weight_decay,
    momentum,
    nesterov,
    ns_coefficients,
    ns_steps,
    eps,
    adjust_lr_fn,
    has_complex,
    ...options
  }: MuonKeywords,
): void {
  const lr = _to_scalar(options.lr);
  if (has_complex) throw new ValueError("Complex parameters are not supported");

  _for_each_param(params, (param, i) => {
    const grad = grads[i];
    if (grad.dim() !== 2) throw new ValueError("Param gradient must be a 2D matrix");

    const buf = muon_momentum_bufs[i];
    buf.lerp_(grad, 1 - momentum);
    let update = nesterov ? grad.lerp(buf, momentum) : buf;
    update = _zeropower_via_newtonschulz(update, ns_coefficients, ns_steps, eps);

    const adjusted_lr = _adjust_lr(lr, adjust_lr_fn, param.shape);
    param.mul_(sub(1, mul(lr, weight_decay)));
    param.add_(update, { alpha: neg(adjusted_lr) });
  });
}

function _muon(lists: Lists, keywords: MuonKeywords): void {
  if (keywords.foreach) throw new RuntimeError("Foreach is not supported for Muon yet");
  _single_tensor_muon(lists, keywords);
}

const functionParameters = [
  ...["params", "grads", "muon_momentum_bufs", "*", "foreach", "lr", "weight_decay", "momentum", "nesterov"],
  ...["ns_coefficients", "ns_steps", "eps", "adjust_lr_fn", "has_complex"],
];

/**
 * Muon's update: changes parameters and momentum in place.
 *
 * Throws RuntimeError if `foreach` is true.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function muon(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  muon_momentum_bufs: readonly Tensor[],
  keywords: MuonKeywords,
): void;
export function muon(...args: unknown[]): void {
  type Given = MuonKeywords & Record<"params" | "grads" | "muon_momentum_bufs", Tensor[]>;
  const { params, grads, muon_momentum_bufs, ...keywords } = named<Given>("muon", functionParameters, 3, args);
  const { foreach: _, ...others } = keywords;
  requireKeywords("muon", others);
  _muon([params, grads, muon_momentum_bufs], keywords);
}
