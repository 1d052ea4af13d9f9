// torch/amp/grad_scaler.py: losses scaled so that float16 gradients do not vanish.

import type { Tensor } from "../_tensor.js";
import { keywordClass, takeKeywords } from "../arguments/class.js";
import { isPlainObject } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { no_grad } from "../autograd/grad_mode.js";
import { amp_definitely_not_available } from "../cuda/amp/common.js";
import { type device, toDevice } from "../device.js";
import { type dtype, float16, float32, int32 } from "../dtype.js";
import { AssertionError, RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import type { Optimizer } from "../optim/optimizer.js";
import { TensorBase } from "../tensor_base.js";
import { warn } from "../warnings.js";

const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase;

/** Copies a tensor to devices, once to each. */
class MultiDeviceReplicator {
  readonly perDevice = new Map<string, Tensor>();

  constructor(readonly master: Tensor) {}

  get(device: device): Tensor {
    let copy = this.perDevice.get(String(device));
    if (!copy) {
      copy = this.master.to(device, { non_blocking: true, copy: true });
      this.perDevice.set(String(device), copy);
    }
    return copy;
  }
}

/** What was done with an optimizer since the last update(). */
export const OptState = { READY: 0, UNSCALED: 1, STEPPED: 2 } as const;

interface OptimizerState {
  stage: number;
  found_inf_per_device: Map<string, Tensor>;
}

/** What GradScaler.state_dict() returns; empty for a disabled one. */
export interface GradScalerState {
  scale: number;
  growth_factor: number;
  backoff_factor: number;
  growth_interval: number;
  _growth_tracker: number;
}

/** What an optimizer that unscales by itself is given for one step. */
interface Scaled {
  _step_supports_amp_scaling?: boolean;
  grad_scale?: Tensor | null;
  found_inf?: Tensor;
}

type Scalable = Tensor | Iterable<Scalable>;

const FIX = "This may indicate your script did not use scaler.scale(loss or outputs) earlier in the iteration.";
const UPDATE_REASON =
  "new_scale should be a float or a 1-element torch.cuda.FloatTensor or torch.FloatTensor with requires_grad=False.";

class GradScalerBase {
  _device: string;
  _enabled: boolean;
  _init_scale = 0;
  _scale: Tensor | null = null;
  _growth_factor = 0;
  _backoff_factor = 0;
  _growth_interval = 0;
  _init_growth_tracker = 0;
  _growth_tracker: Tensor | null = null;
  #states = new Map<object, OptimizerState>();

  constructor(
    device = "cuda",
    init_scale = 2.0 ** 16,
    growth_factor = 2.0,
    backoff_factor = 0.5,
    growth_interval = 2000,
    enabled = true,
  ) {
    this._device = device;
    this._enabled = enabled;
    if (device === "cuda" && enabled && amp_definitely_not_available()) {
      warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.");
      this._enabled = false;
    }
    if (!this._enabled) return;
    if (growth_factor <= 1.0) throw new AssertionError("The growth factor must be > 1.0.");
    if (backoff_factor >= 1.0) throw new AssertionError("The backoff factor must be < 1.0.");
    this._init_scale = init_scale;
    this._growth_factor = growth_factor;
    this._backoff_factor = backoff_factor;
    this._growth_interval = growth_interval;
  }

  #checkScale(funcname: string): [scale: Tensor, growth_tracker: Tensor] {
    if (this._scale === null) throw new AssertionError(`Attempted ${funcname} but _scale is None.  ${FIX}`);
    if (this._growth_tracker === null) {
      throw new AssertionError(`Attempted ${funcname} but _growth_tracker is None.  ${FIX}`);
    }
    return [this._scale, this._growth_tracker];
  }

  #lazyScale(device: device): Tensor {
    if (this._scale === null) {
      if (this._growth_tracker !== null) throw new AssertionError("_growth_tracker initialized before _scale");
      this._scale = torch.full([], this._init_scale, { dtype: float32, device });
      this._growth_tracker = torch.full([], this._init_growth_tracker, { dtype: int32, device });
    }
    return this._scale;
  }

  #stateOf(optimizer: object): OptimizerState {
    let state = this.#states.get(optimizer);
    if (!state) {
      state = { stage: OptState.READY, found_inf_per_device: new Map() };
      this.#states.set(optimizer, state);
    }
    return state;
  }

  /** A tensor, or the tensors of an array, times the scale. */
  scale<S extends Scalable>(outputs: S): S {
    if (!this._enabled) return outputs;
    if (isTensor(outputs)) {
      const scale = this.#lazyScale(outputs.device);
      return outputs.mul(scale.to(outputs.device, { non_blocking: true })) as unknown as S;
    }
    let copies: MultiDeviceReplicator | null = null;
    const apply = (value: unknown): unknown => {
      if (isTensor(value)) {
        copies ??= new MultiDeviceReplicator(this.#lazyScale(value.device));
        return value.mul(copies.get(value.device));
      }
      if (Array.isArray(value)) return value.map(apply);
      if (typeof (value as Iterable<unknown> | null)?.[Symbol.iterator] === "function") {
        return Array.from(value as Iterable<unknown>, apply);
      }
      throw new ValueError("outputs must be a Tensor or an iterable of Tensors");
    };
    return apply(outputs) as S;
  }

  /** @internal Divides the gradients; returns for each device whether any was infinite or NaN. */
  _unscale_grads_(
    optimizer: Optimizer,
    inv_scale: Tensor,
    found_inf: Tensor,
    allow_fp16: boolean,
  ): Map<string, Tensor> {
    const inverse = new MultiDeviceReplicator(inv_scale);
    const found = new MultiDeviceReplicator(found_inf);
    const groups = new Map<string, Map<dtype, Tensor[]>>();
    no_grad(() => {
      for (const group of optimizer.param_groups) {
        for (const param of group.params as Iterable<Tensor>) {
          if (!isTensor(param)) {
            throw new AssertionError(`expected param to be torch.Tensor, got ${typeName(param)}`);
          }
          if (param.grad === null) continue;
          if (!allow_fp16 && param.grad.dtype === float16) {
            throw new ValueError("Attempting to unscale FP16 gradients.");
          }
          if (param.grad.is_sparse && param.grad.dtype === float16) param.grad = param.grad.coalesce();
          const to_unscale = param.grad.is_sparse ? param.grad._values() : param.grad;
          const place = String(to_unscale.device);
          const perDtype = groups.get(place) ?? new Map<dtype, Tensor[]>();
          groups.set(place, perDtype);
          perDtype.set(to_unscale.dtype, [...(perDtype.get(to_unscale.dtype) ?? []), to_unscale]);
        }
      }
      for (const [place, perDtype] of groups) {
        const device = toDevice(place);
        for (const grads of perDtype.values())
          torch._amp_foreach_non_finite_check_and_unscale_(grads, found.get(device), inverse.get(device));
      }
    });
    return found.perDevice;
  }

  /**
   * Divides the optimizer's gradients by the scale, so that they can be looked at, or clipped, before step().
   *
   * Throws RuntimeError when it was done since the last update().
   */
  unscale_(optimizer: Optimizer): void {
    if (!this._enabled) return;
    const [scale] = this.#checkScale("unscale_");
    const state = this.#stateOf(optimizer);
    if (state.stage === OptState.UNSCALED) {
      throw new RuntimeError("unscale_() has already been called on this optimizer since the last update().");
    }
    if (state.stage === OptState.STEPPED) throw new RuntimeError("unscale_() is being called after step().");
    const inv_scale = scale.double().reciprocal().float();
    const found_inf = torch.full([], 0.0, { dtype: float32, device: scale.device });
    state.found_inf_per_device = this._unscale_grads_(optimizer, inv_scale, found_inf, false);
    state.stage = OptState.UNSCALED;
  }

  /** Steps the optimizer with unscaled gradients, unless any of them is infinite or NaN; returns what it returns. */
  step<O extends Optimizer>(optimizer: O, ...args: unknown[]): ReturnType<O["step"]> | null {
    const step = optimizer.step as (...args: unknown[]) => ReturnType<O["step"]>;
    if (!this._enabled) return step.apply(optimizer, args);
    const last = args.at(-1);
    if (isPlainObject(last) && "closure" in last) {
      throw new RuntimeError("Closure use is not currently supported if GradScaler is enabled.");
    }
    this.#checkScale("step");
    const state = this.#stateOf(optimizer);
    if (state.stage === OptState.STEPPED) {
      throw new RuntimeError("step() has already been called since the last update().");
    }
    if ((optimizer as Scaled)._step_supports_amp_scaling) return this.#scaledStep(optimizer, step, args, state);
    if (state.stage === OptState.READY) this.unscale_(optimizer);
    if (state.found_inf_per_device.size === 0) {
      throw new AssertionError("No inf checks were recorded for this optimizer.");
    }
    const finite = [...state.found_inf_per_device.values()].every((found) => found.item() === 0);
    const result = finite ? step.apply(optimizer, args) : null;
    state.stage = OptState.STEPPED;
    return result;
  }

  // An optimizer that divides by the scale, and looks for infinities, in its own kernel.
  #scaledStep<R>(optimizer: Optimizer, step: (...args: unknown[]) => R, args: unknown[], state: OptimizerState): R {
    if (state.stage === OptState.READY) this._check_inf_per_device(optimizer);
    const scale = this._get_scale_async() as Tensor;
    const found = [...state.found_inf_per_device.values()].map((one) => one.to(scale.device, { non_blocking: true }));
    const scaled = optimizer as Scaled;
    const before = scaled.grad_scale;
    if (state.stage === OptState.UNSCALED) scaled.grad_scale = before ?? null;
    else scaled.grad_scale = before ? scale.mul(before) : scale.mul(1);
    scaled.found_inf = found.reduce((sum, one) => sum.add(one));
    const result = step.apply(optimizer, args);
    state.stage = OptState.STEPPED;
    delete scaled.grad_scale;
    delete scaled.found_inf;
    return result;
  }

  /** Makes the scale smaller if there was an infinity, greater after `growth_interval` steps without one; or sets it. */
  update(new_scale: number | Tensor | null = null): void {
    if (!this._enabled) return;
    const [scale, growth_tracker] = this.#checkScale("update");
    if (typeof new_scale === "number" || new_scale instanceof Number) {
      scale.fill_(Number(new_scale));
    } else if (new_scale !== null) {
      if (new_scale.device.type !== this._device || new_scale.numel() !== 1 || new_scale.requires_grad) {
        throw new AssertionError(UPDATE_REASON);
      }
      scale.copy_(new_scale);
    } else {
      const found = [...this.#states.values()].flatMap((state) =>
        [...state.found_inf_per_device.values()].map((one) => one.to(scale.device, { non_blocking: true })),
      );
      if (found.length === 0) throw new AssertionError("No inf checks were recorded prior to update.");
      for (const one of found.slice(1)) found[0].add_(one);
      torch._amp_update_scale_(
        scale,
        growth_tracker,
        found[0],
        this._growth_factor,
        this._backoff_factor,
        this._growth_interval,
      );
    }
    this.#states = new Map();
  }

  /** @internal */
  _get_scale_async(): Tensor | null {
    return this._scale;
  }

  /** The scale; 1 for a disabled scaler. */
  get_scale(): number {
    if (!this._enabled) return 1.0;
    return this._scale === null ? this._init_scale : (this._scale.item() as number);
  }

  /** What the scale is multiplied with when it grows. */
  get_growth_factor(): number {
    return this._growth_factor;
  }

  set_growth_factor(new_factor: number): void {
    this._growth_factor = new_factor;
  }

  /** What the scale is multiplied with when there was an infinity. */
  get_backoff_factor(): number {
    return this._backoff_factor;
  }

  set_backoff_factor(new_factor: number): void {
    this._backoff_factor = new_factor;
  }

  /** After how many steps without an infinity the scale grows. */
  get_growth_interval(): number {
    return this._growth_interval;
  }

  set_growth_interval(new_interval: number): void {
    this._growth_interval = new_interval;
  }

  /** @internal */
  _get_growth_tracker(): number {
    if (!this._enabled) return 0;
    return this._growth_tracker === null ? this._init_growth_tracker : (this._growth_tracker.item() as number);
  }

  /** Whether the scaler does anything. */
  is_enabled(): boolean {
    return this._enabled;
  }

  /** The scaler's state as numbers; empty for a disabled one. */
  state_dict(): GradScalerState | Record<string, never> {
    if (!this._enabled) return {};
    return {
      scale: this.get_scale(),
      growth_factor: this._growth_factor,
      backoff_factor: this._backoff_factor,
      growth_interval: this._growth_interval,
      _growth_tracker: this._get_growth_tracker(),
    };
  }

  /** Takes a state over that state_dict() returned. */
  load_state_dict(state_dict: GradScalerState | Record<string, never>): void {
    if (!this._enabled) return;
    if (Object.keys(state_dict).length === 0) {
      throw new RuntimeError(
        "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler.",
      );
    }
    const state = state_dict as GradScalerState;
    this._init_scale = state.scale;
    this._scale?.fill_(state.scale);
    this._growth_factor = state.growth_factor;
    this._backoff_factor = state.backoff_factor;
    this._growth_interval = state.growth_interval;
    this._init_growth_tracker = state._growth_tracker;
    this._growth_tracker?.fill_(state._growth_tracker);
  }

  /** @internal */
  _check_inf_per_device(optimizer: Optimizer): Map<string, Tensor> {
    const [scale] = this.#checkScale("_check_inf_per_device");
    const dummy = torch.full([], 1.0, { dtype: float32, device: scale.device });
    const found_inf = torch.full([], 0.0, { dtype: float32, device: scale.device });
    const state = this.#stateOf(optimizer);
    state.found_inf_per_device = this._unscale_grads_(optimizer, dummy, found_inf, true);
    return state.found_inf_per_device;
  }

  /** @internal */
  _found_inf_per_device(optimizer: Optimizer): Map<string, Tensor> {
    return this.#stateOf(optimizer).found_inf_per_device;
  }
}

takeKeywords("GradScaler", GradScalerBase.prototype, { load_state_dict: ["state_dict"] }, { dict: 0 });
takeKeywords("GradScaler", GradScalerBase.prototype, {
  get_backoff_factor: [],
  get_growth_factor: [],
  get_growth_interval: [],
  get_scale: [],
  is_enabled: [],
  set_backoff_factor: ["new_factor"],
  set_growth_factor: ["new_factor"],
  set_growth_interval: ["new_interval"],
  state_dict: [],
  scale: ["outputs"],
  unscale_: ["optimizer"],
  update: ["new_scale"],
});

/**
 * Scales losses so that float16 gradients do not vanish: `scaler.scale(loss).backward()`, `scaler.step(optimizer)`,
 * `scaler.update()`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/amp.html#torch.amp.GradScaler}
 */
export const GradScaler = keywordClass<GradScalerBase>("GradScaler")(GradScalerBase, [
  "device",
  "init_scale",
  "growth_factor",
  "backoff_factor",
  "growth_interval",
  "enabled",
]);
export type GradScaler = GradScalerBase;
