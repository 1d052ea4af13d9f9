// torch/autograd/profiler_util.py: events of a profile, and their sums and tables

export { EventList, type KeyAveragesKeywords, type TableKeywords } from "./profiler_util/event_list.js";
export { EventMetadata } from "./profiler_util/event_metadata.js";
export {
  _filter_name,
  _filter_stack_entry,
  _format_memory,
  _format_time,
  _format_time_share,
  _rewrite_name,
  MEMORY_EVENT_NAME,
  OUT_OF_MEMORY_EVENT_NAME,
  StringTable,
} from "./profiler_util/format.js";
export { FormattedTimesMixin, FunctionEvent, Interval, Kernel, type Shapes } from "./profiler_util/function_event.js";
export { FunctionEventAvg } from "./profiler_util/function_event_avg.js";
export { MemRecordsAcc } from "./profiler_util/mem_records.js";
export type { ProfilerEvent } from "./profiler_util/table.js";
