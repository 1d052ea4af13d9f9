// torch/profiler/profiler.py: _KinetoProfile

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { takeKeywords } from "../arguments/class.js";
import { _ExperimentalConfig } from "../autograd/profiler/config.js";
import * as prof from "../autograd/profiler/profile.js";
import { ProfilerActivity } from "../autograd/profiler_util/enums.js";
import type { EventList } from "../autograd/profiler_util/event_list.js";
import type { FunctionEventAvg } from "../autograd/profiler_util/function_event_avg.js";
import { native } from "../binding.js";
import { current_device } from "../cuda/_device.js";
import { AssertionError, RuntimeError } from "../errors.js";
import type { Keywords } from "../types.js";
import { warn } from "../warnings.js";
import { _parse_activities, type Activities, type ProfilerActivityConfig } from "./activities.js";

/** What starts and stops with a profiler: an ExecutionTraceObserver. */
export interface TraceObserver {
  start(): void;
  stop(): void;
  cleanup(): void;
}

const warned = new Set<string>();

function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  warn(message);
}

const devices = [
  [ProfilerActivity.CUDA, "cuda"],
  [ProfilerActivity.XPU, "xpu"],
  [ProfilerActivity.MTIA, "mtia"],
  [ProfilerActivity.HPU, "hpu"],
] as const;

