// torch/profiler/__init__.py

export { _ExperimentalConfig } from "../autograd/profiler/config.js";
export { KinetoStepTracker } from "../autograd/profiler/kineto_step_tracker.js";
export { record_function } from "../autograd/profiler/record_function.js";
export { DeviceType, ProfilerActivity } from "../autograd/profiler_util/enums.js";
export {
  type Activities,
  kineto_available,
  PerformanceMetricsConfig,
  ProfilerActivityConfig,
  supported_activities,
} from "./activities.js";
export { ExecutionTraceObserver } from "./execution_trace_observer.js";
export { _KinetoProfile, type TraceObserver } from "./kineto_profile.js";
export { profile, tensorboard_trace_handler } from "./profiler.js";
export { ProfilerAction, type Schedule, schedule } from "./schedule.js";
