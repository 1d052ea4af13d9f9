// What libtorch's profilers are given and give

/** What a profiler records, and how. */
export interface ProfilerConfig {
  readonly state: number;
  readonly record_shapes: boolean;
  readonly profile_memory: boolean;
  readonly with_stack: boolean;
  readonly with_flops: boolean;
  readonly with_modules: boolean;
  readonly experimental_config: ProfilerExperimentalConfig;
  readonly trace_id: string;
}

export interface ProfilerExperimentalConfig {
  verbose: boolean;
  performance_events: readonly string[];
  enable_cuda_sync_events: boolean;
  adjust_profiler_step: boolean;
  disable_external_correlation: boolean;
  profile_all_threads: boolean;
  capture_overload_names: boolean;
  record_python_gc_info: boolean;
  expose_kineto_event_metadata: boolean;
  custom_profiler_config: string;
  adjust_timestamps: boolean;
  trace_only: boolean;
}

type EventShapes = (number | number[])[][];

/** An event of libtorch's profiler; its times are in nanoseconds from the start of the trace. */
export interface ProfilerEventDescription {
  name: string;
  overload_name: string;
  activity_type: string;
  start_ns: number;
  end_ns: number;
  start_thread_id: number;
  end_thread_id: number;
  fwd_thread_id: number;
  correlation_id: number;
  linked_correlation_id: number;
  external_id: number;
  device_type: number;
  device_index: number;
  device_resource_id: number;
  nbytes: number;
  scope: number;
  sequence_nr: number;
  flops: number;
  flow_id: number;
  flow_type: number;
  flow_start: boolean;
  is_async: boolean;
  is_hidden_event: boolean;
  is_python_function: boolean;
  python_id: number;
  python_parent_id: number;
  python_module_id: number;
  shapes: number[][];
  structured_input_shapes: EventShapes;
  structured_input_strides: EventShapes;
  dtypes: string[];
  stack: string[];
  concrete_inputs: unknown[];
  kwinputs: Record<string, unknown>;
  typed_metadata: Record<string, unknown>;
  extra_meta: Record<string, string>;
  cuda_elapsed_us: number;
  privateuse1_elapsed_us: number;
}

export interface LegacyEventDescription {
  kind: "mark" | "push" | "pop" | "memory_alloc";
  name: string;
  cpu_us: number;
  shapes: number[][];
  stack: string[];
  thread_id: number;
  fwd_thread_id: number;
  handle: number;
  node_id: number;
  device: number;
  scope: number;
  sequence_nr: number;
  flops: number;
  cpu_memory_usage: number;
  cuda_memory_usage: number;
  is_async: boolean;
  is_remote: boolean;
  has_cuda: boolean;
}
