// torch/csrc/profiler/orchestration/observer.h: how a profiler is set up

import { keywordClass } from "../../arguments/class.js";
import type { ProfilerExperimentalConfig } from "../profiler_util/native.js";

class ExperimentalConfig implements ProfilerExperimentalConfig {
  constructor(
    public verbose = false,
    public performance_events: readonly string[] = [],
    public enable_cuda_sync_events = false,
    public adjust_profiler_step = false,
    public disable_external_correlation = false,
    public profile_all_threads = false,
    public capture_overload_names = false,
    public record_python_gc_info = false,
    public expose_kineto_event_metadata = false,
    public custom_profiler_config = "",
    public adjust_timestamps = false,
    public trace_only = false,
  ) {}
}

/** Settings that libtorch may change: what is recorded besides, and whether only a trace is wanted. */
export const _ExperimentalConfig = keywordClass<ExperimentalConfig>("_ExperimentalConfig")(ExperimentalConfig, [
  "verbose",
  "performance_events",
  "enable_cuda_sync_events",
  "adjust_profiler_step",
  "disable_external_correlation",
  "profile_all_threads",
  "capture_overload_names",
  "record_python_gc_info",
  "expose_kineto_event_metadata",
  "custom_profiler_config",
  "adjust_timestamps",
  "trace_only",
]);
export type _ExperimentalConfig = ExperimentalConfig;
