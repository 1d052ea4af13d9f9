import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inflateSync } from "node:zlib";
import * as torch from "tstorch";
import { SummaryWriter } from "tstorch/utils/tensorboard";
import { afterEach, beforeEach, expect, test } from "vitest";
import recorded from "./recordings/events.json" with { type: "json" };
import projector from "./recordings/projector.json" with { type: "json" };

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

type Row = torch.Tensor;

/** The red of each frame's pixels, decoded as GIF says. */
function framesOf(gif: Buffer): number[][] {
  const frames: number[][] = [];
  let at = 13;
  while (gif[at] !== 0x3b) {
    if (gif[at] === 0x21) {
      for (at += 2; gif[at] !== 0; at += gif[at] + 1);
      at++;
      continue;
    }
    const palette = gif.subarray(at + 10, at + 10 + 768);
    const data: Buffer[] = [];
    for (at += 10 + 768 + 1; gif[at] !== 0; at += gif[at] + 1) data.push(gif.subarray(at + 1, at + 1 + gif[at]));
    at++;
    frames.push(unpacked(Buffer.concat(data)).map((index) => palette[3 * index]));
  }
  return frames;
}

function unpacked(data: Buffer): number[] {
  const result: number[] = [];
  const start = Array.from({ length: 258 }, (_, i) => (i < 256 ? [i] : []));
  let table = [...start];
  let [bit, size, before] = [0, 9, [] as number[]];
  for (;;) {
    let code = 0;
    for (let i = 0; i < size; i++, bit++) code |= ((data[bit >> 3] >> (bit & 7)) & 1) << i;
    if (code === 257) return result;
    if (code === 256) {
      [table, size, before] = [[...start], 9, []];
      continue;
    }
    const entry = table[code] ?? [...before, before[0]];
    result.push(...entry);
    if (before.length && table.length < 4096) table.push([...before, entry[0]]);
    if (table.length === 1 << size && size < 12) size++;
    before = entry;
  }
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
  const dtypes = [
    ...[torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int8, torch.int16, torch.int32],
    ...[torch.int64, torch.uint8, torch.bool, torch.complex64, torch.complex128],
  ];
  const matrix = torch.tensor([1, 0, 3, 100]).view(2, 2);
  for (const dtype of dtypes) writer.add_tensor(String(dtype), matrix.to(dtype), 1);
  writer.add_tensor("empty", torch.zeros([0, 2]));
  writer.add_histogram_raw("raw", -1, 2.5, 3, 0, 4, [0.5, 1, 2], torch.tensor([1, 0, 2]), 6);
  writer.add_audio("sound", torch.tensor([[0, 0.5, -0.25, 1, -1]]), { global_step: 1, sample_rate: 8000 });
  const [labels, predictions] = [torch.tensor([0, 1, 1, 0, 1]), torch.tensor([0.1, 0.9, 0.4, 0.6, 1])];
  writer.add_pr_curve("pr", labels, predictions, 2, 5);
  writer.add_pr_curve("weighted", labels, predictions, { num_thresholds: 200, weights: 0.5 });
  const rows = [...torch.arange(12).to(torch.float32).view(6, 2)] as [Row, Row, Row, Row, Row, Row];
  writer.add_pr_curve_raw("raw pr", ...rows, { global_step: 3, num_thresholds: 2 });
  const vertices = torch.arange(12).view(1, 4, 3);
  writer.add_mesh("mesh", vertices.to(torch.float32), {
    colors: vertices,
    faces: torch.tensor([[[0, 1, 2]]]),
    config_dict: { b: { x: 1 }, a: [1, "ä"] },
    global_step: 4,
  });
  writer.add_mesh("points", torch.zeros([2, 1, 3]));
  writer.close();
  const charts = SummaryWriter(path.join(folder, "charts"));
  charts.add_custom_scalars({ c: { lines: ["Multiline", ["a", "b"]], band: ["Margin", ["m", "l", "u"]] }, d: {} });
  charts.add_custom_scalars_multilinechart(["x", "y"], { title: "t" });
  charts.add_custom_scalars_marginchart(["x", "y", "z"], { category: "k" });
  charts.close();
  for (const [name, events] of Object.entries(recorded)) {
    expect(read(name).map((event) => event.toString("base64"))).toEqual(events);
  }
});

test("the projector's files are Python's", () => {
  using writer = new SummaryWriter(path.join(folder, "projector"));
  writer.add_embedding(torch.tensor([[1, 0.1], [2, 3]]), { metadata: ["a", "b"], global_step: 7, tag: "x/y" }); // biome-ignore format: a matrix
  writer.add_embedding(torch.tensor([[1, 2]]), {
    metadata: [['a"', 1.5]],
    label_img: torch.ones([1, 3, 2, 4]),
    metadata_header: ["name", "n"],
  });
  for (const [file, text] of Object.entries(projector))
    expect(readFileSync(path.join(folder, file), "utf8")).toBe(text);
  const sprite = readFileSync(path.join(folder, "projector/00000/default/sprite.png"));
  expect([sprite.readUInt32BE(16), sprite.readUInt32BE(20)]).toEqual([4, 4]);
});

test("videos are GIF", () => {
  using writer = new SummaryWriter(folder);
  // Frame t of video n is 40 n + 100 t; the second video stands right of the first.
  const gray = torch.tensor([0, 100, 40, 140]).view(2, 2, 1, 1, 1).expand(2, 2, 3, 3, 5).to(torch.uint8);
  writer.add_video("v", gray, { global_step: 1, fps: 5 });
  writer.add_video("noise", torch.rand(3, 1, 1, 40, 40));
  writer.flush();
  const [, first, noise] = read();
  const gif = first.subarray(first.indexOf("GIF89a"));
  expect([gif.readUInt16LE(6), gif.readUInt16LE(8)]).toEqual([10, 3]);
  const frames = framesOf(gif);
  const row = (t: number) => [...Array(5).fill(100 * t), ...Array(5).fill(40 + 100 * t)];
  expect(frames).toEqual([0, 1].map((t) => [...row(t), ...row(t), ...row(t)]));
  expect(framesOf(noise.subarray(noise.indexOf("GIF89a")))[0].length).toBe(80 * 80); // more codes than one table holds
  expect(() => writer.add_video("v", torch.zeros([2, 3]))).toThrow(torch.ValueError);
});

test("boxes are drawn", () => {
  using writer = new SummaryWriter(folder);
  writer.add_image_with_boxes("b", torch.zeros([3, 8, 8]), torch.tensor([[2, 2, 5, 6]]));
  writer.flush();
  const png = read()[1].subarray(read()[1].indexOf(Buffer.from("\x89PNG", "latin1")));
  const at = png.indexOf("IDAT");
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  const reds = Array.from({ length: 8 }, (_, y) =>
    Array.from({ length: 8 }, (_, x) => (rows[y * 25 + 1 + 3 * x] ? "#" : ".")).join(""),
  );
  expect(reds).toEqual([
    "........",
    ".#####..",
    ".#####..",
    ".##.##..",
    ".##.##..",
    ".#####..",
    ".#####..",
    "........",
  ]);
  expect(() => writer.add_image_with_boxes("b", torch.zeros([3, 8, 8]), [], { labels: ["x"] } as never)).toThrow(
    torch.NotImplementedError,
  );
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
