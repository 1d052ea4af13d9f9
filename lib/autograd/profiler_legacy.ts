// torch/autograd/profiler_legacy.py

import { inspect } from "node:util";
import { takeKeywords } from "../arguments/class.js";
import { enterForUsing, type Manager, managerClass } from "../arguments/manager.js";
import { native } from "../binding.js";
import * as cuda from "../cuda/_device.js";
import { AssertionError, RuntimeError } from "../errors.js";
import { followAsync } from "../modes.js";
import type { Keywords } from "../types.js";
import { warn } from "../warnings.js";
import { _ExperimentalConfig } from "./profiler/config.js";
import { ProfilerState } from "./profiler_util/enums.js";
import { EventList, TABLE_PARAMETERS, type TableKeywords } from "./profiler_util/event_list.js";
import { _filter_name, _filter_stack_entry, _rewrite_name, MEMORY_EVENT_NAME } from "./profiler_util/format.js";
import { FunctionEvent } from "./profiler_util/function_event.js";
import type { FunctionEventAvg } from "./profiler_util/function_event_avg.js";
import type { LegacyEventDescription } from "./profiler_util/native.js";

/** A call that has begun, and the memory that was taken since. */
interface Open {
  start: LegacyEventDescription;
  cpu_memory: number;
  cuda_memory: number;
}

function functionEvent({ start, cpu_memory, cuda_memory }: Open, end: LegacyEventDescription, zero: number) {
  return FunctionEvent({
    id: end.handle,
    node_id: end.node_id,
    name: _rewrite_name(start.name, true),
    trace_name: _rewrite_name(start.name),
    thread: start.thread_id,
    start_us: start.cpu_us - zero,
    end_us: end.cpu_us - zero,
    fwd_thread: start.fwd_thread_id,
    input_shapes: start.shapes,
    stack: start.stack.filter(_filter_stack_entry),
    scope: start.scope,
    use_device: start.has_cuda ? "cuda" : null,
    cpu_memory_usage: cpu_memory,
    device_memory_usage: cuda_memory,
    is_async: start.is_async || start.thread_id !== end.thread_id,
    is_remote: end.is_remote,
    sequence_nr: start.sequence_nr,
    is_legacy: true,
    flops: start.flops,
  });
}

/** Memory that was taken outside of all calls. */
function memoryEvent({ cpu_memory_usage, cuda_memory_usage }: LegacyEventDescription) {
  return FunctionEvent({
    id: 0,
    name: MEMORY_EVENT_NAME,
    trace_name: null,
    thread: 0,
    start_us: 0,
    end_us: 0,
    stack: [],
    cpu_memory_usage,
    device_memory_usage: cuda_memory_usage,
    is_legacy: true,
  });
}

const keyOf = ({ handle, node_id }: LegacyEventDescription) => `${handle} ${node_id}`;

function parseThread(records: readonly LegacyEventDescription[], zero: number): FunctionEvent[] {
  const events: FunctionEvent[] = [];
  const open = new Map<string, Open>();
  const filtered = new Set<string>();
  let previous: LegacyEventDescription | null = null;
  for (const record of records) {
    const key = keyOf(record);
    if (_filter_name(record.name) || filtered.has(key)) {
      filtered.add(key);
      continue;
    }
    if (record.kind === "push") {
      // an operator that is dispatched again is one call
      const { name, kind, node_id } = previous ?? {};
      if (name === record.name && kind === record.kind && node_id === record.node_id) {
        filtered.add(key);
        continue;
      }
      open.set(key, { start: record, cpu_memory: 0, cuda_memory: 0 });
    } else if (record.kind === "pop") {
      const call = open.get(key);
      if (!call) {
        throw new AssertionError(
          `Expected record with key (${record.handle}, ${record.node_id}) to exist in range_starts. This means that the pop event did not have a corresponding push.`,
        );
      }
      events.push(functionEvent(call, record, zero));
      open.delete(key);
    } else if (record.kind === "memory_alloc") {
      for (const call of open.values()) {
        call.cpu_memory += record.cpu_memory_usage;
        call.cuda_memory += record.cuda_memory_usage;
      }
      if (open.size === 0) events.push(memoryEvent(record));
    }
    previous = record;
  }
  return events;
}

function parse_legacy_records(threads: readonly LegacyEventDescription[][]): FunctionEvent[] {
  const start = threads.flat().find(({ name }) => name === "__start_profile");
  if (!start || start.is_remote) throw new AssertionError("Expected a valid local start_record");
  const events = threads.flatMap((records) => parseThread(records, start.cpu_us));
  return events.sort((a, b) => a.time_range.start - b.time_range.start || b.time_range.end - a.time_range.end);
}

