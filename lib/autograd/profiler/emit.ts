// torch/autograd/profiler.py: emit_itt and emit_nvtx

import { enterForUsing, type Manager, managerClass } from "../../arguments/manager.js";
import { native } from "../../binding.js";
import { synchronize } from "../../cuda/_device.js";
import { RuntimeError } from "../../errors.js";
import { followAsync } from "../../modes.js";
import { ProfilerState } from "../profiler_util/enums.js";
import { _ExperimentalConfig } from "./config.js";

function enable(state: number, record_shapes: boolean): void {
  followAsync();
  native.enableProfiler(
    {
      state,
      record_shapes,
      profile_memory: false,
      with_stack: false,
      with_flops: false,
      with_modules: false,
      experimental_config: _ExperimentalConfig(),
      trace_id: "",
    },
    [],
  );
}

abstract class Emitter implements Manager {
  entered = false;

  constructor(
    readonly enabled = true,
    readonly record_shapes = false,
  ) {}

  protected abstract readonly kind: "ITT" | "NVTX";

  /** Waits for the device whose work the ranges are about. */
  protected synchronize(): void {}

  __enter__(): this {
    if (!this.enabled) return this;
    if (this.entered) throw new RuntimeError(`${this.kind} annotation context manager is not reentrant`);
    this.entered = true;
    this.synchronize();
    enable(ProfilerState[this.kind], this.record_shapes);
    return this;
  }

  __exit__(): void {
    if (!this.enabled) return;
    this.synchronize();
    native.disableProfiler();
  }

  get [Symbol.dispose](): () => void {
    return enterForUsing(this);
  }
}

class EmitItt extends Emitter {
  protected get kind() {
    return "ITT" as const;
  }
}

/**
 * Makes each operator emit a range that Intel's VTune shows.
 *
 * Throws RuntimeError where libtorch was built without ITT.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.profiler.emit_itt}
 */
export const emit_itt = managerClass<EmitItt>("emit_itt")(EmitItt, ["enabled", "record_shapes"]);
export type emit_itt = EmitItt;

class EmitNvtx extends Emitter {
  protected get kind() {
    return "NVTX" as const;
  }

  protected override synchronize(): void {
    synchronize();
  }
}

/**
 * Makes each operator emit a range that NVIDIA's profilers show.
 *
 * Throws RuntimeError where there is no CUDA device.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.profiler.emit_nvtx}
 */
export const emit_nvtx = managerClass<EmitNvtx>("emit_nvtx")(EmitNvtx, ["enabled", "record_shapes"]);
export type emit_nvtx = EmitNvtx;
