// Event files: TFRecords of Event messages.

import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
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

/** What is not written yet goes to the files when the process ends. */
const open = new Set<FileWriter>();
let atExit = false;
let count = 0;

function flushAll(): void {
  for (const writer of open) writer.flush();
}

/** Writes a file of events in a folder, which it makes. */
export class FileWriter {
  readonly #log_dir: string;
  readonly #max_queue: number;
  readonly #file: number;
  readonly #timer: NodeJS.Timeout;
  #queue: Buffer[] = [];

  constructor(log_dir: string, max_queue = 10, flush_secs = 120, filename_suffix = "") {
    this.#log_dir = log_dir;
    this.#max_queue = max_queue;
    mkdirSync(log_dir, { recursive: true });
    const seconds = `${Math.floor(Date.now() / 1000)}`.padStart(10, "0");
    const name = `events.out.tfevents.${seconds}.${os.hostname()}.${process.pid}.${count++}${filename_suffix}`;
    this.#file = openSync(path.join(log_dir, name), "w");
    this.#timer = setInterval(() => this.flush(), flush_secs * 1000).unref();
    open.add(this);
    if (!atExit) process.on("exit", flushAll);
    atExit = true;
    this.add_event([bytes(3, "brain.Event:2")]);
    this.flush();
  }

  get_logdir(): string {
    return this.#log_dir;
  }

  /** Adds an Event of these fields at a step; `walltime` is in seconds. */
  add_event(fields: readonly Buffer[], step: number | null = null, walltime: number | null = null): void {
    const time = double(1, walltime ?? Date.now() / 1000);
    this.#queue.push(record(Buffer.concat([time, ...(!step ? [] : [int(2, Math.trunc(step))]), ...fields])));
    if (this.#queue.length > this.#max_queue) this.flush();
  }

  /** Adds an Event with the Summary of these values. */
  add_summary(values: readonly Buffer[], global_step: number | null = null, walltime: number | null = null): void {
    this.add_event([bytes(5, ...values)], global_step, walltime);
  }

  flush(): void {
    const data = Buffer.concat(this.#queue);
    this.#queue = [];
    for (let written = 0; written < data.length; ) written += writeSync(this.#file, data, written);
  }

  close(): void {
    if (!open.delete(this)) return;
    clearInterval(this.#timer);
    this.flush();
    closeSync(this.#file);
  }
}
