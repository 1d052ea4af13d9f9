// StreamContext of torch/cuda/__init__.py

import { mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import { type Entered, withMode } from "../modes.js";
import { enterStream, type Stream } from "../streams.js";
import { hasDevice } from "./_utils.js";

/** A stream for a function, or until the end of a `using` block. */
export interface StreamMode {
  <T>(stream: Stream | null, body: () => T): T;
  (stream: Stream | null): Entered;
}

const enterContext = (stream: Stream | null) => (stream === null || !hasDevice() ? () => {} : enterStream(stream));

/** @internal The stream for a function; null, and no device, change nothing. */
export const withStream = <T>(stream: Stream | null, body: () => T): T =>
  withMode("cuda.stream", () => enterContext(stream), body) as T;

/** @internal The mode of a stream. */
export const streamMode = (called: string): StreamMode =>
  mode("cuda.stream", ["stream"], (stream: Stream | null) => () => enterContext(stream), { called });

/** @internal Makes a stream and its device the current ones. */
export function setStream(stream: Stream): void {
  native.setStream(...stream._packed);
}
