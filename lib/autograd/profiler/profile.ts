// torch/autograd/profiler.py: profile

import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { takeKeywords } from "../../arguments/class.js";
import { enterForUsing, type Manager, managerClass } from "../../arguments/manager.js";
import { native } from "../../binding.js";
import * as cuda from "../../cuda/_device.js";
import { AssertionError, NotImplementedError, RuntimeError, ValueError } from "../../errors.js";
import { followAsync } from "../../modes.js";
import type { Keywords } from "../../types.js";
import { warn } from "../../warnings.js";
import { ProfilerActivity, ProfilerState } from "../profiler_util/enums.js";
import { EventList, TABLE_PARAMETERS, type TableKeywords } from "../profiler_util/event_list.js";
import type { FunctionEventAvg } from "../profiler_util/function_event_avg.js";
import { _ExperimentalConfig } from "./config.js";
import { _ProfilerResult } from "./kineto.js";
import { parse_kineto_results } from "./parse.js";

/** By what key_averages() groups. */
export interface KeyAveragesOptions {
  group_by_input_shape?: boolean;
  group_by_stack_n?: number;
  group_by_overload_name?: boolean;
  include_python_functions?: boolean;
}

/** How long the parts of a profiler's work took. */
export class _ProfilerStats {
  profiling_window_duration_sec = 0;
  number_of_events = 0;
  profiler_prepare_call_duration_us = 0;
  profiler_enable_call_duration_us = 0;
  profiler_disable_call_duration_us = 0;
  parse_kineto_call_duration_us = 0;
  function_events_build_tree_call_duration_us = 0;
}

const supported = () => native.supportedActivities();
const microseconds = (since: number) => Math.trunc((performance.now() - since) * 1000);

function traceOnly(config: _ExperimentalConfig, with_stack: boolean): _ExperimentalConfig {
  if (!config.trace_only || !with_stack) return config;
  warn(
    "trace_only=True is incompatible with with_stack=True (stack traces require event post-processing). Disabling trace_only.",
  );
  return _ExperimentalConfig({ ...config, trace_only: false });
}

function checkDevice(use_device: string | null): string | null {
  if (use_device === null) return null;
  if (!["cuda", "xpu", "mtia", "hpu"].includes(use_device)) {
    warn(`The ${use_device} is not a valid device option.`);
    return null;
  }
  if (use_device === "cuda" && cuda.is_available()) return use_device;
  if (use_device === "mtia") return use_device;
  warn(`${use_device.toUpperCase()} is not available, disabling ${use_device.toUpperCase()} profiling`);
  return null;
}

class Profile implements Manager {
  use_device: string | null = null;
  entered = false;
  kineto_results: _ProfilerResult | null = null;
  profiling_start_time_ns = 0;
  profiling_end_time_ns = 0;
  trace_id = "";
  profiler_kind: number = ProfilerState.KINETO;
  readonly kineto_activities = new Set<ProfilerActivity>();
  readonly _stats = new _ProfilerStats();
  _function_events: EventList | null = null;
  _old_function_events: EventList | null = null;
  _needs_processing = false;

  constructor(
    readonly enabled = true,
    use_device: string | null = null,
    public record_shapes = false,
    readonly with_flops = false,
    readonly profile_memory = false,
    readonly with_stack = false,
    readonly with_modules = false,
    use_kineto = false,
    readonly use_cpu = true,
    public experimental_config: _ExperimentalConfig | null = null,
    readonly acc_events = false,
    readonly custom_trace_id_callback: (() => string) | null = null,
    readonly post_processing_timeout_s: number | null = null,
    readonly activity_filters: ReadonlyMap<ProfilerActivity, ReadonlySet<string>> | null = null,
    readonly _profiler_extensions: Readonly<Record<string, string>> | null = null,
  ) {
    if (!enabled) return;
    this.record_shapes ||= with_flops;
    this.experimental_config = traceOnly(experimental_config ?? _ExperimentalConfig(), with_stack);
    if (this.experimental_config.adjust_profiler_step) {
      warn("adjust_profiler_step is deprecated and ignored. It will be removed in a future release.", "FutureWarning");
    }
    if (with_modules) {
      warn(
        "with_modules is deprecated and will be removed in a future release. It only collects data for TorchScript models, which are themselves deprecated, and does nothing in eager mode. Use with_stack=True, which records nn.Module events for eager models.",
        "FutureWarning",
      );
    }
    if (!use_cpu && !use_kineto) {
      throw new AssertionError("Device-only events supported only with Kineto (use_kineto=True)");
    }
    this.use_device = checkDevice(use_device);
    if (use_cpu) this.kineto_activities.add(ProfilerActivity.CPU);
    this.#addDevice(use_kineto);
    if (this.kineto_activities.size === 0) throw new AssertionError("No activities specified for the profiler");
    if (post_processing_timeout_s !== null && post_processing_timeout_s < 0) {
      throw new ValueError("post_processing_timeout_s must be non-negative");
    }
  }

