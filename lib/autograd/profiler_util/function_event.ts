// torch/autograd/profiler_util.py: FunctionEvent and FunctionEventAvg

import { keywordClass, takeKeywords } from "../../arguments/class.js";
import { def } from "../../arguments/function.js";
import { AssertionError } from "../../errors.js";
import { namedTupleClass } from "../../named_tuple.js";
import { Printed } from "../../python/printed.js";
import { str } from "../../python/repr.js";
import { warn } from "../../warnings.js";
import { DeviceType } from "./enums.js";
import { _build_metadata, type EventMetadata } from "./event_metadata.js";
import { _format_time } from "./format.js";

/** Sizes of an operator's inputs; one that is a list of tensors has a list of sizes in the structured form. */
export type Shapes = readonly (readonly (number | readonly number[])[])[];

const deprecated = (name: string, instead: string) =>
  warn(`\`${name}\` is deprecated, please use \`${instead}\` instead.`, "FutureWarning");
const deprecatedUse = (name: string, instead: string) =>
  warn(`\`${name}\` is deprecated. Use \`${instead}\` instead.`, "FutureWarning");

/** The averages of an event's times, and its times as text. */
export abstract class FormattedTimesMixin extends Printed {
  abstract count: number;
  abstract cpu_time_total: number;
  abstract device_time_total: number;
  abstract self_cpu_time_total: number;
  abstract self_device_time_total: number;

  get cpu_time_str(): string {
    return _format_time(this.cpu_time);
  }

  get device_time_str(): string {
    return _format_time(this.device_time);
  }

  get cpu_time_total_str(): string {
    return _format_time(this.cpu_time_total);
  }

  get device_time_total_str(): string {
    return _format_time(this.device_time_total);
  }

  get self_cpu_time_total_str(): string {
    return _format_time(this.self_cpu_time_total);
  }

  get self_device_time_total_str(): string {
    return _format_time(this.self_device_time_total);
  }

  /** The time on the CPU of one call, in microseconds. */
  get cpu_time(): number {
    return this.count === 0 ? 0 : this.cpu_time_total / this.count;
  }

  /** The time on the device of one call, in microseconds. */
  get device_time(): number {
    return this.count === 0 ? 0 : this.device_time_total / this.count;
  }

  /** @deprecated Use `device_time`. */
  get cuda_time(): number {
    deprecated("cuda_time", "device_time");
    return this.device_time;
  }
}

class IntervalClass {
  constructor(
    public start: number,
    public end: number,
  ) {}

  /** The length of the interval. */
  elapsed_us(): number {
    return this.end - this.start;
  }
}

takeKeywords("Interval", IntervalClass.prototype, { elapsed_us: [] });

/** From when to when, in microseconds. */
export const Interval = keywordClass<IntervalClass>("Interval")(IntervalClass, ["start", "end"]);
export type Interval = IntervalClass;

const KernelTuple = namedTupleClass("Kernel", ["name", "device", "duration"], "typing");

/** A kernel that ran on a device: a named tuple. */
export type Kernel = unknown[] & { readonly name: string; readonly device: number; readonly duration: number };

/** Makes a Kernel. */
export const Kernel = def(
  "Kernel.__new__",
  ["name", "device", "duration"],
  (name: string, device: number, duration: number): Kernel => new KernelTuple(name, device, duration) as Kernel,
);

const sumOf = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const DEVICES: readonly DeviceType[] = [
  DeviceType.CUDA,
  DeviceType.PrivateUse1,
  DeviceType.MTIA,
  DeviceType.HPU,
  DeviceType.XPU,
];

export class FunctionEventClass extends FormattedTimesMixin {
  readonly time_range: Interval;
  kernels: Kernel[] = [];
  count = 1;
  cpu_children: FunctionEventClass[] = [];
  cpu_parent: FunctionEventClass | null = null;
  self_cpu_percent: number | string = -1;
  total_cpu_percent: number | string = -1;
  total_device_percent: number | string = -1;
  readonly device_resource_id: number;
  readonly #event_metadata: EventMetadata | null;

