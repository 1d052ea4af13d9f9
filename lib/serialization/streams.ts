// Streams can only be waited for: what cannot be read at once is gathered first.

import { type LoadKeywords, load } from "../serialization.js";

/** Bytes that come one after the other: a Node.js or web stream, a `fetch()` response's body, a Blob's stream. */
export type ByteStream = AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array>;

/** Gathers a stream's bytes and loads them as `load()` does. */
// biome-ignore lint/suspicious/noExplicitAny: only the caller knows what the file holds
export async function load_async(stream: ByteStream, keywords: LoadKeywords = {}): Promise<any> {
  const parts: Uint8Array[] = [];
  for await (const part of stream as AsyncIterable<Uint8Array | string>) {
    if (typeof part === "string") throw new TypeError("the stream gives text: it must not have an encoding");
    parts.push(part);
  }
  return load(Buffer.concat(parts), keywords);
}
