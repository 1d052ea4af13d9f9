// Streams can only be waited for: what cannot be read at once is gathered first.

import { setImmediate } from "node:timers/promises";
import { type LoadKeywords, load } from "../serialization.js";

const AT_ONCE = 2 ** 20;

/** Bytes that come one after the other: a Node.js or web stream, a `fetch()` response's body, a Blob's stream. */
export type ByteStream = AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array>;

export function isStream(f: unknown): f is ByteStream {
  return typeof f === "object" && f !== null && (Symbol.asyncIterator in f || "getReader" in f);
}

/** All bytes of a stream. */
export async function gather(stream: ByteStream): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream as AsyncIterable<Uint8Array | string>) {
    if (typeof part === "string") throw new TypeError("the stream gives text: it must not have an encoding");
    parts.push(part);
  }
  const whole = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  let copied = 0; // since the event loop turned
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
    copied += part.length;
    if (copied < AT_ONCE) continue;
    copied = 0;
    await setImmediate();
  }
  return whole;
}

/** Gathers a stream's bytes and loads them as `load()` does. */
// biome-ignore lint/suspicious/noExplicitAny: only the caller knows what the file holds
export async function load_async(stream: ByteStream, keywords: LoadKeywords = {}): Promise<any> {
  return load(await gather(stream), keywords);
}
