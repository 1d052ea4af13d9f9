// torch.Stream and torch.Event: torch/csrc/Stream.cpp and torch/csrc/Event.cpp

import { inspect } from "node:util";
import { takeKeywords } from "./arguments/class.js";
import { builtin, def } from "./arguments/function.js";
import { typeName } from "./arguments/kinds.js";
import { parser } from "./arguments/parser.js";
import { native, type PackedStream, type ResourceHandle } from "./binding.js";
import { callable } from "./callable.js";
import { type device, deviceOf } from "./device.js";
import { NotImplementedError, RuntimeError } from "./errors.js";
import { type Entered, withMode } from "./modes.js";
import type { DeviceLike, Keywords } from "./types.js";

/** @internal A stream that libtorch made, as the only argument of a constructor. */
export class Made<T> {
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }
}

type StreamArguments =
  | [device?: DeviceLike | null, keywords?: Keywords<{ priority?: number }>]
  | [keywords: Keywords<{ device?: DeviceLike | null; priority?: number }>]
  | [stream_id: number | bigint, device_index: number, device_type: number]
  | [keywords: Keywords<{ stream_id: number | bigint; device_index: number; device_type: number; priority?: number }>];

interface StreamFields {
  overload: number;
  device?: DeviceLike;
  priority?: number;
  stream_id: number | bigint;
  device_index: number;
  device_type: number;
}

const parseStream = parser(
  "Stream(Device device=None, *, int64_t priority=0)",
  "Stream(int64_t stream_id, int64_t device_index, int64_t device_type, *, int64_t priority=0)",
);

/** The type and the index of a device, -1 for the current one; the accelerator, or else the CPU, for none. */
function placeOf(device: DeviceLike | undefined): [type: number, index: number] {
  if (device === undefined) return [native.accelerator() ?? 0, -1];
  const place = deviceArgument(device);
  return [place.code, place.index ?? -1];
}

const deviceArgument = (value: DeviceLike): device => (typeof value === "object" ? value : deviceOf(packed(value)));

const packed = (value: string | number): number =>
  typeof value === "string" ? native.parseDevice(value) : (native.accelerator() ?? 0) * 256 + value + 1;

/** @internal Enters a stream and its device, and returns what leaves them; a stream of no accelerator changes nothing. */
export function enterStream(stream: Stream): () => void {
  if (native.accelerator() !== stream.device_type) return () => {};
  const [device, before] = native.enterStream(...stream._packed);
  return () => {
    native.setStream(...before);
    native.setDevice(device);
  };
}

/** The class behind `Stream`. */
export class StreamClass {
  /** The stream's number among those of its device. */
  readonly stream_id: number | bigint;
  readonly device_index: number;
  /** c10::DeviceType */
  readonly device_type: number;

  constructor(...args: StreamArguments);
  constructor(...args: unknown[]) {
    const [id, index, type] = args[0] instanceof Made ? (args[0] as Made<PackedStream>).value : newStream(args);
    this.stream_id = id;
    this.device_index = index;
    this.device_type = type;
  }

  /** @internal */
  get _packed(): PackedStream {
    return [this.stream_id, this.device_index, this.device_type];
  }

  get device(): device {
    return deviceOf(this.device_type * 256 + this.device_index + 1);
  }

  /** The address of the stream of the device's own library, such as a cudaStream_t. */
  get native_handle(): number | bigint {
    return native.streamNativeHandle(...this._packed);
  }

  /** Whether all work that was given to the stream is done. */
  query(): boolean {
    return native.streamQuery(...this._packed);
  }

  /** Waits until all work that was given to the stream is done. */
  synchronize(): void {
    native.streamSynchronize(...this._packed);
  }

  /** Whether the stream's work is being recorded into a graph. */
  is_capturing(): boolean {
    return native.streamIsCapturing(...this._packed);
  }

  /** Lets all later work of the stream wait for an event. */
  wait_event(event: Event): void {
    eventArgument("wait_event", event).wait(this);
  }

  /** Lets all later work of the stream wait for what another stream was given so far. */
  wait_stream(other: Stream): void {
    this.wait_event(other.record_event());
  }

  /** Records an event, a new one where none is given, and returns it. */
  record_event(event: Event | null = null): Event {
    const recorded = event ?? new EventClass(this.device);
    eventArgument("record_event", recorded).record(this);
    return recorded;
  }

  /** Whether both name the same stream. */
  equals(other: unknown): boolean {
    return (
      other instanceof StreamClass &&
      other.stream_id === this.stream_id &&
      other.device_index === this.device_index &&
      other.device_type === this.device_type
    );
  }

  /** `using _ = stream`: the stream of its device, and the device, for the rest of the block. */
  get [Symbol.dispose](): () => void {
    return (withMode("Stream", () => enterStream(this), undefined) as Entered).dispose;
  }

