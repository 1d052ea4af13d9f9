// torch/profiler/profiler.py

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { takeKeywords } from "../arguments/class.js";
import { def } from "../arguments/function.js";
import { enterForUsing, type Manager, managerClass } from "../arguments/manager.js";
import type { _ExperimentalConfig } from "../autograd/profiler/config.js";
import { KinetoStepTracker } from "../autograd/profiler/kineto_step_tracker.js";
import type { _ProfilerStats } from "../autograd/profiler/profile.js";
import { record_function } from "../autograd/profiler/record_function.js";
import { native } from "../binding.js";
import { AssertionError, RuntimeError, ValueError } from "../errors.js";
import { warn } from "../warnings.js";
import { _parse_activities, type Activities } from "./activities.js";
import { ExecutionTraceObserver } from "./execution_trace_observer.js";
import { _KinetoProfile, type TraceObserver } from "./kineto_profile.js";
import { ProfilerAction, type Schedule } from "./schedule.js";

const PROFILER_STEP_NAME = "ProfilerStep";
const { NONE, WARMUP, RECORD, RECORD_AND_SAVE, DEVICE_STOPPED } = ProfilerAction;

/**
 * What `on_trace_ready` may be: each trace is written to a folder, from which TensorBoard reads it. A worker's name is the
 * host's and the process's number, unless it is given.
 *
 * `tensorboard_trace_handler(dir_name, worker_name=None, use_gzip=False, use_python_export=False)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/profiler.html#torch.profiler.tensorboard_trace_handler}
 */
export const tensorboard_trace_handler = def(
  "tensorboard_trace_handler",
  ["dir_name", "worker_name", "use_gzip", "use_python_export"],
  (dir_name: string, worker_name: string | null = null, use_gzip = false, use_python_export = false) =>
    (prof: _KinetoProfile): void => {
      try {
        fs.mkdirSync(dir_name, { recursive: true });
      } catch (cause) {
        throw Object.assign(new RuntimeError(`Can't create directory: ${dir_name}`), { cause });
      }
      const worker = worker_name || `${os.hostname()}_${process.pid}`;
      const time_ns = BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);
      const file = `${worker}.${time_ns}.pt.trace.json${use_gzip ? ".gz" : ""}`;
      prof.export_chrome_trace(path.join(dir_name, file), use_python_export);
    },
);

type Action = "prepare_trace" | "start_trace" | "stop_trace" | "_trace_ready" | (() => void);

const incorrect = (from: string, to: string) => () => warn(`Incorrect schedule: ${from} followed by ${to}`);
const unreachable = (from: string) => () => {
  throw new RuntimeError(`Profiler internal error: ${from} -> DEVICE_STOPPED should be unreachable`);
};

const begin: Action[] = ["prepare_trace", "start_trace"];
const finish: Action[] = ["stop_trace", "_trace_ready"];

/** What is done between the actions of two steps, the second null at the end. */
const action_map = new Map<ProfilerAction, ReadonlyMap<ProfilerAction | null, readonly Action[]>>([
  [
    NONE,
    new Map([
      [WARMUP, ["prepare_trace"]],
      [RECORD, begin],
      [RECORD_AND_SAVE, begin],
      [DEVICE_STOPPED, [unreachable("NONE")]],
    ] as [ProfilerAction, Action[]][]),
  ],
  [
    WARMUP,
    new Map([
      [NONE, [incorrect("WARMUP", "NONE"), "start_trace", "stop_trace"]],
      [RECORD, ["start_trace"]],
      [RECORD_AND_SAVE, ["start_trace"]],
      [DEVICE_STOPPED, ["start_trace", ...finish]],
      [null, ["start_trace", "stop_trace"]],
    ] as [ProfilerAction | null, Action[]][]),
  ],
  [
    RECORD,
    new Map([
      [NONE, [incorrect("RECORD", "NONE"), "stop_trace"]],
      [WARMUP, [incorrect("RECORD", "WARMUP"), "stop_trace"]],
      [DEVICE_STOPPED, finish],
      [null, finish],
    ] as [ProfilerAction | null, Action[]][]),
  ],
  [
    RECORD_AND_SAVE,
    new Map([
      [NONE, finish],
      [WARMUP, [...finish, "prepare_trace"]],
      [RECORD, [...finish, ...begin]],
      [RECORD_AND_SAVE, [...finish, ...begin]],
      [DEVICE_STOPPED, [unreachable("RECORD_AND_SAVE")]],
      [null, finish],
    ] as [ProfilerAction | null, Action[]][]),
  ],
  [
    DEVICE_STOPPED,
    new Map([
      [WARMUP, ["prepare_trace"]],
      [RECORD, begin],
      [RECORD_AND_SAVE, begin],
    ] as [ProfilerAction, Action[]][]),
  ],
]);

function checkSchedule(action: ProfilerAction): ProfilerAction {
  if (action !== DEVICE_STOPPED) return action;
  throw new ValueError(
    "ProfilerAction.DEVICE_STOPPED is set internally by the profiler and must not be returned by a user-provided schedule",
  );
}

class Profile extends _KinetoProfile implements Manager {
  readonly schedule: Schedule;
  readonly record_steps: boolean;
  step_num = 0;
  step_rec_fn: record_function | null = null;
  current_action: ProfilerAction;
  /** What the schedule said of the last step, where `current_action` may be DEVICE_STOPPED. */
  _prev_schedule_action: ProfilerAction;

