// Event files: TFRecords of Event messages.

import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { keywordClass, takeKeywords } from "../../arguments/class.js";
import { ValueError } from "../../errors.js";
import { bytes, double, int } from "./_proto.js";

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** The CRC-32C of bytes, masked as TFRecords have it. */
export function maskedCrc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** A record: its length and its data, each with a checksum. */
export function record(data: Uint8Array): Buffer {
  const framed = Buffer.alloc(data.length + 16);
  framed.writeBigUInt64LE(BigInt(data.length), 0);
  framed.writeUInt32LE(maskedCrc32c(framed.subarray(0, 8)), 8);
  framed.set(data, 12);
  framed.writeUInt32LE(maskedCrc32c(data), data.length + 12);
  return framed;
}

/** What bytes are written to: a file, or a stream. */
export interface RecordTarget {
  write(data: Uint8Array): unknown;
  flush?(): unknown;
  close?(): unknown;
  readonly closed?: boolean;
}

class RecordWriter {
  readonly #writer: RecordTarget;

  constructor(writer: RecordTarget) {
    this.#writer = writer;
  }

  /** Writes bytes as one record: their length and they, each with a checksum. */
  write(data: Uint8Array): void {
    this.#writer.write(record(data));
  }

  flush(): void {
    this.#writer.flush?.();
  }

  close(): void {
    this.#writer.close?.();
  }

  get closed(): boolean {
    return this.#writer.closed ?? false;
  }
}

/** Writes records to an object with a `write` method, as TensorFlow's files have them. */
const KeywordRecordWriter = keywordClass<RecordWriter>("RecordWriter")(RecordWriter, ["writer"]);
type KeywordRecordWriter = RecordWriter;

export { KeywordRecordWriter as RecordWriter };

/** What is not written yet goes to the files when the process ends. */
const open = new Set<FileWriter>();
let atExit = false;
let count = 0;

function flushAll(): void {
  for (const writer of open) writer.flush();
}

class FileWriter {
  readonly #log_dir: string;
  readonly #max_queue: number;
  readonly #flush_secs: number;
  readonly #filename_suffix: string;
  #file = -1;
  #timer: NodeJS.Timeout | undefined;
  #queue: Buffer[] = [];

  constructor(log_dir: string, max_queue = 10, flush_secs = 120, filename_suffix = "") {
    this.#log_dir = String(log_dir);
    this.#max_queue = max_queue;
    this.#flush_secs = flush_secs;
    this.#filename_suffix = filename_suffix;
    mkdirSync(this.#log_dir, { recursive: true });
    this.reopen();
  }

  /** Opens another file in the folder after `close()`. */
  reopen(): void {
    if (open.has(this)) return;
    const seconds = `${Math.floor(Date.now() / 1000)}`.padStart(10, "0");
    const name = `events.out.tfevents.${seconds}.${os.hostname()}.${process.pid}.${count++}${this.#filename_suffix}`;
    this.#file = openSync(path.join(this.#log_dir, name), "w");
    this.#timer = setInterval(() => this.flush(), this.#flush_secs * 1000).unref();
    open.add(this);
    if (!atExit) process.on("exit", flushAll);
    atExit = true;
    this.add_event([bytes(3, "brain.Event:2")]);
    this.flush();
  }

  /** The folder of the files. */
  get_logdir(): string {
    return this.#log_dir;
  }

  /** Adds an Event of these encoded fields at a step; `walltime` is in seconds. */
  add_event(event: readonly Buffer[], step: number | null = null, walltime: number | null = null): void {
    if (!open.has(this)) throw new ValueError("write to closed file: call reopen() first");
    const time = double(1, walltime ?? Date.now() / 1000);
    this.#queue.push(record(Buffer.concat([time, ...(!step ? [] : [int(2, Math.trunc(step))]), ...event])));
    if (this.#queue.length > this.#max_queue) this.flush();
  }

  /** Adds an Event with a Summary, as the functions of `torch.utils.tensorboard.summary` give it. */
  add_summary(summary: readonly Buffer[], global_step: number | null = null, walltime: number | null = null): void {
    this.add_event([bytes(5, ...summary)], global_step, walltime);
  }

  /** Adds the encoded messages GraphDef and RunMetadata. */
  add_graph(
    [graph, stepstats]: readonly [graph: Uint8Array, stepstats: Uint8Array],
    walltime: number | null = null,
  ): void {
    this.add_event([bytes(4, graph)], null, walltime);
    this.add_event([bytes(8, bytes(1, "step1"), bytes(2, stepstats))], null, walltime);
  }

  /** Adds the encoded message GraphDef of a graph. */
  add_onnx_graph(graph: Uint8Array, walltime: number | null = null): void {
    this.add_event([bytes(4, graph)], null, walltime);
  }

  /** Writes what waits to be written. */
  flush(): void {
    const data = Buffer.concat(this.#queue);
    this.#queue = [];
    for (let written = 0; written < data.length; ) written += writeSync(this.#file, data, written);
  }

  /** Writes what waits to be written, and closes the file. */
  close(): void {
    if (!open.delete(this)) return;
    clearInterval(this.#timer);
    this.flush();
    closeSync(this.#file);
  }
}
takeKeywords("FileWriter", FileWriter.prototype, {
  close: [],
  flush: [],
  get_logdir: [],
  reopen: [],
  add_event: ["event", "step", "walltime"],
  add_summary: ["summary", "global_step", "walltime"],
  add_graph: ["graph_profile", "walltime"],
  add_onnx_graph: ["graph", "walltime"],
});

/**
 * Writes a file of events in a folder, which it makes; at once when more than `max_queue` events wait, and every
 * `flush_secs` seconds.
 *
 * {@link https://docs.pytorch.org/docs/2.15/tensorboard.html}
 */
const KeywordFileWriter = keywordClass<FileWriter>("FileWriter")(FileWriter, [
  "log_dir",
  "max_queue",
  "flush_secs",
  "filename_suffix",
]);
type KeywordFileWriter = FileWriter;

export { KeywordFileWriter as FileWriter };