  constructor(
    public id: number,
    public name: string,
    public thread: number,
    start_us: number,
    end_us: number,
    public overload_name: string | null = null,
    public fwd_thread: number | null = null,
    public input_shapes: Shapes | null = null,
    public stack: string[] | null = null,
    public scope: number = 0,
    public use_device: string | null = null,
    public cpu_memory_usage: number = 0,
    public device_memory_usage: number = 0,
    public is_async: boolean = false,
    public is_remote: boolean = false,
    public sequence_nr: number = -1,
    public node_id: number = -1,
    public device_type: DeviceType = DeviceType.CPU,
    public device_index: number = 0,
    device_resource_id: number | null = null,
    public is_legacy: boolean = false,
    public flops: number | null = null,
    public trace_name: string | null = null,
    public concrete_inputs: unknown[] | null = null,
    public kwinputs: Record<string, unknown> | null = null,
    public is_user_annotation: boolean = false,
    public is_python_function: boolean = false,
    public activity_type: string | null = null,
    public flow_id: number | null = null,
    public flow_type: number | null = null,
    public flow_start: boolean | null = null,
    public external_id: number = 0,
    public linked_correlation_id: number = 0,
    extra_meta: Record<string, string> | null = null,
    public structured_input_shapes: Shapes | null = null,
    public structured_input_strides: Shapes | null = null,
    public input_dtypes: string[] | null = null,
    public python_id: number = -1,
    public python_parent_id: number = -1,
    public python_module_id: number = -1,
    typed_metadata: Record<string, unknown> | null = null,
  ) {
    super();
    this.time_range = Interval(start_us, end_us);
    this.device_resource_id = device_resource_id ?? thread;
    this.metadata = typed_metadata;
    this.#event_metadata = extra_meta ? _build_metadata(extra_meta) : null;
  }

  /** What a device tells of the event, under the names of an exported trace. */
  metadata: Record<string, unknown> | null;

  /** Adds a kernel that the event started. */
  append_kernel(name: string, device: number, duration: number): void {
    if (this.device_type !== DeviceType.CPU) throw new AssertionError("Expected device_type to be CPU");
    this.kernels.push(Kernel(name, device, duration));
  }

  /** Adds an event within this one; only those directly within, so that the times of this one alone are right. */
  append_cpu_child(child: FunctionEvent): void {
    if (this.device_type !== DeviceType.CPU) throw new AssertionError("Expected device_type to be CPU");
    if (!(child instanceof FunctionEventClass)) throw new AssertionError("Expected child to be a FunctionEvent");
    if (child.device_type !== DeviceType.CPU) throw new AssertionError("Expected child device_type to be CPU");
    this.cpu_children.push(child);
  }

  /** Sets the event that this one lies within. */
  set_cpu_parent(parent: FunctionEvent): void {
    if (this.device_type !== DeviceType.CPU) throw new AssertionError("Expected device_type to be CPU");
    if (!(parent instanceof FunctionEventClass)) throw new AssertionError("Expected parent to be a FunctionEvent");
    if (parent.device_type !== DeviceType.CPU) throw new AssertionError("Expected parent device_type to be CPU");
    this.cpu_parent = parent;
  }

