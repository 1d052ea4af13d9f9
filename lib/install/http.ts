import { setTimeout as sleep } from "node:timers/promises";
import { errorCode, isCertificateCode, NetworkError } from "./errors.js";
import type { Network } from "./settings.js";

/** Bytes from `start` up to, but without, `end`. */
export type Range = { start: number; end: number };

export type Reply = {
  /** The address after redirects. */
  url: string;
  headers: Headers;
  chunks: AsyncIterable<Uint8Array>;
  /** Ends a reply whose chunks are not wanted. */
  cancel(): void;
};

export type RequestOptions = { network: Network; signal?: AbortSignal; range?: Range; accept?: string };

/** Sends one GET request; redirects are followed, and silence longer than the timeout ends it. */
export async function get(address: string, { network, signal, range, accept }: RequestOptions): Promise<Reply> {
  const { url, headers } = withoutCredentials(address);
  // The offsets of a range count bytes that nothing has compressed.
  headers.set("accept-encoding", "identity");
  if (accept) headers.set("accept", accept);
  if (range) headers.set("range", `bytes=${range.start}-${range.end - 1}`);

  signal?.throwIfAborted();
  const stop = new AbortController();
  signal?.addEventListener("abort", () => stop.abort(signal.reason), { signal: stop.signal });
  const isSilent = () => stop.abort(new NetworkError(`no answer for ${network.timeout / 1000} s`, true));
  const timer = setTimeout(isSilent, network.timeout);
  const cancel = () => {
    clearTimeout(timer);
    stop.abort();
  };
  // fetch ends with the signal too, but the wait for it must end in any case.
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener("abort", () => reject(stop.signal.reason));
  });
  stopped.catch(() => {});

  try {
    const response = await Promise.race([fetch(url, { headers, signal: stop.signal }), stopped]);
    if (!response.ok) throw statusError(response.status);
    return { url: response.url, headers: response.headers, chunks: read(response), cancel };
  } catch (error) {
    cancel();
    throw translate(error, signal);
  }

  async function* read(response: Response) {
    const reader = response.body?.getReader();
    try {
      while (reader) {
        const { done, value } = await Promise.race([reader.read(), stopped]);
        if (done) return;
        timer.refresh();
        yield value;
      }
    } catch (error) {
      throw translate(error, signal);
    } finally {
      cancel();
    }
  }
}

/** Sends a GET request, again and again while the failure is temporary, and returns the whole body as text. */
export function getText(
  address: string,
  options: RequestOptions,
): Promise<{ text: string; url: string; type: string }> {
  return retrying(options, async () => {
    const { url, headers, chunks } = await get(address, options);
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return { text: Buffer.concat(parts).toString(), url, type: headers.get("content-type") ?? "" };
  });
}

/** Runs a task until it succeeds or has failed too often; `progress()` in between starts the count anew. */
export async function retrying<T>(
  { network, signal }: RequestOptions,
  task: (progress: () => void) => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await task(() => {
        failures = 0;
      });
    } catch (error) {
      if (!(error instanceof NetworkError && error.temporary) || failures >= network.tries) throw error;
      await sleep(network.pause * 2 ** Math.max(0, failures - 1), undefined, { signal });
    }
  }
}

/** An address as it may be shown: without user name, password, query and fragment. */
export function shown(address: string): string {
  const url = new URL(address);
  return url.origin + url.pathname;
}

function withoutCredentials(address: string): { url: URL; headers: Headers } {
  const url = new URL(address);
  const headers = new Headers();
  if (url.username) {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.set("authorization", `Basic ${Buffer.from(credentials).toString("base64")}`);
    url.username = url.password = "";
  }
  return { url, headers };
}

function statusError(status: number): NetworkError {
  const temporary = status >= 500 || status === 408 || status === 429;
  return new NetworkError(`the server answered ${status}`, temporary);
}

function translate(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted || error instanceof NetworkError || !(error instanceof Error)) return error;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = errorCode(error);
  // Without a code it was not the network: fetch did not like the address.
  return new NetworkError(cause.message || code || "no connection", Boolean(code) && !isCertificateCode(code), {
    cause: error,
  });
}
