// torch/cuda/streams.py

import { takeKeywords } from "../arguments/class.js";
import { def } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { native, type PackedStream } from "../binding.js";
import { callable } from "../callable.js";
import { initialise, toDevice } from "../device.js";
import { RuntimeError } from "../errors.js";
import { EventClass as AnyEvent, StreamClass as AnyStream, Made } from "../streams.js";
import type { DeviceLike, Keywords } from "../types.js";
import { CUDA, deviceIndex, isCompiled, requireClass } from "./_utils.js";

/** What torch.cuda.Stream() takes by keyword. */
export interface StreamKeywords {
  device?: DeviceLike | null;
  priority?: number;
  stream_id?: number | bigint;
  device_index?: number;
  device_type?: number;
  /** The address of a cudaStream_t that another library made. */
  stream_ptr?: number | bigint;
}

/** @internal The CUDA stream that libtorch named. */
export const streamOf = (packed: PackedStream): Stream => new StreamClass(new Made(packed) as never);

const arranged = def(
  "Stream.__new__",
  ["device", "priority", "*", "stream_id", "device_index", "device_type", "stream_ptr"],
  (
    device: DeviceLike | null = null,
    priority = 0,
    stream_id?: number | bigint,
    device_index?: number,
    device_type?: number,
    stream_ptr?: number | bigint,
  ): PackedStream => {
    if (!isCompiled()) throw new RuntimeError("torch.cuda.Stream requires CUDA support");
    if (device !== null && (stream_id === undefined || device_index === undefined)) initialise(toDevice("cuda"));
    if (stream_ptr !== undefined) {
      if (priority !== 0) throw new RuntimeError("Priority was explicitly set for a external stream");
      return native.externalStream(stream_ptr, deviceIndex(device, true));
    }
    if (stream_id || device_index || device_type) return [stream_id ?? 0, device_index ?? 0, device_type ?? 0];
    return native.newStream(CUDA, device === null ? -1 : deviceIndex(device, true), priority);
  },
);

/** The class behind `Stream`. */
export class StreamClass extends AnyStream {
  constructor(
    device?: DeviceLike | null | Keywords<StreamKeywords>,
    priority?: number | Keywords<Omit<StreamKeywords, "device">>,
    keywords?: Keywords<Omit<StreamKeywords, "device" | "priority">>,
  );
  constructor(...args: unknown[]) {
    super((args[0] instanceof Made ? args[0] : new Made(arranged(...(args as [])))) as never);
  }

  /** The address of the cudaStream_t. */
  get cuda_stream(): number | bigint {
    return this.native_handle;
  }

  /** How urgent the stream's work is: the lower, the more urgent. */
  get priority(): number {
    return native.streamPriority(...this._packed);
  }

  /** The least and the most urgent priority that streams can have: `[0, -3]`. */
  static priority_range(): [lowest: number, highest: number] {
    requireClass("_CudaStreamBase");
    return native.streamPriorityRange();
  }

  /** Records an event, a new one where none is given, and returns it. */
  override record_event(event: AnyEvent | null = null): AnyEvent {
    const recorded = event ?? new EventClass();
    recorded.record(this);
    return recorded;
  }

  override toString(): string {
    return `<torch.cuda.Stream device=${this.device} cuda_stream=0x${this.cuda_stream.toString(16)}>`;
  }
}

takeKeywords("Stream", StreamClass.prototype, { record_event: ["event"] });
Object.defineProperty(StreamClass, "name", { value: "Stream" });

/** The class behind `ExternalStream`. */
export class ExternalStreamClass extends StreamClass {
  constructor(stream_ptr: number | bigint, device: DeviceLike | null = null) {
    if (!isCompiled()) throw new RuntimeError("torch.cuda.Stream requires CUDA support");
    const index = deviceIndex(device, true);
    if (index < 0) throw new RuntimeError("invalid argument to exchangeDevice");
    super(new Made(native.externalStream(stream_ptr, index)) as never);
  }
}
Object.defineProperty(ExternalStreamClass, "name", { value: "ExternalStream" });

/** What torch.cuda.Event() takes by keyword. */
export interface EventKeywords {
  enable_timing?: boolean;
  blocking?: boolean;
  interprocess?: boolean;
  external?: boolean;
}

const newEvent = def(
  "Event.__new__",
  ["enable_timing", "blocking", "interprocess", "external"],
  (enable_timing = false, blocking = false, interprocess = false, external = false) => {
    requireClass("Event");
    return native.newCudaEvent(enable_timing, blocking, interprocess, external);
  },
);

/** The class behind `Event`. */
export class EventClass extends AnyEvent {
  constructor(
    enable_timing?: boolean | Keywords<EventKeywords>,
    blocking?: boolean,
    interprocess?: boolean,
    external?: boolean,
  );
  constructor(...args: unknown[]) {
    super((args[0] instanceof Made ? args[0] : new Made(newEvent(...(args as [])))) as never);
  }

  /** An event of another process, from what ipc_handle() gave there. */
  static override from_ipc_handle(device: DeviceLike, handle: Uint8Array): Event {
    initialise(toDevice("cuda"));
    return new EventClass(new Made(native.cudaEventFromIpc(deviceIndex(device, true), handle)) as never);
  }

  /** The address of the cudaEvent_t; 0 before the event is recorded. */
  get cuda_event(): number | bigint {
    return this.event_id;
  }

  /** The bytes by which another process finds the event, which is made with `interprocess`. */
  override ipc_handle(): number[] {
    return native.cudaEventIpcHandle(this._handle);
  }

  override toString(): string {
    const address = this.cuda_event;
    return address ? `<torch.cuda.Event 0x${address.toString(16)}>` : "<torch.cuda.Event uninitialized>";
  }

  /** @internal */
  protected override streamOr(name: string, stream: AnyStream | null): PackedStream {
    if (stream === null) {
      initialise(toDevice("cuda"));
      return native.currentStream(CUDA, -1);
    }
    if (stream instanceof AnyStream) return stream._packed;
    throw new TypeError(`${name}(): argument 'stream' must be torch.Stream, not ${typeName(stream)}`);
  }
}

takeKeywords("Event", EventClass, { from_ipc_handle: ["device", "handle"] });

takeKeywords("Event", EventClass.prototype, { ipc_handle: [] });
Object.defineProperty(EventClass, "name", { value: "Event" });

/**
 * A queue of work on a CUDA device, made on the current device or on `device`; `priority` is 0 or less.
 *
 * Throws RuntimeError for a libtorch without CUDA.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.Stream.html}
 */
export const Stream = callable(StreamClass);
export type Stream = StreamClass;

/**
 * A CUDA stream that another library made, by its address; whoever made it keeps it alive.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.ExternalStream.html}
 */
export const ExternalStream = callable(ExternalStreamClass);
export type ExternalStream = ExternalStreamClass;

/**
 * A mark in a CUDA stream: `torch.cuda.Event({ enable_timing: true })`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.Event.html}
 */
export const Event = callable(EventClass);
export type Event = EventClass;