/** Compresses what a function writes to a file. */
function writeCompressed(target: string, write: (path: string) => void): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-profiler-"));
  try {
    const file = path.join(folder, "trace.json");
    write(file);
    fs.writeFileSync(target, zlib.gzipSync(fs.readFileSync(file)));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** What export_chrome_trace() takes by keyword. */
interface ChromeTraceKeywords {
  use_python_export?: boolean;
  cuda_graph_annotations?: Record<string, unknown> | null;
  graph_lanes?: string;
  default_stream?: number;
}

/** A profiler that is started and stopped by hand. */
export class _KinetoProfile {
  readonly activities: ReadonlySet<ProfilerActivity>;
  readonly activity_configs: ReadonlyMap<ProfilerActivity, ProfilerActivityConfig>;
  readonly use_device: string | null;
  profiler: prof.profile | null = null;
  readonly preset_metadata: Record<string, string> = {};
  readonly _trace_metadata: Record<string, string> = {};

  constructor(
    activities: Activities | null = null,
    readonly record_shapes = false,
    readonly profile_memory = false,
    readonly with_stack = false,
    readonly with_flops = false,
    readonly with_modules = false,
    public experimental_config: _ExperimentalConfig | null = null,
    readonly execution_trace_observer: TraceObserver | null = null,
    readonly acc_events = false,
    public custom_trace_id_callback: (() => string) | null = null,
    readonly post_processing_timeout_s: number | null = null,
  ) {
    const parsed = _parse_activities(activities);
    this.activities = parsed.activities;
    this.activity_configs = parsed.configs;
    if (experimental_config?.trace_only && with_stack) {
      warn(
        "trace_only=True is incompatible with with_stack=True (stack traces require event post-processing). Disabling trace_only.",
      );
      this.experimental_config = _ExperimentalConfig({ ...experimental_config, trace_only: false });
    }
    this.use_device = devices.find(([activity]) => parsed.activities.has(activity))?.[1] ?? null;
  }

  /** Begins to record. */
  start(): void {
    this.prepare_trace();
    this.start_trace();
  }

  /** Ends to record. */
  stop(): void {
    this.stop_trace();
  }

  prepare_trace(): void {
    if (this.profiler !== null && !this.acc_events) {
      warnOnce(
        "Warning: Profiler clears events at the end of each cycle. Only events from the current cycle will be reported. To keep events across cycles, set acc_events=True.",
      );
    }
    if (this.profiler === null || !this.acc_events) this.profiler = this.#makeProfiler();
    this.profiler._prepare_trace();
  }

  #makeProfiler(): prof.profile {
    const activity_filters = new Map<ProfilerActivity, ReadonlySet<string>>();
    const extensions: Record<string, string> = {};
    for (const [activity, { activity_types, profiler_configs }] of this.activity_configs) {
      if (activity_types !== null) activity_filters.set(activity, new Set(activity_types));
      for (const config of profiler_configs) Object.assign(extensions, config._to_config_entries());
    }
    if ("PERFORMANCE_METRICS" in extensions) extensions.PERFORMANCE_METRICS_DEVICE_ID = String(current_device());
    return prof.profile({
      use_cpu: this.activities.has(ProfilerActivity.CPU),
      use_device: this.use_device,
      record_shapes: this.record_shapes,
      with_flops: this.with_flops,
      profile_memory: this.profile_memory,
      with_stack: this.with_stack,
      with_modules: this.with_modules,
      use_kineto: true,
      experimental_config: this.experimental_config,
      acc_events: this.acc_events,
      custom_trace_id_callback: this.custom_trace_id_callback,
      post_processing_timeout_s: this.post_processing_timeout_s,
      activity_filters,
      _profiler_extensions: extensions,
    });
  }

  start_trace(): void {
    this.execution_trace_observer?.start();
    this.#ready("starting trace")._start_trace();
    if (this.profile_memory) this.add_metadata_json("profile_memory", "1");
    if (this.with_stack) this.add_metadata_json("with_stack", "1");
    if (this.record_shapes) this.add_metadata_json("record_shapes", "1");
    if (this.with_modules) this.add_metadata_json("with_modules", "1");
    if (this.with_flops) this.add_metadata_json("with_flops", "1");
    for (const [key, value] of Object.entries(this.preset_metadata)) this.add_metadata_json(key, value);
  }

  stop_trace(): void {
    this.execution_trace_observer?.stop();
    this.#ready("stopping trace").__exit__();
  }

  #ready(action: string): prof.profile {
    if (this.profiler === null) throw new AssertionError(`Profiler must be initialized before ${action}`);
    return this.profiler;
  }

  /** Writes the trace as a file for Chrome's trace viewer, compressed where the name ends with ".gz". */
  export_chrome_trace(
    path: string,
    use_python_export: boolean | Keywords<ChromeTraceKeywords> = false,
    cuda_graph_annotations: Record<string, unknown> | null = null,
    graph_lanes = "none",
    default_stream = 7,
  ): void {
    const profiler = this.#ready("exporting chrome trace");
    const write = (file: string) =>
      profiler.export_chrome_trace(
        file,
        null,
        Boolean(use_python_export),
        cuda_graph_annotations,
        graph_lanes,
        default_stream,
      );
    if (path.endsWith(".gz")) writeCompressed(path, write);
    else write(path);
  }

  /** Writes where events were called from: see EventList.export_stacks(). */
  export_stacks(path: string, metric = "self_cpu_time_total"): void {
    this.#ready("exporting stacks").export_stacks(path, metric);
  }

  /** Turns what is recorded of activities on or off while the profiler runs. */
  toggle_collection_dynamic(enable: boolean, activities: Iterable<ProfilerActivity>): void {
    this.profiler?.toggle_collection_dynamic(enable, activities);
  }

  /**
   * Adds up the events with the same key: the name, and what else is asked for.
   *
   * {@link https://docs.pytorch.org/docs/2.15/profiler.html#torch.profiler._KinetoProfile.key_averages}
   */
  key_averages(keywords?: Keywords<prof.KeyAveragesOptions>): EventList<FunctionEventAvg>;
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
    return this.#ready("getting key averages").key_averages(
      group_by_input_shape as boolean,
      group_by_stack_n,
      group_by_overload_name,
      include_python_functions,
    );
  }

  /** The events one by one. */
  events(): EventList {
    const profiler = this.#ready("accessing events");
    if (this.experimental_config?.trace_only) {
      throw new RuntimeError(
        "events() is not available when trace_only=True in ExperimentalConfig. Use export_chrome_trace() instead.",
      );
    }
    return profiler.function_events;
  }

  /** Adds text to the trace that is recorded. */
  add_metadata(key: string, value: string): void {
    this.add_metadata_json(key, `"${value.replaceAll('"', '\\"')}"`);
  }

  /** Adds a value in JSON to the trace that is recorded. */
  add_metadata_json(key: string, value: string): void {
    this._trace_metadata[key] = value;
    native.addProfilerMetadata(key, value);
  }

  /** Adds a value in JSON to each trace that is recorded later. */
  preset_metadata_json(key: string, value: string): void {
    this.preset_metadata[key] = value;
  }
}

takeKeywords("_KinetoProfile", _KinetoProfile.prototype, {
  events: [],
  prepare_trace: [],
  start_trace: [],
  stop_trace: [],
  export_chrome_trace: ["path", "use_python_export", "cuda_graph_annotations", "graph_lanes", "default_stream"],
  export_stacks: ["path", "metric"],
  toggle_collection_dynamic: ["enable", "activities"],
  key_averages: ["group_by_input_shape", "group_by_stack_n", "group_by_overload_name", "include_python_functions"],
  add_metadata: ["key", "value"],
  add_metadata_json: ["key", "value"],
  preset_metadata_json: ["key", "value"],
});
