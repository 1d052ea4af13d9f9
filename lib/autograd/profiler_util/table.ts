// torch/autograd/profiler_util.py: the table of events

import { AssertionError, AttributeError, RuntimeError } from "../../errors.js";
import { formatFixed } from "../../python/format.js";
import { typeName } from "../../python/objects.js";
import { str } from "../../python/repr.js";
import { DeviceType } from "./enums.js";
import { _format_memory, _format_time, _format_time_share, override_time_unit } from "./format.js";
import type { FunctionEvent } from "./function_event.js";
import type { FunctionEventAvg } from "./function_event_avg.js";

/** What a table shows: events, or sums of events. */
export type ProfilerEvent = FunctionEvent | FunctionEventAvg;

export interface TableOptions {
  sort_by: string | null;
  row_limit: number;
  max_src_column_width: number | null;
  max_name_column_width: number | null;
  max_shapes_column_width: number | null;
  header: string | null;
  top_level_events_only: boolean;
  profile_memory: boolean;
  with_flops: boolean;
  time_unit: string | null;
}

const DEFAULT_COLUMN_WIDTH = 12;
const SPACING_SIZE = 2;

// Python counts characters, JavaScript halves of some.
const len = (text: string) => [...text].length;
const head = (text: string, count: number) => [...text].slice(0, count).join("");
const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));

/** The name that an attribute has here, whatever kind of device it was asked of. */
export const deviceAttribute = (name: string): string =>
  name.replaceAll("cuda", "device").replaceAll("xpu", "device").replaceAll("privateuse1", "device");

/** An event's attribute; throws AttributeError where it has none. */
export function attributeOf(event: ProfilerEvent, name: string): string | number {
  if (!(name in event)) throw new AttributeError(`'${typeName(event)}' object has no attribute '${name}'`);
  return event[name as keyof ProfilerEvent] as string | number;
}

function sortedBy(events: readonly ProfilerEvent[], sort_by: string): ProfilerEvent[] {
  const name = deviceAttribute(sort_by);
  const keyed = events.map((event) => ({ event, key: attributeOf(event, name) }));
  return keyed.sort((a, b) => (a.key < b.key ? 1 : a.key > b.key ? -1 : 0)).map(({ event }) => event);
}

/** Columns of a table, each as wide as it was made. */
class Columns {
  readonly #columns: { width: number; left: boolean }[] = [];

  add(width: number, left = false): void {
    this.#columns.push({ width, left });
  }

  get separator(): string {
    return this.#columns.map(({ width }) => "-".repeat(width) + " ".repeat(SPACING_SIZE)).join("");
  }

  get lineLength(): number {
    return this.#columns.reduce((total, { width }) => total + width + SPACING_SIZE, -SPACING_SIZE);
  }

  row(values: readonly string[]): string {
    const cells = this.#columns.map(({ width, left }, i) => {
      const text = values[i] ?? "";
      const fill = " ".repeat(Math.max(0, width - len(text)));
      return (left ? text + fill : fill + text) + " ".repeat(SPACING_SIZE);
    });
    return cells.join("");
  }
}

function auto_scale_flops(flops: number): [scale: number, header: string] {
  const headers = ["FLOPs", "KFLOPs", "MFLOPs", "GFLOPs", "TFLOPs", "PFLOPs"];
  if (flops <= 0) throw new AssertionError(`Expected flops to be positive, but got ${flops}`);
  const log_flops = Math.max(0, Math.min(Math.log10(flops) / 3, headers.length - 1));
  return [10 ** (Math.floor(log_flops) * -3.0), headers[Math.floor(log_flops)]];
}

function trim_path(path: string, width: number): string {
  if (len(path) <= width) return path;
  const end = [...path].slice(len(path) - width);
  return end.length > 3 ? `...${end.slice(3).join("")}` : end.join("");
}

function trimName(name: string, width: number | null): string {
  return width !== null && len(name) >= width - 3 ? `${head(name, width - 3)}...` : name;
}

const DEVICES: readonly DeviceType[] = [DeviceType.CUDA, DeviceType.PrivateUse1, DeviceType.MTIA, DeviceType.XPU];

/** The time of the device that an event adds to the sum: a legacy event has that of its kernels. */
function ownDeviceTime(event: ProfilerEvent): number {
  const counts =
    event.device_type === DeviceType.CPU
      ? event.is_legacy
      : DEVICES.includes(event.device_type) && !event.is_user_annotation;
  return counts ? event.self_device_time_total : 0;
}

