import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inflateSync } from "node:zlib";
import * as torch from "tstorch";
import { SummaryWriter } from "tstorch/utils/tensorboard";
import { afterEach, beforeEach, expect, test } from "vitest";
import recorded from "./recordings/events.json" with { type: "json" };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "runs-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The CRC-32C of bytes, bit by bit, masked. */
function masked(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  const value = ~crc >>> 0;
  return (((value >>> 15) | (value << 17)) + 0xa282ead8) >>> 0;
}

/** The events of the one file in a folder, each with 5 as its time. */
function read(name = "."): Buffer[] {
  const files = readdirSync(path.join(folder, name)).filter((file) => file.startsWith("events.out.tfevents."));
  expect(files.length).toBe(1);
  const bytes = readFileSync(path.join(folder, name, files[0]));
  const events: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(masked(bytes.subarray(at, at + 8)));
    const event = Buffer.from(bytes.subarray(at + 12, at + 12 + length));
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(event));
    expect(event[0]).toBe(9); // the time, a double, comes first
    event.writeDoubleLE(5, 1);
    events.push(event);
    at += length + 16;
  }
  return events;
}

test("the events are Python's to the byte", () => {
  const writer = SummaryWriter(folder);
  writer.add_scalar("loss", 0.25, 1, 5);
  writer.add_scalar("loss", torch.tensor([1.5]), { global_step: 300 });
  writer.add_scalar("new", 0.5, 2, 5, true);
  writer.add_scalar("double", 0.1, { global_step: 2, new_style: true, double_precision: true });
  writer.add_histogram("h", torch.arange(10).to(torch.float32).sub(3), 3);
  writer.add_histogram("h", torch.arange(10), { global_step: 3, bins: 4 });
  writer.add_histogram("h", torch.arange(10), { global_step: 3, bins: 7, max_bins: 3 });
  writer.add_text("t", "hé *llo*", 4);
  writer.add_hparams({ lr: 0.1 }, { acc: 0.5 }, { lr: [0.1, 0.2] }, "run", 1);
  writer.add_hparams({ opt: "sgd", no: null }, { acc: 1 }, null, "run2");
  writer.close();
  for (const [name, events] of Object.entries(recorded)) {
    expect(read(name).map((event) => event.toString("base64"))).toEqual(events);
  }
});

test("images are PNG", () => {
  using writer = new SummaryWriter(folder);
  writer.add_image("i", torch.tensor([[[0, 1]], [[0.5, 1]], [[0, 2]]]), 7);
  writer.add_images("grid", torch.ones([9, 1, 2, 2], { dtype: torch.uint8 }));
  writer.add_image("gray", torch.zeros([2, 2]), { dataformats: "HW" });
  expect(() => writer.add_image("i", torch.zeros([2, 2]))).toThrow(torch.AssertionError);
  writer.flush();
  const [, first, grid, gray] = read();
  const png = (event: Buffer) => event.subarray(event.indexOf(Buffer.from("\x89PNG", "latin1")));
  const pixels = (event: Buffer) => {
    const at = png(event).indexOf("IDAT");
    return [...inflateSync(png(event).subarray(at + 4, at + 4 + png(event).readUInt32BE(at - 4)))];
  };
  expect(pixels(first)).toEqual([0, 0, 127, 0, 255, 255, 255]);
  const row = (present: number) => [0, ...Array.from({ length: 8 * 2 * 3 }, (_, i) => (i < present * 6 ? 1 : 0))];
  expect(pixels(grid)).toEqual([...row(8), ...row(8), ...row(1), ...row(1)]);
  expect(png(gray).readUInt32BE(16)).toBe(2);
});

test("add_scalars has a folder for each; files open again after close()", () => {
  const writer = SummaryWriter({ log_dir: folder, purge_step: 3 });
  writer.add_scalars("a/b", { x: 1, y: 2 }, 1);
  writer.close();
  expect(readdirSync(folder).filter((name) => !name.startsWith("events"))).toEqual(["a_b_x", "a_b_y"]);
  expect(read("a_b_x").length).toBe(2);
  expect(read().length).toBe(3);
  writer.add_scalar("again", 1);
  writer.close();
  expect(readdirSync(folder).length).toBe(4);
});

test("errors", () => {
  using writer = new SummaryWriter(folder);
  expect(() => writer.add_scalar("x", torch.zeros([2]))).toThrow(torch.AssertionError);
  expect(() => writer.add_histogram("x", [])).toThrow("The input has no element.");
  expect(() => writer.add_hparams({ a: [] as never }, {})).toThrow("value should be one of int, float, str, bool");
  expect(() => writer.add_scalar("x", 1, { step: 1 } as never)).toThrow("unexpected keyword argument 'step'");
});
