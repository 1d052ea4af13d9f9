// torch/autograd/profiler_util.py: times and sizes as text, and which events are shown

import { native } from "../../binding.js";
import { AssertionError } from "../../errors.js";
import { formatFixed } from "../../python/format.js";
import { str } from "../../python/repr.js";

const US_IN_SECOND = 1000.0 * 1000.0;
const US_IN_MS = 1000.0;

/** A time in microseconds as text, in the unit that suits it. */
export function _format_time(time_us: number): string {
  if (time_us >= US_IN_SECOND) return `${formatFixed(time_us / US_IN_SECOND, 3)}s`;
  if (time_us >= US_IN_MS) return `${formatFixed(time_us / US_IN_MS, 3)}ms`;
  return `${formatFixed(time_us, 3)}us`;
}

/** A time in the unit that was asked for, or the text of the unit that suits it. */
export function override_time_unit(time_us: number, default_str: string, time_unit: string | null): string {
  if (time_unit === "s") return `${formatFixed(time_us / US_IN_SECOND, 3)}s`;
  if (time_unit === "ms") return `${formatFixed(time_us / US_IN_MS, 3)}ms`;
  if (time_unit === "us") return `${formatFixed(time_us, 3)}us`;
  return default_str;
}

/** The share of a time in percent. */
export function _format_time_share(time_us: number, total_time_us: number): string {
  if (total_time_us === 0) {
    if (time_us !== 0) throw new AssertionError(`Expected time_us == 0 but got ${time_us}`);
    return "NaN";
  }
  return `${formatFixed((time_us * 100.0) / total_time_us, 2)}%`;
}

/** A number of bytes as text. */
export function _format_memory(nbytes: number): string {
  const KB = 1024;
  const MB = 1024 * KB;
  const GB = 1024 * MB;
  if (Math.abs(nbytes) >= GB) return `${formatFixed(nbytes / GB, 2)} GB`;
  if (Math.abs(nbytes) >= MB) return `${formatFixed(nbytes / MB, 2)} MB`;
  if (Math.abs(nbytes) >= KB) return `${formatFixed(nbytes / KB, 2)} KB`;
  return `${str(nbytes)} B`;
}

/** A dict of names as C++ has them, each as it is written; short names stand for themselves. */
export class StringTable extends Map<string, string> {
  override get(key: string): string {
    const found = super.get(key);
    if (found !== undefined) return found;
    const name = key.length > 1 ? native.demangle(key) : key;
    this.set(key, name);
    return name;
  }

  __getitem__(key: string): string {
    return this.get(key);
  }
}

export const MEMORY_EVENT_NAME = "[memory]";
export const OUT_OF_MEMORY_EVENT_NAME = "[OutOfMemory]";

const filtered_out_names: ReadonlySet<string> = new Set([
  MEMORY_EVENT_NAME,
  OUT_OF_MEMORY_EVENT_NAME,
  "profiler::_record_function_enter",
  "profiler::_record_function_enter_new",
  "profiler::_record_function_exit",
  "aten::is_leaf",
  "aten::output_nr",
  "aten::_version",
]);

/** Whether an event is not shown. */
export const _filter_name = (name: string): boolean => filtered_out_names.has(name);

const filtered_entries = [
  ["autograd/__init__", "_make_grads"],
  ["autograd/__init__", "backward"],
  ["torch/tensor", "backward"],
  ["_internal/common_utils", "prof_callable"],
  ["_internal/common_utils", "prof_func_call"],
  ["_internal/common_utils", "prof_meth_call"],
];

/** Whether a line of a stack is shown. */
export const _filter_stack_entry = (entry: string): boolean =>
  filtered_entries.every(([file, name]) => !(entry.includes(file) && entry.includes(name)));

const names = new StringTable();

/** An event's name as it is written; with a wildcard all steps of a profiler have one name. */
export function _rewrite_name(name: string, with_wildcard = false): string {
  const written = names.get(name);
  return with_wildcard && written.startsWith("ProfilerStep#") ? "ProfilerStep*" : written;
}