/** Writes events, or sums of events, as a table. */
export function _build_table(given: readonly ProfilerEvent[], options: TableOptions): string {
  if (given.length === 0) return "";
  const { max_name_column_width, max_shapes_column_width, max_src_column_width, profile_memory, time_unit } = options;
  const has_device_time = given.some((event) => event.self_device_time_total > 0);
  const has_device_mem = given.some((event) => event.self_device_memory_usage > 0);
  const { use_device } = given[0];
  if (!use_device && has_device_time) {
    throw new RuntimeError("use_device is None, but there is device performance data.");
  }
  const has_input_shapes = given.some((event) => event.input_shapes !== null && event.input_shapes.length > 0);
  const has_overload_names = given.some((event) => event.overload_name !== null && event.overload_name.length > 0);
  const events = options.sort_by === null ? given : sortedBy(given, options.sort_by);

  const widthOf = (texts: readonly string[], limit: number | null) =>
    Math.min(most(texts.map(len)) + 4, limit ?? Number.POSITIVE_INFINITY);
  const name_column_width = widthOf(
    events.map((event) => str(event.key)),
    max_name_column_width,
  );
  const shapes_column_width = widthOf(
    events.map((event) => str(event.input_shapes)),
    max_shapes_column_width,
  );
  const stacks = events.map((event) => event.stack ?? []).filter((stack) => stack.length > 0);
  const has_stack = stacks.length > 0;
  const src_column_width = has_stack ? widthOf(stacks.flat(), max_src_column_width) : 0;

  const headers = ["Name"];
  if (has_overload_names) headers.push("Overload Name");
  headers.push("Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg");
  const device_name = use_device === null ? "None" : use_device.toUpperCase();
  if (has_device_time) {
    headers.push(`Self ${device_name}`, `Self ${device_name} %`, `${device_name} total`, `${device_name} time avg`);
  }
  const has_memory_of_device = profile_memory && use_device && has_device_mem;
  if (profile_memory) headers.push("CPU Mem", "Self CPU Mem");
  if (has_memory_of_device) headers.push(`${device_name} Mem`, `Self ${device_name} Mem`);
  headers.push("# of Calls");
  const append_node_id = events.some((event) => event.node_id !== -1);
  if (append_node_id) headers.push("Node ID");

  const columns = new Columns();
  columns.add(name_column_width);
  if (has_overload_names) columns.add(name_column_width);
  for (let i = has_overload_names ? 2 : 1; i < headers.length; i++) columns.add(DEFAULT_COLUMN_WIDTH);
  if (has_input_shapes) {
    headers.push("Input Shapes");
    columns.add(shapes_column_width);
  }
  if (has_stack) {
    headers.push("Source Location");
    columns.add(src_column_width, true);
  }
  const raw_flops = options.with_flops
    ? events.flatMap((event) => ((event.flops ?? 0) > 0 ? [event.flops ?? 0] : []))
    : [];
  const with_flops = raw_flops.length > 0;
  const [flops_scale, flops_header] = with_flops ? auto_scale_flops(Math.min(...raw_flops)) : [1, ""];
  if (with_flops) {
    headers.push(`Total ${flops_header}`);
    columns.add(DEFAULT_COLUMN_WIDTH);
  }

  const lines: string[] = [];
  let sum_self_cpu_time_total = 0;
  let sum_self_device_time_total = 0;
  for (const event of events) {
    sum_self_cpu_time_total += event.self_cpu_time_total;
    sum_self_device_time_total += ownDeviceTime(event);
  }

  if (options.header !== null) lines.push("=".repeat(columns.lineLength), options.header);
  if (options.top_level_events_only) {
    lines.push("=".repeat(columns.lineLength), "This report only display top-level ops statistics");
  }
  lines.push(columns.separator, columns.row(headers), columns.separator);

  const time = (us: number, text: string) => override_time_unit(us, text, time_unit);
  let count = 0;
  for (const event of events) {
    if (count === options.row_limit) break;
    if (options.top_level_events_only && event.cpu_parent !== null) continue;
    count++;
    event.self_cpu_percent = _format_time_share(event.self_cpu_time_total, sum_self_cpu_time_total);
    event.total_cpu_percent = event.is_async ? 0 : _format_time_share(event.cpu_time_total, sum_self_cpu_time_total);
    const row = [trimName(str(event.key), max_name_column_width)];
    if (has_overload_names) row.push(trimName(event.overload_name ?? "", max_name_column_width));
    row.push(
      event.self_cpu_percent,
      time(event.self_cpu_time_total, event.self_cpu_time_total_str),
      String(event.total_cpu_percent),
      time(event.cpu_time_total, event.cpu_time_total_str),
      time(event.cpu_time, event.cpu_time_str),
    );
    if (has_device_time) {
      event.total_device_percent = _format_time_share(event.self_device_time_total, sum_self_device_time_total);
      row.push(
        time(event.self_device_time_total, event.self_device_time_total_str),
        event.total_device_percent,
        time(event.device_time_total, event.device_time_total_str),
        time(event.device_time, event.device_time_str),
      );
    }
    if (profile_memory) row.push(_format_memory(event.cpu_memory_usage), _format_memory(event.self_cpu_memory_usage));
    if (has_memory_of_device) {
      row.push(_format_memory(event.device_memory_usage), _format_memory(event.self_device_memory_usage));
    }
    row.push(str(event.count));
    if (append_node_id) row.push(str(event.node_id));
    if (has_input_shapes) row.push(head(str(event.input_shapes), shapes_column_width));
    // Python's row has the flops before the source, under the headers in the other order.
    if (with_flops) {
      const flops = event.flops ?? 0;
      row.push(flops <= 0 ? "--" : formatFixed(flops * flops_scale, 3).padStart(8));
    }
    const stack = event.stack ?? [];
    if (has_stack) row.push(stack.length > 0 ? trim_path(stack[0], src_column_width) : "");
    lines.push(columns.row(row));
    if (!has_stack) continue;
    const empty = new Array<string>(headers.length - 1).fill("");
    for (const entry of stack.slice(1)) lines.push(columns.row([...empty, trim_path(entry, src_column_width)]));
    lines.push(columns.row([]));
  }
  lines.push(columns.separator);
  lines.push(`Self CPU time total: ${time(sum_self_cpu_time_total, _format_time(sum_self_cpu_time_total))}`);
  if (has_device_time) {
    lines.push(
      `Self ${device_name} time total: ${time(sum_self_device_time_total, _format_time(sum_self_device_time_total))}`,
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}