class Profile implements Manager {
  function_events: EventList | null = null;
  entered = false;

  constructor(
    readonly enabled = true,
    public use_cuda = false,
    public record_shapes = false,
    readonly with_flops = false,
    readonly profile_memory = false,
    readonly with_stack = false,
    readonly with_modules = false,
  ) {
    if (!enabled) return;
    this.record_shapes ||= with_flops;
    if (use_cuda && !cuda.is_available()) {
      warn("CUDA is not available, disabling CUDA profiling");
      this.use_cuda = false;
    }
  }

  __enter__(): this {
    if (!this.enabled) return this;
    if (this.entered) throw new RuntimeError("Profiler context manager is not reentrant");
    this.entered = true;
    followAsync();
    native.enableProfilerLegacy({
      state: this.use_cuda ? ProfilerState.CUDA : ProfilerState.CPU,
      record_shapes: this.record_shapes,
      profile_memory: this.profile_memory,
      with_stack: this.with_stack,
      with_flops: this.with_flops,
      with_modules: this.with_modules,
      experimental_config: _ExperimentalConfig(),
      trace_id: "",
    });
    return this;
  }

  __exit__(): void {
    if (!this.enabled) return;
    if (this.use_cuda) cuda.synchronize();
    followAsync();
    this.function_events = EventList(parse_legacy_records(native.disableProfilerLegacy()), {
      use_device: this.use_cuda ? "cuda" : null,
      profile_memory: this.profile_memory,
      with_flops: this.with_flops,
    }) as EventList;
    this.function_events._build_tree();
  }

  /** `using prof = torch.autograd.profiler_legacy.profile()` */
  get [Symbol.dispose](): () => void {
    return enterForUsing(this);
  }

  __repr__(): string {
    return this.function_events?.__repr__() ?? "<unfinished profiler_legacy.profile>";
  }

  __str__(): string {
    return this.function_events?.__str__() ?? "<unfinished profile.profiler_legacy.profile>";
  }

  toString(): string {
    return this.__str__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }

  get #events(): EventList {
    if (this.function_events === null) throw new RuntimeError("Profiler didn't finish running");
    return this.function_events;
  }

  /** The events as a table of text: see EventList.table(). */
  table(keywords?: Keywords<Omit<TableKeywords, "time_unit">>): string;
  table(sort_by?: string | null, row_limit?: number): string;
  table(
    sort_by: unknown = null,
    row_limit = 100,
    max_src_column_width: number | null = 75,
    max_name_column_width: number | null = 55,
    max_shapes_column_width: number | null = 80,
    header: string | null = null,
    top_level_events_only = false,
  ): string {
    return this.#events.table({
      sort_by: sort_by as string | null,
      row_limit,
      max_src_column_width,
      max_name_column_width,
      max_shapes_column_width,
      header,
      top_level_events_only,
    });
  }

  /** Writes the events as a file for Chrome's trace viewer. */
  export_chrome_trace(path: string): void {
    this.#events.export_chrome_trace(path);
  }

  /** Writes where events were called from: see EventList.export_stacks(). */
  export_stacks(path: string, metric = "self_cpu_time_total"): void {
    const events = this.#events;
    if (!this.with_stack) throw new AssertionError("export_stacks() requires with_stack=True");
    events.export_stacks(path, metric);
  }

  /** Adds up the events with the same key: see EventList.key_averages(). */
  key_averages(
    keywords?: Keywords<{ group_by_input_shape?: boolean; group_by_stack_n?: number }>,
  ): EventList<FunctionEventAvg>;
  key_averages(group_by_input_shape?: boolean, group_by_stack_n?: number): EventList<FunctionEventAvg>;
  key_averages(group_by_input_shape: unknown = false, group_by_stack_n = 0): EventList<FunctionEventAvg> {
    return this.#events.key_averages(group_by_input_shape as boolean, group_by_stack_n);
  }

  /** All events added up. */
  total_average(): FunctionEventAvg {
    return this.#events.total_average();
  }

  /** The time that all events took on the CPU without what lies within them, in microseconds. */
  get self_cpu_time_total(): number {
    return this.#events.self_cpu_time_total;
  }
}

takeKeywords("profile", Profile.prototype, {
  total_average: [],
  table: TABLE_PARAMETERS,
  export_chrome_trace: ["path"],
  export_stacks: ["path", "metric"],
  key_averages: ["group_by_input_shape", "group_by_stack_n"],
});

/** The profiler before torch.profiler. @deprecated */
export const profile = managerClass<Profile>("profile")(Profile, [
  "enabled",
  "*",
  "use_cuda",
  "record_shapes",
  "with_flops",
  "profile_memory",
  "with_stack",
  "with_modules",
]);
export type profile = Profile;
