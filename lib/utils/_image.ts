// Images of bytes: PNG files and the Netpbm formats, decoded as PIL does.

import { inflateSync } from "node:zlib";
import { NotImplementedError, ValueError } from "../errors.js";

/** Pixels row by row, with 1 (gray), 2 (gray and alpha), 3 (RGB) or 4 (RGBA) bytes each. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const malformed = (what: string) => new ValueError(`cannot identify image file: ${what}`);

/** The chunks of a PNG file, joined by their types. */
function chunksOf(file: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = PNG.length; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (data.length < length) throw malformed("the PNG file is truncated");
    chunks.set(type, Buffer.concat([chunks.get(type) ?? Buffer.alloc(0), data]));
    at += length + 12;
  }
  return chunks;
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Undoes the filters of the rows; `step` is how many bytes before the one on the left is. */
function unfilter(data: Buffer, height: number, stride: number, step: number): Buffer {
  if (data.length < height * (stride + 1)) throw malformed("the PNG file's data is too short");
  const rows = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)];
    if (filter > 4) throw malformed(`unknown PNG filter ${filter}`);
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= step ? rows[at - step] : 0;
      const up = y > 0 ? rows[at - stride] : 0;
      const corner = x >= step && y > 0 ? rows[at - stride - step] : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      rows[at] = data[y * (stride + 1) + 1 + x] + predicted;
    }
  }
  return rows;
}

/** Samples of 1, 2, 4, 8 or 16 bits as bytes, the higher half of 16. */
function samplesOf(rows: Buffer, height: number, perRow: number, depth: number, scaled: boolean): Uint8Array {
  const stride = Math.ceil((perRow * depth) / 8);
  const scale = scaled ? 255 / (2 ** depth - 1) : 1;
  const samples = new Uint8Array(height * perRow);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < perRow; x++) {
      const at = y * stride + ((x * depth) >> 3);
      const bits = depth >= 8 ? rows[at] : (rows[at] >> (8 - depth - ((x * depth) & 7))) & (2 ** depth - 1);
      samples[y * perRow + x] = depth >= 8 ? bits : bits * scale;
    }
  }
  return samples;
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PALETTE = 3;

function decodePng(file: Buffer): Image {
  const chunks = chunksOf(file);
  const header = chunks.get("IHDR");
  const data = chunks.get("IDAT");
  if (!header || header.length < 13 || !data) throw malformed("the PNG file has no image");
  const [width, height, depth, type] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
  if (header[12] !== 0) throw new NotImplementedError("interlaced PNG files cannot be decoded");
  const channels = CHANNELS[type];
  if (!channels || ![1, 2, 4, 8, 16].includes(depth)) throw malformed(`unknown PNG colour type ${type}`);
  const bits = channels * depth;
  const stride = Math.ceil((width * bits) / 8);
  const rows = unfilter(inflateSync(data), height, stride, Math.max(1, bits >> 3));
  const samples = samplesOf(rows, height, width * channels, depth, type !== PALETTE);
  return type === PALETTE ? fromPalette(samples, height, width, chunks) : { height, width, channels, pixels: samples };
}

function fromPalette(samples: Uint8Array, height: number, width: number, chunks: Map<string, Buffer>): Image {
  const palette = chunks.get("PLTE");
  if (!palette) throw malformed("the PNG file has no palette");
  const alpha = chunks.get("tRNS");
  const channels = alpha ? 4 : 3;
  const pixels = new Uint8Array(samples.length * channels);
  for (const [i, index] of samples.entries()) {
    pixels.set(palette.subarray(3 * index, 3 * index + 3), i * channels);
    if (alpha) pixels[i * channels + 3] = alpha[index] ?? 255;
  }
  return { height, width, channels, pixels };
}

/** Netpbm: P1 to P3 are text, P4 to P6 are bytes; bitmaps have 1 for black. */
function decodeNetpbm(file: Buffer): Image {
  const kind = file[1] - 0x30;
  const isBitmap = kind === 1 || kind === 4;
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const header: number[] = [];
  let at = 2;
  const token = (): number => {
    const [text, digits] = /^(?:\s|#[^\n]*\n)*(\d)?/.exec(file.toString("latin1", at, at + 4096)) ?? [""];
    at += text.length - (digits ? 1 : 0);
    const number = (isBitmap && header.length === 2 ? /^\d/ : /^\d+/).exec(file.toString("latin1", at, at + 16))?.[0];
    if (number === undefined) throw malformed("the Netpbm file is truncated");
    at += number.length;
    return Number(number);
  };
  while (header.length < (isBitmap ? 2 : 3)) header.push(token());
  const [width, height, most = 1] = header;
  const count = width * height * channels;
  const scale = (x: number) => (isBitmap ? (x ? 0 : 255) : Math.floor((x * 255) / most));
  if (kind <= 3) {
    if (count > file.length) throw malformed("the Netpbm file is truncated");
    return { height, width, channels, pixels: Uint8Array.from({ length: count }, () => scale(token())) };
  }
  const data = file.subarray(at + 1);
  const depth = isBitmap ? 1 : most > 255 ? 16 : 8;
  if (data.length < height * Math.ceil((width * channels * depth) / 8)) throw malformed("the Netpbm file is truncated");
  const samples =
    depth === 16
      ? Uint8Array.from({ length: count }, (_, i) => scale(data.readUInt16BE(2 * i)))
      : samplesOf(data, height, width * channels, depth, false).map(scale);
  return { height, width, channels, pixels: samples };
}

/** Decodes a PNG or Netpbm file. Throws ValueError for a malformed one, and NotImplementedError for other formats. */
export function decodeImage(file: Uint8Array): Image {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.subarray(0, PNG.length).equals(PNG)) return decodePng(bytes);
  if (/^P[1-6]\s/.test(bytes.toString("latin1", 0, 3))) return decodeNetpbm(bytes);
  throw new NotImplementedError("images are decoded if they are PNG or Netpbm files; give a handler for others");
}

/** The brightness of a colour, as PIL has it. */
const luma = (r: number, g: number, b: number) => (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;

/** PIL's `convert()`: gray ("l"), "rgb" or "rgba". */
export function convert({ height, width, channels, pixels }: Image, mode: "l" | "rgb" | "rgba"): Image {
  const count = mode.length;
  const made = new Uint8Array(height * width * count);
  for (let i = 0; i < height * width; i++) {
    const at = i * channels;
    const isGray = channels < 3;
    const [r, g, b] = isGray ? [pixels[at], pixels[at], pixels[at]] : pixels.subarray(at, at + 3);
    const alpha = channels === 2 || channels === 4 ? pixels[at + channels - 1] : 255;
    if (mode === "l") made[i] = isGray ? r : luma(r, g, b);
    else made.set([r, g, b, alpha].slice(0, count), i * count);
  }
  return { height, width, channels: count, pixels: made };
}
