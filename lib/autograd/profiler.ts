// torch/autograd/profiler.py: the profiler beneath torch.profiler

export { emit_itt, emit_nvtx } from "./profiler/emit.js";
export { KinetoStepTracker } from "./profiler/kineto_step_tracker.js";
export { EnforceUnique, load_nvprof, parse_nvprof_trace } from "./profiler/nvprof.js";
export { type KeyAveragesOptions, profile } from "./profiler/profile.js";
export { record_function } from "./profiler/record_function.js";
export { EventList } from "./profiler_util/event_list.js";
export { FunctionEvent } from "./profiler_util/function_event.js";
export { MemRecordsAcc } from "./profiler_util/mem_records.js";