  constructor(
    activities: Activities | null = null,
    schedule: Schedule | null = null,
    readonly on_trace_ready: ((prof: Profile) => unknown) | null = null,
    record_shapes = false,
    profile_memory = false,
    with_stack = false,
    with_flops = false,
    with_modules = false,
    experimental_config: _ExperimentalConfig | null = null,
    execution_trace_observer: TraceObserver | null = null,
    acc_events = false,
    custom_trace_id_callback: (() => string) | null = null,
    post_processing_timeout_s: number | null = null,
  ) {
    const given = activities === null ? null : [...activities];
    if (_parse_activities(given).activities.size === 0) throw new AssertionError("No valid profiler activities found");
    super(
      given,
      record_shapes,
      profile_memory,
      with_stack,
      with_flops,
      with_modules,
      experimental_config,
      execution_trace_observer ?? ExecutionTraceObserver.build_execution_trace_obs_from_env(),
      acc_events,
      custom_trace_id_callback,
      post_processing_timeout_s,
    );
    this.schedule = schedule ?? (() => RECORD);
    this.record_steps = schedule !== null;
    this.current_action = checkSchedule(this.schedule(this.step_num));
    this._prev_schedule_action = this.current_action;
    KinetoStepTracker.init_step_count(PROFILER_STEP_NAME);
  }

  __enter__(): this {
    this.start();
    return this;
  }

  __exit__(): void {
    this.stop();
    KinetoStepTracker.erase_step_count(PROFILER_STEP_NAME);
    this.execution_trace_observer?.cleanup();
  }

  /** `using prof = torch.profiler.profile()` */
  get [Symbol.dispose](): () => void {
    return enterForUsing(this);
  }

  #beginStep(): void {
    if (!this.record_steps) return;
    this.step_rec_fn = record_function(`ProfilerStep#${this.step_num}`);
    this.step_rec_fn.__enter__();
  }

  #endStep(): void {
    this.step_rec_fn?.__exit__();
    this.step_rec_fn = null;
  }

  /** Begins to do what the schedule says. */
  override start(): void {
    this.#transit(NONE, this.current_action);
    this.#beginStep();
  }

  /** Ends; what was recorded is ready. */
  override stop(): void {
    this.#endStep();
    this.#transit(this.current_action, null);
    this.current_action = this._prev_schedule_action;
  }

  /**
   * Tells that the next step begins.
   *
   * {@link https://docs.pytorch.org/docs/2.15/profiler.html#torch.profiler.profile.step}
   */
  step(): void {
    this.#endStep();
    const prev_action = this.current_action;
    const prev_schedule_action = this._prev_schedule_action;
    const next_step = this.step_num + 1;
    const schedule_action = checkSchedule(this.schedule(next_step));
    this.step_num = next_step;
    this.current_action = schedule_action;
    this._prev_schedule_action = schedule_action;
    if (prev_action === DEVICE_STOPPED) {
      // A cycle whose device stopped early is sat out to its end.
      if (prev_schedule_action !== RECORD_AND_SAVE && schedule_action !== NONE) this.current_action = DEVICE_STOPPED;
    } else if (this.#hasStopped(prev_action)) {
      warn(
        `Device profiling activity collection was stopped early at step ${this.step_num}. Profiler schedule is proceeding until next cycle without actual profiler activity collection.`,
      );
      this.current_action = DEVICE_STOPPED;
    }
    this.#transit(prev_action, this.current_action);
    if (process.env.KINETO_USE_DAEMON) KinetoStepTracker.increment_step(PROFILER_STEP_NAME);
    this.#beginStep();
  }

  #hasStopped(prev_action: ProfilerAction): boolean {
    const isOpen = prev_action === WARMUP || prev_action === RECORD;
    return isOpen && this.use_device !== null && this.current_action !== NONE && native.isProfilerStopped();
  }

  /** Sets what names the traces of the next cycles. */
  set_custom_trace_id_callback(callback: (() => string) | null): void {
    this.custom_trace_id_callback = callback;
  }

  /** The name of the present trace. */
  get_trace_id(): string | null {
    return this.profiler === null ? null : this.profiler.trace_id;
  }

  /** @internal */
  _trace_ready(): void {
    this.on_trace_ready?.(this);
  }

  #transit(prev_action: ProfilerAction, current_action: ProfilerAction | null): void {
    for (const action of action_map.get(prev_action)?.get(current_action) ?? []) {
      if (typeof action === "function") action();
      else this[action]();
    }
  }

  /** @internal */
  _stats(): _ProfilerStats | null {
    return this.profiler === null ? null : this.profiler._stats;
  }
}

takeKeywords("profile", Profile.prototype, {
  get_trace_id: [],
  set_custom_trace_id_callback: ["callback"],
  start: [],
  step: [],
  stop: [],
});

/**
 * Records what libtorch does while a function runs: `profile({ activities: [ProfilerActivity.CPU] }, (prof) => ...)`, in a
 * `using` block, or between `start()` and `stop()`; for an async function until that has settled.
 *
 * `profile(*, activities=None, schedule=None, on_trace_ready=None, record_shapes=False, profile_memory=False,
 * with_stack=False, with_flops=False, with_modules=False, experimental_config=None, execution_trace_observer=None,
 * acc_events=False, custom_trace_id_callback=None, post_processing_timeout_s=None) -> None`
 *
 * `schedule` says which steps are recorded, `on_trace_ready` is called after each cycle of them; `record_shapes`,
 * `profile_memory`, `with_stack` and `with_flops` record more.
 *
 * {@link https://docs.pytorch.org/docs/2.15/profiler.html#torch.profiler.profile}
 */
export const profile = managerClass<Profile>("profile")(Profile, [
  "*",
  "activities",
  "schedule",
  "on_trace_ready",
  "record_shapes",
  "profile_memory",
  "with_stack",
  "with_flops",
  "with_modules",
  "experimental_config",
  "execution_trace_observer",
  "acc_events",
  "custom_trace_id_callback",
  "post_processing_timeout_s",
]);
export type profile = Profile;
