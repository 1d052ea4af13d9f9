// torch/cpu/__init__.py

import { takeKeywords } from "../arguments/class.js";
import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import type { Entered } from "../modes.js";
import type { DeviceLike } from "../types.js";

export * as amp from "./amp/index.js";

/**
 * Whether the CPU can be used: it always can.
 *
 * `is_available() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cpu.is_available.html}
 */
export const is_available = def("is_available", [], (): boolean => true);

/**
 * Whether the CPU's state is set up: it always is.
 *
 * `is_initialized() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cpu.is_initialized.html}
 */
export const is_initialized = def("is_initialized", [], (): boolean => true);

/**
 * Does nothing: work on the CPU is done when a call returns.
 *
 * `synchronize(device=None) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cpu.synchronize.html}
 */
export const synchronize = def("synchronize", ["device"], (_device: DeviceLike | null = null): void => {});

let capabilities: Readonly<Record<string, boolean | number | string>> | null = null;

/**
 * What the CPU can, by names such as "avx2", and what it is: its "architecture", the size of its caches.
 *
 * `get_capabilities() -> Mapping[str, Any]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cpu.get_capabilities.html}
 */
export const get_capabilities = def("get_capabilities", [], (): Readonly<Record<string, boolean | number | string>> => {
  capabilities ??= Object.freeze(native.cpuCapabilities());
  return capabilities;
});

/** A queue of work: the CPU has but one, in which all that is called is done at once. */
export class Stream {
  /** Between -1, the most urgent, and 0. */
  readonly priority: number;

  constructor(priority = -1) {
    this.priority = priority;
  }

  wait_stream(_stream: Stream): void {}

  record_event(): void {}

  wait_event(_event: Event): void {}
}

takeKeywords("Stream", Stream.prototype, { record_event: [], wait_event: ["event"], wait_stream: ["stream"] });

/** A mark in a queue of work: on the CPU always reached. */
export class Event {
  query(): boolean {
    return true;
  }

  record(_stream: Stream | null = null): void {}

  synchronize(): void {}

  wait(_stream: Stream | null = null): void {}
}

takeKeywords("Event", Event.prototype, { query: [], record: ["stream"], synchronize: [], wait: ["stream"] });

let current = new Stream();

/**
 * The stream that was chosen with stream(), or the default one.
 *
 * `current_stream(device=None) -> Stream`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cpu.current_stream.html}
 */
export const current_stream = def("current_stream", ["device"], (_device: DeviceLike | null = null): Stream => current);

function enterStream(chosen: Stream | null): () => void {
  const before = current;
  if (chosen !== null) current = chosen;
  return () => {
    current = before;
  };
}

/** A stream for a function, or until the end of a `using` block. */
export interface StreamMode {
  <T>(stream: Stream | null, body: () => T): T;
  (stream: Stream | null): Entered;
}

const streamMode = (called: string): StreamMode =>
  mode("cpu.stream", ["stream"], (stream: Stream | null) => () => enterStream(stream), { called });

/**
 * Makes a stream the current one while a function runs, or until the end of a `using` block; null changes nothing.
 *
 * `stream(stream) -> AbstractContextManager`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cpu.stream.html}
 */
export const stream = streamMode("stream");

/** The class of what stream() is in Python. */
export const StreamContext = streamMode("StreamContext.__init__");

/**
 * The number of CPUs as devices: 1.
 *
 * `device_count() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cpu.device_count.html}
 */
export const device_count = def("device_count", [], (): number => 1);

/**
 * Does nothing: there is one CPU.
 *
 * `set_device(device) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cpu.set_device.html}
 */
export const set_device = def("set_device", ["device"], (_device: DeviceLike): void => {});

/**
 * The current device: "cpu".
 *
 * `current_device() -> str`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cpu.current_device.html}
 */
export const current_device = def("current_device", [], (): string => "cpu");