  toString(): string {
    const { type } = this.device;
    return `torch.Stream device_type=${type}, device_index=${this.device_index}, stream_id=${this.stream_id}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

takeKeywords("Stream", StreamClass.prototype, { query: [], synchronize: [] });

function newStream(args: unknown[]): PackedStream {
  const fields = parseStream<StreamFields>(args);
  if (fields.overload === 1) return [fields.stream_id, fields.device_index, fields.device_type];
  return native.newStream(...placeOf(fields.device), Number(fields.priority ?? 0));
}

interface EventKeywords {
  device?: DeviceLike | null;
  enable_timing?: boolean;
  blocking?: boolean;
  interprocess?: boolean;
}

type EventArguments =
  | [device?: DeviceLike | null, keywords?: Keywords<EventKeywords>]
  | [keywords?: Keywords<EventKeywords>];

const parseEvent = parser(
  "Event(Device device=None, *, bool enable_timing=False, bool blocking=False, bool interprocess=False)",
);

function eventArgument(name: string, event: unknown): Event {
  if (event instanceof EventClass) return event;
  throw new TypeError(`${name}(): argument 'event' must be torch.Event, not ${typeName(event)}`);
}

const IPC = "torch.Event ipc is not supported yet, please open an issue if you need this!";

/** The class behind `Event`. */
export class EventClass {
  /** @internal */
  readonly _handle: ResourceHandle;
  readonly #timing: boolean;

  constructor(...args: EventArguments);
  constructor(...args: unknown[]) {
    if (args[0] instanceof Made) {
      this.#timing = false;
      this._handle = (args[0] as Made<ResourceHandle>).value;
      return;
    }
    const { device, enable_timing = false } = parseEvent<EventKeywords>(args);
    this.#timing = enable_timing;
    this._handle = native.newEvent(placeOf(device ?? undefined)[0], enable_timing);
  }

  /** Where the event was recorded; its device without an ordinal before that. */
  get device(): device | null {
    const place = native.eventDevice(this._handle);
    return place === null ? null : deviceOf(place);
  }

  /** The address of the event of the device's own library; 0 before it is recorded. */
  get event_id(): number | bigint {
    return native.eventId(this._handle);
  }

  /** Records the event in a stream, the current one of its device where none is given. */
  record(stream: Stream | null = null): void {
    native.eventRecord(this._handle, ...this.streamOr("record", stream));
  }

  /** Lets all later work of a stream, the current one where none is given, wait for the event. */
  wait(stream: Stream | null = null): void {
    native.eventBlock(this._handle, ...this.streamOr("wait", stream));
  }

  /** Whether all work that was given before the event is done. */
  query(): boolean {
    return native.eventQuery(this._handle);
  }

  /** Waits until all work that was given before the event is done. */
  synchronize(): void {
    native.eventSynchronize(this._handle);
  }

  /** Milliseconds between this event and a later one; both made with `enable_timing`. */
  elapsed_time(end_event: Event): number {
    if (!((end_event as unknown) instanceof EventClass)) {
      throw new RuntimeError("expected other to be a torch.Event object");
    }
    return native.eventElapsedTime(this._handle, end_event._handle);
  }

  /** Throws NotImplementedError, as PyTorch does. */
  ipc_handle(): number[] {
    throw new NotImplementedError(IPC);
  }

  /** Throws NotImplementedError, as PyTorch does. */
  static from_ipc_handle(_device: DeviceLike, _handle: Uint8Array): Event {
    throw new NotImplementedError(IPC);
  }

  toString(): string {
    const place = this.device;
    return `torch.Event device_type=${place?.type}, device_index=${place?.index ?? -1}, event_flag=${Number(this.#timing)}, event_id=${this.event_id}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** @internal */
  protected streamOr(name: string, stream: Stream | null): PackedStream {
    if (stream === null) return native.currentStream(this.device?.code ?? 0, -1);
    if (stream instanceof StreamClass) return stream._packed;
    throw new TypeError(`${name}(): argument 'stream' must be torch.Stream, not ${typeName(stream)}`);
  }
}

takeKeywords("Event", EventClass.prototype, { elapsed_time: ["end_event"] });

for (const method of ["query", "synchronize", "is_capturing"] as const) bare(StreamClass.prototype, "Stream", method);
for (const method of ["query", "synchronize"] as const) bare(EventClass.prototype, "Event", method);

/** Lets a method take no arguments, as those that Python binds in C do. */
function bare(prototype: object, owner: string, method: string): void {
  const body = (prototype as Record<string, () => unknown>)[method];
  const value = function (this: object, ...args: unknown[]) {
    return (builtin(`${owner}.${method}`, () => body.call(this)) as (...args: unknown[]) => unknown)(...args);
  };
  Object.defineProperty(prototype, method, { value, writable: true, configurable: true });
}

for (const [name, names] of Object.entries({ record: ["stream"], wait: ["stream"] })) {
  const body = (EventClass.prototype as unknown as Record<string, (...args: never[]) => unknown>)[name];
  Object.defineProperty(EventClass.prototype, name, {
    value: def(name, names, body as (stream?: Stream | null) => unknown),
    writable: true,
    configurable: true,
  });
}

Object.defineProperty(StreamClass, "name", { value: "Stream" });
Object.defineProperty(EventClass, "name", { value: "Event" });

/**
 * A queue of work on a device: `torch.Stream()` on the accelerator, `torch.Stream("cuda:1", { priority: -1 })`. With
 * `using _ = stream` it is the current one for the rest of the block.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.Stream.html}
 */
export const Stream = callable(StreamClass);
export type Stream = StreamClass;

/**
 * A mark in a stream: it can be waited for, and measures time with `enable_timing`.
 *
 * Throws RuntimeError when it is recorded on a device without events, such as the CPU.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.Event.html}
 */
export const Event = callable(EventClass);
export type Event = EventClass;
