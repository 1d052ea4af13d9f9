// StreamContext of torch/cuda/__init__.py

import { native } from "../binding.js";
import { type Entered, withMode } from "../modes.js";
import { enterStream, type Stream } from "../streams.js";
import { hasDevice } from "./_utils.js";

/** @internal The stream for a function, or until the end of a `using` block; null, and no device, change nothing. */
export function withStream<T>(stream: Stream | null, body?: () => T): T | Entered {
  const enter = () => (stream === null || !hasDevice() ? () => {} : enterStream(stream));
  return withMode("cuda.stream", enter, body);
}

/** @internal Makes a stream and its device the current ones. */
export function setStream(stream: Stream): void {
  native.setStream(...stream._packed);
}