  /** Whether the event has times of its own: asynchronous ones have no children, and devices no CPU time. */
  get #hasOwnTime(): boolean {
    return !this.is_async && this.device_type === DeviceType.CPU;
  }

  /** The bytes that were taken outside of the events within. */
  get self_cpu_memory_usage(): number {
    if (!this.#hasOwnTime) return 0;
    return this.cpu_memory_usage - sumOf(this.cpu_children.map((child) => child.cpu_memory_usage));
  }

  /** The bytes of the device that were taken outside of the events within. */
  get self_device_memory_usage(): number {
    if (!this.#hasOwnTime) return 0;
    return this.device_memory_usage - sumOf(this.cpu_children.map((child) => child.device_memory_usage));
  }

  /** @deprecated Use `metadata`. */
  get event_metadata(): EventMetadata | null {
    deprecatedUse("event_metadata", "metadata");
    return this.#event_metadata;
  }

  /** @deprecated Use `self_device_memory_usage`. */
  get self_cuda_memory_usage(): number {
    deprecatedUse("self_cuda_memory_usage", "self_device_memory_usage");
    return this.self_device_memory_usage;
  }

  get cpu_time_total(): number {
    return this.device_type === DeviceType.CPU ? this.time_range.elapsed_us() : 0;
  }

  get self_cpu_time_total(): number {
    if (!this.#hasOwnTime) return 0;
    return this.cpu_time_total - sumOf(this.cpu_children.map((child) => child.cpu_time_total));
  }

  get device_time_total(): number {
    if (this.is_async || !this.use_device) return 0;
    if (this.device_type !== DeviceType.CPU) return this.#deviceTime();
    const own = sumOf(this.kernels.map((kernel) => kernel.duration));
    // each legacy event has a single kernel that stands for all of its own
    return this.is_legacy ? own : own + sumOf(this.cpu_children.map((child) => child.device_time_total));
  }

  #deviceTime(): number {
    if (!DEVICES.includes(this.device_type)) {
      throw new AssertionError(
        `Expected device_type to be CUDA, PrivateUse1, MTIA, HPU or XPU, but got ${this.device_type}`,
      );
    }
    return this.time_range.elapsed_us();
  }

  /** @deprecated Use `device_time_total`. */
  get cuda_time_total(): number {
    deprecatedUse("cuda_time_total", "device_time_total");
    return this.device_time_total;
  }

  get self_device_time_total(): number {
    if (this.is_async || !this.use_device) return 0;
    if (this.device_type !== DeviceType.CPU) return this.device_time_total;
    return this.device_time_total - sumOf(this.cpu_children.map((child) => child.device_time_total));
  }

  /** @deprecated Use `self_device_time_total`. */
  get self_cuda_time_total(): number {
    deprecatedUse("self_cuda_time_total", "self_device_time_total");
    return this.self_device_time_total;
  }

  /** By what events are grouped. */
  get key(): string {
    return this.name;
  }

  override __repr__(): string {
    const device_name = str(this.use_device);
    const { start, end } = this.time_range;
    const children = str(this.cpu_children.map((child) => child.id));
    return (
      `<FunctionEvent id=${this.id} name=${this.name} overload_name=${str(this.overload_name)} ` +
      `device_type=${this.device_type} node_id=${this.node_id} cpu_time=${this.cpu_time_str} ` +
      `start_us=${str(start)} end_us=${str(end)} ` +
      `cpu_children=${children} ${device_name}_time=${this.device_time_str} ` +
      `name=${this.name} thread=${this.thread} input_shapes=${str(this.input_shapes)} ` +
      `cpu_memory_usage=${this.cpu_memory_usage} ${device_name}_memory_usage=${this.device_memory_usage} ` +
      `is_async=${str(this.is_async)} is_remote=${str(this.is_remote)} seq_nr=${this.sequence_nr} is_legacy=${str(this.is_legacy)}>`
    );
  }
}

takeKeywords("FunctionEvent", FunctionEventClass.prototype, {
  append_cpu_child: ["child"],
  set_cpu_parent: ["parent"],
  append_kernel: ["name", "device", "duration"],
});

/** One event of a profile: a call of an operator, a label, or a kernel of a device. */
export const FunctionEvent = keywordClass<FunctionEventClass>("FunctionEvent")(FunctionEventClass, [
  "id",
  "name",
  "thread",
  "start_us",
  "end_us",
  "overload_name",
  "fwd_thread",
  "input_shapes",
  "stack",
  "scope",
  "use_device",
  "cpu_memory_usage",
  "device_memory_usage",
  "is_async",
  "is_remote",
  "sequence_nr",
  "node_id",
  "device_type",
  "device_index",
  "device_resource_id",
  "is_legacy",
  "flops",
  "trace_name",
  "concrete_inputs",
  "kwinputs",
  "is_user_annotation",
  "is_python_function",
  "activity_type",
  "flow_id",
  "flow_type",
  "flow_start",
  "external_id",
  "linked_correlation_id",
  "extra_meta",
  "structured_input_shapes",
  "structured_input_strides",
  "input_dtypes",
  "python_id",
  "python_parent_id",
  "python_module_id",
  "typed_metadata",
]);
export type FunctionEvent = FunctionEventClass;
