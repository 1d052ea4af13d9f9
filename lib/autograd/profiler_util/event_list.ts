// torch/autograd/profiler_util.py: EventList

import fs from "node:fs";
import { inspect } from "node:util";
import { keywordClass, takeKeywords } from "../../arguments/class.js";
import { AssertionError, ValueError } from "../../errors.js";
import { floatRepr } from "../../python/format.js";
import { repr, str } from "../../python/repr.js";
import type { Keywords } from "../../types.js";
import { DeviceType } from "./enums.js";
import type { FunctionEvent } from "./function_event.js";
import { FunctionEventAvg } from "./function_event_avg.js";
import { _build_table, attributeOf, deviceAttribute, type ProfilerEvent, type TableOptions } from "./table.js";

/** What table() takes. */
export interface TableKeywords {
  /** The attribute by which the rows are sorted, the largest first. */
  sort_by?: string | null;
  row_limit?: number;
  max_src_column_width?: number | null;
  max_name_column_width?: number | null;
  max_shapes_column_width?: number | null;
  header?: string | null;
  top_level_events_only?: boolean;
  /** "s", "ms" or "us" for all times; null chooses for each. */
  time_unit?: "s" | "ms" | "us" | null;
}

/** By what key_averages() groups. */
export interface KeyAveragesKeywords {
  group_by_input_shapes?: boolean;
  group_by_stack_n?: number;
  group_by_overload_name?: boolean;
  include_python_functions?: boolean;
}

const translate = (entry: string) => entry.replace(/[ ;\t\n]/g, "_");

function bw_parent(event: FunctionEvent | null): FunctionEvent | null {
  for (let at = event; at !== null; at = at.cpu_parent) if (at.scope === 1) return at;
  return null;
}

export class EventListClass<E extends ProfilerEvent = FunctionEvent> extends Array<E> {
  declare _use_device: string | null;
  declare _profile_memory: boolean;
  declare _with_flops: boolean;
  declare _tree_built: boolean;

