// torch/autograd/profiler.py: from what libtorch recorded to events

import { RuntimeError } from "../../errors.js";
import { DeviceType, deviceTypeOf } from "../profiler_util/enums.js";
import {
  _filter_name,
  _filter_stack_entry,
  _rewrite_name,
  MEMORY_EVENT_NAME,
  OUT_OF_MEMORY_EVENT_NAME,
} from "../profiler_util/format.js";
import { FunctionEvent } from "../profiler_util/function_event.js";
import { MemRecordsAcc } from "../profiler_util/mem_records.js";
import type { KinetoEvent } from "./kineto.js";

type Record = [event: KinetoEvent, counted: boolean];

const CPU_MEMORY: readonly DeviceType[] = [DeviceType.CPU, DeviceType.MKLDNN, DeviceType.IDEEP];
const DEVICE_MEMORY: readonly DeviceType[] = [DeviceType.CUDA, DeviceType.PrivateUse1, DeviceType.HIP, DeviceType.XPU];
const KERNELS: readonly DeviceType[] = [DeviceType.CUDA, DeviceType.PrivateUse1, DeviceType.XPU];

const deviceOf = (event: KinetoEvent) => deviceTypeOf(event.device_type());
const cpu_memory_usage = (event: KinetoEvent) => (CPU_MEMORY.includes(deviceOf(event)) ? event.nbytes() : 0);
const device_memory_usage = (event: KinetoEvent) => (DEVICE_MEMORY.includes(deviceOf(event)) ? event.nbytes() : 0);

/** An object of what it has, or null where it is empty. */
const orNull = <T extends object>(value: T): T | null => (Object.keys(value).length > 0 ? value : null);

function functionEvent(event: KinetoEvent, use_device: string | null): FunctionEvent {
  return FunctionEvent({
    id: event.correlation_id(),
    name: _rewrite_name(event.name(), true),
    overload_name: event.overload_name(),
    trace_name: _rewrite_name(event.name()),
    thread: event.start_thread_id(),
    start_us: event.start_ns() / 1000,
    end_us: event.end_ns() / 1000,
    fwd_thread: event.fwd_thread_id(),
    input_shapes: event.shapes(),
    concrete_inputs: event.concrete_inputs(),
    kwinputs: event.kwinputs(),
    stack: event.stack().filter(_filter_stack_entry),
    scope: event.scope(),
    use_device,
    is_async: event.is_async() || event.start_thread_id() !== event.end_thread_id(),
    sequence_nr: event.sequence_nr(),
    device_type: deviceOf(event),
    device_index: event.device_index(),
    device_resource_id: event.device_resource_id(),
    flops: event.flops(),
    is_user_annotation: event.activity_type().endsWith("user_annotation"),
    is_python_function: event.is_python_function(),
    activity_type: event.activity_type(),
    extra_meta: orNull(event.extra_meta()),
    typed_metadata: orNull(event.typed_metadata()),
    flow_id: event.flow_id(),
    flow_type: event.flow_type(),
    flow_start: event.flow_start(),
    external_id: event.external_id(),
    linked_correlation_id: event.linked_correlation_id(),
    structured_input_shapes: event.structured_input_shapes(),
    structured_input_strides: event.structured_input_strides(),
    input_dtypes: event.dtypes(),
    python_id: event.python_id(),
    python_parent_id: event.python_parent_id(),
    python_module_id: event.python_module_id(),
  });
}

/** An event of memory that lies within no other event. */
function memoryEvent(event: KinetoEvent, id: number, use_device: string | null): FunctionEvent {
  return FunctionEvent({
    id,
    name: event.name(),
    overload_name: "",
    trace_name: null,
    thread: event.start_thread_id(),
    start_us: event.start_ns() / 1000,
    end_us: event.start_ns() / 1000,
    fwd_thread: event.start_thread_id(),
    input_shapes: [],
    stack: [],
    scope: 0,
    use_device,
    cpu_memory_usage: cpu_memory_usage(event),
    device_memory_usage: device_memory_usage(event),
    device_index: 0,
  });
}

/** Adds the memory that was taken while an event ran. */
function addMemory(event: FunctionEvent, recorded: KinetoEvent, records: MemRecordsAcc): void {
  if (event.device_type !== DeviceType.CPU) return;
  for (const record of records.in_interval(recorded.start_ns(), recorded.end_ns()) as Generator<Record>) {
    event.cpu_memory_usage += cpu_memory_usage(record[0]);
    event.device_memory_usage += device_memory_usage(record[0]);
    record[1] = true;
  }
}

/** Gives each operator the kernels that it started, and their runtime's calls its thread. */
function link(frontend: readonly FunctionEvent[], linked: ReadonlyMap<number, FunctionEvent[]>): void {
  for (const event of frontend) {
    if (event.device_type !== DeviceType.CPU || event.is_async) continue;
    for (const other of linked.get(event.id) ?? []) {
      if (KERNELS.includes(other.device_type)) {
        event.append_kernel(other.name, other.device_index, other.time_range.end - other.time_range.start);
      } else if (other.device_type === DeviceType.CPU) {
        other.thread = event.thread;
      }
    }
  }
}

/** The events of a profile; after `timeout_s` seconds, where that is not null, those that there are by then. */
export function parse_kineto_results(
  recorded: readonly KinetoEvent[],
  use_device: string | null,
  timeout_s: number | null,
): FunctionEvent[] {
  const start = performance.now();
  let timed_out = false;
  const isLate = () => {
    timed_out ||= timeout_s !== null && performance.now() - start >= timeout_s * 1000;
    return timed_out;
  };
  const mem_records: Record[] = recorded.filter((event) => event.name() === MEMORY_EVENT_NAME).map((e) => [e, false]);
  const oom_records = recorded.filter((event) => event.name() === OUT_OF_MEMORY_EVENT_NAME);
  const records = MemRecordsAcc(mem_records);
  const events: FunctionEvent[] = [];
  const frontend: FunctionEvent[] = [];
  const linked = new Map<number, FunctionEvent[]>();
  let max_id = 0;
  for (const one of recorded) {
    if (isLate()) break;
    if (_filter_name(one.name()) || one.is_hidden_event()) continue;
    const event = functionEvent(one, use_device);
    addMemory(event, one, records);
    max_id = Math.max(max_id, event.id);
    if (event.device_type === DeviceType.CPU && !event.is_async && use_device === "cuda" && one.cuda_elapsed_us() > 0) {
      event.append_kernel(event.name, event.device_index, one.cuda_elapsed_us());
      event.is_legacy = true;
    }
    events.push(event);
    const id = event.linked_correlation_id;
    if (id < 0) throw new RuntimeError(`Got negative correlation id ${id} in profiler post processing`);
    if (id > 0) linked.set(id, [...(linked.get(id) ?? []), event]);
    // Calls of a device's runtime that belong to no operator have ids of their own.
    else if (event.external_id !== 0) frontend.push(event);
  }
  link(frontend, linked);
  for (const [event, counted] of mem_records) {
    if (isLate()) break;
    if (!counted) events.push(memoryEvent(event, ++max_id, use_device));
  }
  for (const event of oom_records) {
    if (isLate()) break;
    events.push(memoryEvent(event, ++max_id, use_device));
  }
  return events.sort((a, b) => a.time_range.start - b.time_range.start || b.time_range.end - a.time_range.end);
}
