// torch/cpu/__init__.py

import { type Entered, withMode } from "../modes.js";
import type { DeviceLike } from "../types.js";

export * as amp from "./amp/index.js";

/** Whether the CPU can be used: it always can. */
export function is_available(): boolean {
  return true;
}

/** Whether the CPU's state is set up: it always is. */
export function is_initialized(): boolean {
  return true;
}

/** Does nothing: work on the CPU is done when a call returns. */
export function synchronize(_device: DeviceLike | null = null): void {}

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

/** A mark in a queue of work: on the CPU always reached. */
export class Event {
  query(): boolean {
    return true;
  }

  record(_stream: Stream | null = null): void {}

  synchronize(): void {}

  wait(_stream: Stream | null = null): void {}
}

let current = new Stream();

/** The stream that was chosen with stream(), or the default one. */
export function current_stream(_device: DeviceLike | null = null): Stream {
  return current;
}

function enterStream(chosen: Stream | null): () => void {
  const before = current;
  if (chosen !== null) current = chosen;
  return () => {
    current = before;
  };
}

/**
 * Makes a stream the current one while a function runs, or until the end of a `using` block; null changes nothing.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cpu.stream.html}
 */
export function stream<T>(stream: Stream | null, body: () => T): T;
export function stream(stream: Stream | null): Entered;
export function stream<T>(stream: Stream | null, body?: () => T): T | Entered {
  return withMode("cpu.stream", () => enterStream(stream), body);
}

export { stream as StreamContext };

/** The number of CPUs as devices: 1. */
export function device_count(): number {
  return 1;
}

/** Does nothing: there is one CPU. */
export function set_device(_device: DeviceLike): void {}

/** The current device: "cpu". */
export function current_device(): string {
  return "cpu";
}