  constructor(
    iterable: Iterable<E> = [],
    use_device: string | null = null,
    profile_memory = false,
    with_flops = false,
  ) {
    super();
    for (const event of iterable) this.push(event);
    const hidden = {
      _use_device: use_device,
      _profile_memory: profile_memory,
      _with_flops: with_flops,
      _tree_built: false,
    };
    for (const [name, value] of Object.entries(hidden)) {
      Object.defineProperty(this, name, { value, writable: true, configurable: true });
    }
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** Finds which event lies within which. */
  _build_tree(): void {
    const events = this as unknown as EventListClass;
    populate_cpu_children(events);
    remove_dup_nodes(events);
    set_backward_stacktraces(events);
    this._tree_built = true;
  }

  __repr__(): string {
    return repr([...this]);
  }

  __str__(): string {
    return this.table();
  }

  override toString(): string {
    return this.table();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }

  /** The time that all events took on the CPU without what lies within them, in microseconds. */
  get self_cpu_time_total(): number {
    return this.reduce((total, event) => total + event.self_cpu_time_total, 0);
  }

  /**
   * The events as a table of text.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.profiler_util.EventList.html}
   */
  table(keywords?: Keywords<TableKeywords>): string;
  table(sort_by?: string | null, row_limit?: number, keywords?: Keywords<TableKeywords>): string;
  table(
    sort_by: unknown = null,
    row_limit: unknown = 100,
    max_src_column_width: unknown = 75,
    max_name_column_width: unknown = 55,
    max_shapes_column_width: unknown = 80,
    header: unknown = null,
    top_level_events_only: unknown = false,
    time_unit: unknown = null,
  ): string {
    return _build_table(this, {
      sort_by,
      row_limit,
      max_src_column_width,
      max_name_column_width,
      max_shapes_column_width,
      header,
      top_level_events_only,
      time_unit,
      profile_memory: this._profile_memory,
      with_flops: this._with_flops,
    } as TableOptions);
  }

  /** Writes the events as a file for Chrome's trace viewer. */
  export_chrome_trace(path: string): void {
    const device_name = this._use_device || "cuda";
    const entries: string[] = [];
    let next_id = 0;
    for (const event of this as unknown as EventListClass) {
      if (event.trace_name === null) continue;
      const name = JSON.stringify(event.trace_name);
      const start = floatRepr(event.time_range.start);
      const tid = event.is_remote ? `" node_id:${event.node_id}, thread_id:${event.thread} "` : event.thread;
      entries.push(
        `{"name": ${name}, "ph": "X", "ts": ${start}, "dur": ${floatRepr(event.time_range.elapsed_us())}, "tid": ${tid}, "pid": "CPU functions", "args": {}}`,
      );
      for (const _ of event.kernels) {
        entries.push(
          `{"name": ${name}, "ph": "s", "ts": ${start}, "tid": ${event.thread}, "pid": "CPU functions", "id": ${next_id}, "cat": "cpu_to_${device_name}", "args": {}}`,
        );
        next_id++;
      }
    }
    fs.writeFileSync(path, `[${entries.join(", ")}]`);
  }

  supported_export_stacks_metrics(): string[] {
    return ["self_cpu_time_total", "self_cuda_time_total", "self_xpu_time_total", "self_privateuse1_time_total"];
  }

  /**
   * Writes for each event where it was called from, the outermost call first, and a time: what makes flame graphs.
   *
   * Throws ValueError for another metric than those that are supported.
   */
  export_stacks(path: string, metric: string): void {
    if (!this.supported_export_stacks_metrics().includes(metric)) {
      throw new ValueError(`metric should be one of: ${str(this.supported_export_stacks_metrics())}`);
    }
    const lines: string[] = [];
    for (const event of this) {
      const value = Math.trunc(Number(attributeOf(event, deviceAttribute(metric))));
      if (!event.stack?.length || value <= 0) continue;
      lines.push(`${[...event.stack].reverse().map(translate).join(";")} ${value}\n`);
    }
    fs.writeFileSync(path, lines.join(""));
  }

  /**
   * Adds up the events with the same key: the name, and what else is asked for.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.profiler_util.EventList.html}
   */
  key_averages(keywords?: Keywords<KeyAveragesKeywords>): EventListClass<FunctionEventAvg>;
  key_averages(
    group_by_input_shapes?: boolean,
    group_by_stack_n?: number,
    group_by_overload_name?: boolean,
    include_python_functions?: boolean,
  ): EventListClass<FunctionEventAvg>;
  key_averages(
    group_by_input_shapes: unknown = false,
    group_by_stack_n: number = 0,
    group_by_overload_name = false,
    include_python_functions = false,
  ): EventListClass<FunctionEventAvg> {
    if (!this._tree_built) throw new AssertionError("Expected tree to be built before calling key_averages");
    const stats = new Map<string, FunctionEventAvg>();
    for (const event of this as unknown as EventListClass) {
      if (event.is_python_function && !include_python_functions) continue;
      const { key, node_id, device_type, is_legacy, is_user_annotation, overload_name, input_shapes } = event;
      const parts: unknown[] = [key, node_id, String(device_type), is_legacy, is_user_annotation];
      if (group_by_overload_name) parts.push(overload_name);
      if (group_by_input_shapes) parts.push(str(input_shapes));
      if (group_by_stack_n > 0) parts.push(...(event.stack ?? []).slice(0, group_by_stack_n));
      const text = JSON.stringify(parts);
      const stat = stats.get(text) ?? FunctionEventAvg();
      stats.set(text, stat.add(event));
    }
    const averages = new EventListClass<FunctionEventAvg>(
      stats.values(),
      this._use_device,
      this._profile_memory,
      this._with_flops,
    );
    for (const average of averages) {
      average.stack = (average.stack ?? []).slice(0, group_by_stack_n);
      if (!group_by_input_shapes) average.input_shapes = "";
      if (!group_by_overload_name) average.overload_name = "";
    }
    return averages;
  }

  /** All events added up, whatever their keys. */
  total_average(): FunctionEventAvg {
    const total = FunctionEventAvg();
    for (const event of this) {
      total.add(event);
      total.key = null;
    }
    total.key = "Total";
    return total;
  }
}

/** Whether an event that begins after another one, or with it, lies outside of it. */
function isOutside(event: FunctionEvent, parent: FunctionEvent): boolean {
  return event.time_range.start >= parent.time_range.end || event.time_range.end > parent.time_range.end;
}

/** An event is the child of the shortest one that it lies within; partly overlapping ones are not related. */
function populate_cpu_children(events: EventListClass): void {
  const threads = new Map<string, FunctionEvent[]>();
  for (const event of events) {
    if (event.is_async || event.device_type !== DeviceType.CPU) continue;
    const key = `${event.thread} ${event.node_id}`;
    const list = threads.get(key) ?? [];
    threads.set(key, list);
    list.push(event);
  }
  for (const list of threads.values()) {
    list.sort((a, b) => a.time_range.start - b.time_range.start || b.time_range.end - a.time_range.end);
    const open: FunctionEvent[] = [];
    for (const event of list) {
      while (open.length > 0 && isOutside(event, open[open.length - 1])) open.pop();
      const parent = open.at(-1);
      if (parent) {
        parent.append_cpu_child(event);
        if (event.cpu_parent !== null) {
          throw new AssertionError(`There is already a CPU parent event for ${event.key}`);
        }
        event.set_cpu_parent(parent);
      }
      open.push(event);
    }
  }
}

/** Leaves out an event that is the only one within another one of its name. */
function remove_dup_nodes(events: EventListClass): void {
  while (true) {
    const left: FunctionEvent[] = [];
    for (const event of events) {
      const parent = event.cpu_parent;
      if (parent === null || parent.name !== event.name || parent.cpu_children.length !== 1) {
        left.push(event);
        continue;
      }
      parent.cpu_children = event.cpu_children;
      parent.kernels = event.kernels;
      for (const child of event.cpu_children) child.cpu_parent = parent;
    }
    if (left.length === events.length) return;
    events.length = 0;
    for (const event of left) events.push(event);
  }
}

/** What runs backward has the stack of what it is the derivative of. */
function set_backward_stacktraces(events: EventListClass): void {
  const fwd_stacks = new Map<string, string[]>();
  for (const event of events) {
    if (bw_parent(event) !== null || event.stack === null) continue;
    const key = `${event.sequence_nr} ${event.thread}`;
    if (!fwd_stacks.has(key)) fwd_stacks.set(key, event.stack);
  }
  for (const event of events) {
    const parent = bw_parent(event);
    if (parent === null) continue;
    if (parent.fwd_thread === null) throw new AssertionError("Expected fwd_thread to be set for backward parent");
    event.stack = fwd_stacks.get(`${parent.sequence_nr} ${parent.fwd_thread}`) ?? [];
  }
}

/** @internal The parameters of table(), of a profiler as well. */
export const TABLE_PARAMETERS = [
  "sort_by",
  "row_limit",
  "max_src_column_width",
  "max_name_column_width",
  "max_shapes_column_width",
  "header",
  "top_level_events_only",
];

takeKeywords("EventList", EventListClass.prototype, {
  supported_export_stacks_metrics: [],
  total_average: [],
  table: [...TABLE_PARAMETERS, "time_unit"],
  export_chrome_trace: ["path"],
  export_stacks: ["path", "metric"],
  key_averages: ["group_by_input_shapes", "group_by_stack_n", "group_by_overload_name", "include_python_functions"],
});

/** A list of events, which prints as a table and adds up events with the same key. */
export const EventList = keywordClass<EventListClass>("EventList")(EventListClass, [
  "iterable",
  "*",
  "use_device",
  "profile_memory",
  "with_flops",
]);
export type EventList<E extends ProfilerEvent = FunctionEvent> = EventListClass<E>;