  #addDevice(use_kineto: boolean): void {
    if (this.use_device === null) return;
    const activity = this.use_device === "cuda" ? ProfilerActivity.CUDA : ProfilerActivity.MTIA;
    if (use_kineto && supported().includes(activity.value)) {
      this.kineto_activities.add(activity);
    } else if (activity !== ProfilerActivity.CUDA) {
      throw new AssertionError("Legacy MTIA profiling is not supported. Requires use_kineto=True on MTIA devices.");
    } else {
      if (!this.use_cpu) throw new AssertionError("Legacy CUDA profiling requires use_cpu=True");
      this.profiler_kind = ProfilerState.KINETO_GPU_FALLBACK;
    }
  }

  /** A name for a trace of its own. */
  default_trace_id(): string {
    return randomUUID().replaceAll("-", "").toUpperCase();
  }

  create_trace_id(): string {
    return this.custom_trace_id_callback ? this.custom_trace_id_callback() : this.default_trace_id();
  }

  /** @internal What libtorch is told. */
  config(create_trace_id = false): Parameters<typeof native.enableProfiler>[0] {
    if (create_trace_id) this.trace_id = this.create_trace_id();
    return {
      state: this.profiler_kind,
      record_shapes: this.record_shapes,
      profile_memory: this.profile_memory,
      with_stack: this.with_stack,
      with_flops: this.with_flops,
      with_modules: this.with_modules,
      experimental_config: this.#experimental,
      trace_id: this.trace_id,
    };
  }

  get #experimental(): _ExperimentalConfig {
    return this.experimental_config ?? _ExperimentalConfig();
  }

  get #activities(): number[] {
    return [...this.kineto_activities].map((activity) => activity.value);
  }

  __enter__(): this {
    if (!this.enabled) return this;
    if (this.entered) throw new RuntimeError("Profiler context manager is not reentrant");
    this._prepare_trace();
    this._start_trace();
    return this;
  }

  /** `using prof = torch.autograd.profiler.profile()` */
  get [Symbol.dispose](): () => void {
    return enterForUsing(this);
  }

  _prepare_trace(): void {
    this.entered = true;
    followAsync();
    const start = performance.now();
    const filter = [...(this.activity_filters ?? [])].map(([activity, names]) => [activity.value, [...names]] as const);
    native.prepareProfiler(
      this.config(true),
      this.#activities,
      filter as [number, string[]][],
      Object.entries(this._profiler_extensions ?? {}),
    );
    this._stats.profiler_prepare_call_duration_us = microseconds(start);
  }

  _start_trace(): void {
    this.entered = true;
    followAsync();
    const start = performance.now();
    native.enableProfiler(this.config(), this.#activities);
    this._stats.profiler_enable_call_duration_us = microseconds(start);
    this.profiling_start_time_ns = performance.now() * 1e6;
  }

  __exit__(): void {
    if (!this.enabled) return;
    if (this.use_device === "cuda") cuda.synchronize();
    if (this._function_events?.length && this.acc_events) this._old_function_events = this._function_events;
    this._function_events = null;
    this._needs_processing = true;
    followAsync();
    const start = performance.now();
    this.kineto_results = new _ProfilerResult(native.disableProfiler());
    this._stats.profiler_disable_call_duration_us = microseconds(start);
    this.profiling_end_time_ns = start * 1e6;
    this._stats.profiling_window_duration_sec = (this.profiling_end_time_ns - this.profiling_start_time_ns) / 1e9;
    // What is accumulated must be read before the next start.
    if (this.acc_events && !this.#experimental.trace_only) this._ensure_function_events();
  }

  __repr__(): string {
    if (this._needs_processing) this._ensure_function_events();
    return this._function_events?.__repr__() ?? "<unfinished torch.autograd.profile>";
  }

  __str__(): string {
    if (this._needs_processing) this._ensure_function_events();
    return this._function_events?.__str__() ?? "<unfinished torch.autograd.profile>";
  }

  toString(): string {
    return this.__str__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }

  /** @internal Makes the events when they are asked for. */
  _ensure_function_events(): EventList {
    if (this.#experimental.trace_only) {
      throw new RuntimeError(
        "events() is not available when trace_only=True in ExperimentalConfig. Use export_chrome_trace() instead.",
      );
    }
    if (this._function_events !== null) return this._function_events;
    this._needs_processing = false;
    let start = performance.now();
    const recorded = this.kineto_results?.events() ?? [];
    const parsed = parse_kineto_results(recorded, this.use_device, this.post_processing_timeout_s);
    this._stats.parse_kineto_call_duration_us = microseconds(start);
    const { use_device, profile_memory, with_flops } = this;
    const events = EventList(parsed, { use_device, profile_memory, with_flops }) as EventList;
    start = performance.now();
    events._build_tree();
    this._stats.function_events_build_tree_call_duration_us = microseconds(start);
    this._stats.number_of_events = events.length;
    if (this._old_function_events && this.acc_events) {
      for (const event of this._old_function_events) events.push(event);
      this._old_function_events = null;
    }
    this._function_events = events;
    return events;
  }

  /** The events. */
  get function_events(): EventList {
    return this._ensure_function_events();
  }

  /** The events as a table of text: see EventList.table(). */
  table(keywords?: Keywords<Omit<TableKeywords, "time_unit">>): string;
  table(sort_by?: string | null, row_limit?: number, keywords?: Keywords<Omit<TableKeywords, "time_unit">>): string;
  table(
    sort_by: unknown = null,
    row_limit: unknown = 100,
    max_src_column_width: unknown = 75,
    max_name_column_width: unknown = 55,
    max_shapes_column_width: unknown = 80,
    header: unknown = null,
    top_level_events_only: unknown = false,
  ): string {
    return this._ensure_function_events().table({
      sort_by,
      row_limit,
      max_src_column_width,
      max_name_column_width,
      max_shapes_column_width,
      header,
      top_level_events_only,
    } as TableKeywords);
  }

  /**
   * Writes the trace as a file for Chrome's trace viewer. There is one exporter: `use_python_export` changes nothing.
   *
   * Throws NotImplementedError for what only Python's exporter adds: annotations and lanes of CUDA graphs.
   */
  export_chrome_trace(
    path: string,
    _metadata: Record<string, unknown> | null = null,
    _use_python_export = false,
    cuda_graph_annotations: Record<string, unknown> | null = null,
    graph_lanes = "none",
    _default_stream = 7,
  ): void {
    if (Object.keys(cuda_graph_annotations ?? {}).length > 0 || graph_lanes !== "none")
      throw new NotImplementedError("annotations and lanes of CUDA graphs are written by Python's exporter alone");
    if (this.kineto_results === null) throw new RuntimeError("the profiler has not run");
    this.kineto_results.save(path);
  }

  /** Writes where events were called from: see EventList.export_stacks(). */
  export_stacks(path: string, metric = "self_cpu_time_total"): void {
    const events = this._ensure_function_events();
    if (!this.with_stack) throw new AssertionError("export_stacks() requires with_stack=True");
    events.export_stacks(path, metric);
  }

  /** Turns what is recorded of activities on or off while the profiler runs. */
  toggle_collection_dynamic(enabled: boolean, activities: Iterable<ProfilerActivity>): void {
    native.toggleProfiler(
      enabled,
      [...activities].map((activity) => activity.value),
    );
  }

  /** Adds up the events with the same key: see EventList.key_averages(). */
  key_averages(keywords?: Keywords<KeyAveragesOptions>): EventList<FunctionEventAvg>;
  key_averages(
    group_by_input_shape?: boolean,
    group_by_stack_n?: number,
    group_by_overload_name?: boolean,
    include_python_functions?: boolean,
  ): EventList<FunctionEventAvg>;
  key_averages(
    group_by_input_shape: unknown = false,
    group_by_stack_n = 0,
    group_by_overload_name = false,
    include_python_functions = false,
  ): EventList<FunctionEventAvg> {
    return this._ensure_function_events().key_averages(
      group_by_input_shape as boolean,
      group_by_stack_n,
      group_by_overload_name,
      include_python_functions,
    );
  }

  /** All events added up. */
  total_average(): FunctionEventAvg {
    return this._ensure_function_events().total_average();
  }

  /** The time that all events took on the CPU without what lies within them, in microseconds. */
  get self_cpu_time_total(): number {
    return this._ensure_function_events().self_cpu_time_total;
  }
}

takeKeywords("profile", Profile.prototype, {
  config: ["create_trace_id"],
  create_trace_id: [],
  default_trace_id: [],
  table: TABLE_PARAMETERS,
  export_chrome_trace: [
    "path",
    "metadata",
    "use_python_export",
    "cuda_graph_annotations",
    "graph_lanes",
    "default_stream",
  ],
  total_average: [],
  export_stacks: ["path", "metric"],
  toggle_collection_dynamic: ["enabled", "activities"],
  key_averages: ["group_by_input_shape", "group_by_stack_n", "group_by_overload_name", "include_python_functions"],
});

/**
 * Records what libtorch does while a function runs; `torch.profiler.profile` is what most programs want.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.profiler.profile}
 */
export const profile = managerClass<Profile>("profile")(Profile, [
  "enabled",
  "*",
  "use_device",
  "record_shapes",
  "with_flops",
  "profile_memory",
  "with_stack",
  "with_modules",
  "use_kineto",
  "use_cpu",
  "experimental_config",
  "acc_events",
  "custom_trace_id_callback",
  "post_processing_timeout_s",
  "activity_filters",
  "_profiler_extensions",
]);
export type profile = Profile;
