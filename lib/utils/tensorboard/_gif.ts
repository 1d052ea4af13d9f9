// GIF files of frames of pixels.

const COLORS = 256;

/** The color of a cube of 6 by 7 by 6 that is nearest. */
const level = (x: number, levels: number) => Math.round((x * (levels - 1)) / 255);

/** Numbers of colors for pixels, and the colors: those of the pixels if they are few, else 252 that divide the cube. */
function indexed(pixels: Uint8Array): { indices: Uint8Array; palette: Uint8Array } {
  const indices = new Uint8Array(pixels.length / 3);
  const palette = new Uint8Array(3 * COLORS);
  const known = new Map<number, number>();
  for (let i = 0; i < indices.length; i++) {
    const [r, g, b] = pixels.subarray(3 * i, 3 * i + 3);
    const color = (r << 16) | (g << 8) | b;
    let index = known.get(color);
    if (index === undefined) {
      if (known.size === COLORS) return coarse(pixels, indices, palette);
      index = known.size;
      known.set(color, index);
      palette.set([r, g, b], 3 * index);
    }
    indices[i] = index;
  }
  return { indices, palette };
}

function coarse(pixels: Uint8Array, indices: Uint8Array, palette: Uint8Array) {
  for (let i = 0; i < 252; i++) {
    const [r, g, b] = [Math.floor(i / 42), Math.floor(i / 6) % 7, i % 6];
    palette.set([r * 51, Math.round(g * 42.5), b * 51], 3 * i);
  }
  for (let i = 0; i < indices.length; i++) {
    const [r, g, b] = pixels.subarray(3 * i, 3 * i + 3);
    indices[i] = level(r, 6) * 42 + level(g, 7) * 6 + level(b, 6);
  }
  return { indices, palette };
}

/** GIF's variant of LZW, for eight bits. */
function compressed(indices: Uint8Array): number[] {
  const [clear, end] = [COLORS, COLORS + 1];
  const bytes: number[] = [];
  let [bits, filled] = [0, 0];
  let size = 9;
  const write = (code: number) => {
    bits |= code << filled;
    for (filled += size; filled >= 8; filled -= 8) {
      bytes.push(bits & 255);
      bits >>>= 8;
    }
  };
  let codes = new Map<number, number>();
  write(clear);
  let prefix = indices[0];
  for (const index of indices.subarray(1)) {
    const key = (prefix << 8) | index;
    const known = codes.get(key);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    write(prefix);
    prefix = index;
    const next = end + 1 + codes.size;
    if (next === 4096) {
      write(clear);
      codes = new Map();
      size = 9;
      continue;
    }
    codes.set(key, next);
    if (next === 1 << size) size++;
  }
  write(prefix);
  write(end);
  if (filled > 0) bytes.push(bits & 255);
  return bytes;
}

/** Parts of at most 255 bytes, each after its length. */
function blocks(bytes: readonly number[]): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const part = bytes.slice(at, at + 255);
    parts.push(Buffer.from([part.length, ...part]));
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

const uint16 = (...values: number[]) => Buffer.from(Uint8Array.from(values.flatMap((x) => [x & 255, x >> 8])));

/** A GIF file, which begins anew at its end, of frames of RGB pixels. */
export function encodeGif(pixels: Uint8Array, height: number, width: number, fps: number): Buffer {
  const frames: Buffer[] = [];
  const size = 3 * height * width;
  for (let at = 0; at < pixels.length; at += size) {
    const { indices, palette } = indexed(pixels.subarray(at, at + size));
    const control = Buffer.concat([
      Buffer.from([0x21, 0xf9, 4, 0]),
      uint16(Math.round(100 / fps)),
      Buffer.from([0, 0]),
    ]);
    const place = Buffer.concat([Buffer.from([0x2c]), uint16(0, 0, width, height), Buffer.from([0x87])]);
    frames.push(control, place, Buffer.from(palette), Buffer.from([8]), blocks(compressed(indices)));
  }
  const loop = Buffer.concat([Buffer.from([0x21, 0xff, 11]), Buffer.from("NETSCAPE2.0"), Buffer.from([3, 1, 0, 0, 0])]);
  const screen = Buffer.concat([Buffer.from("GIF89a"), uint16(width, height), Buffer.from([0x70, 0, 0])]);
  return Buffer.concat([screen, loop, ...frames, Buffer.from([0x3b])]);
}
