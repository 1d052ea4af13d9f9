import { deflateSync } from "node:zlib";
import * as torch from "tstorch";
import {
  basichandlers,
  Decoder,
  extension_extract_fn,
  handle_extension,
  ImageHandler,
  imagehandler,
} from "tstorch/utils/data/datapipes/utils/decoder";
import { expect, test } from "vitest";
import { encodePng } from "../../../../../dist/utils/_png.js";

const bytes = (text: string) => Buffer.from(text);

test("basichandlers", () => {
  expect(basichandlers("txt", bytes("hi"))).toBe("hi");
  expect(basichandlers("", bytes("hi"))).toBe("hi"); // as in Python
  expect(basichandlers("cls", bytes(" 12 "))).toBe(12);
  expect(basichandlers("id", bytes("x"))).toBe(null);
  expect(basichandlers("json", bytes('{"a": [1]}'))).toEqual({ a: [1] });
  expect(basichandlers("bin", bytes(""))).toBe(null);
  expect(
    basichandlers("pickle", Buffer.from("8002 5d71 0028 4b01 580100000061 7101 652e".replaceAll(" ", ""), "hex")),
  ).toEqual([1, "a"]);
  const saved = new torch.py.BytesIO();
  torch.save(torch.tensor([1, 2]), saved);
  expect(basichandlers("pt", saved.getvalue()).tolist()).toEqual([1, 2]);
});

test("handle_extension", () => {
  const handler = handle_extension("jpg seg.png", (x: number) => x * 2);
  expect([handler("a.JPG", 1), handler("a.seg.png", 1), handler("a.png", 1)]).toEqual([2, null, null]);
  expect([extension_extract_fn("a/b.tar.gz"), extension_extract_fn(".bashrc")]).toEqual(["gz", ""]);
});

test("Decoder asks its handlers in order", () => {
  const decoder = Decoder(basichandlers, { key_fn: extension_extract_fn });
  decoder.add_handler((extension, data) => (extension === "n" ? data.length : null));
  const stream = new torch.py.BytesIO(bytes("abc"));
  expect(
    decoder([
      ["a.n", bytes("xyz")],
      ["b.txt", stream],
      ["_c.bin", bytes("c")],
      ["d.bin", 4],
    ] as never),
  ).toEqual({
    "a.n": 3,
    "b.txt": "abc",
    "_c.bin": "c",
    "d.bin": 4,
  });
});

const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30);
const png = encodePng(pixels, 2, 2, 3);

test("images as specified", () => {
  expect(imagehandler("torchrgb8")("png", png).tolist()).toEqual([
    [
      [255, 0],
      [0, 10],
    ],
    [
      [0, 255],
      [0, 20],
    ],
    [
      [0, 0],
      [255, 30],
    ],
  ]);
  const scaled = ImageHandler("torch")("PNG", png);
  expect([scaled.dtype, scaled.shape, scaled.max().item()]).toEqual([torch.float32, [3, 2, 2], 1]);
  // PIL's luma
  expect(imagehandler("torchl8")("png", png).tolist()).toEqual([
    [
      [76, 150],
      [29, 18],
    ],
  ]);
  expect(imagehandler("rgba8")("png", png).shape).toEqual([2, 2, 4]);
  expect(imagehandler("l8")("png", png).shape).toEqual([2, 2]);
  expect(imagehandler("torch")("txt", png)).toBe(null);
  expect(() => imagehandler("cmyk")).toThrow("unknown image specification: cmyk");
  expect(() => imagehandler("pil")("png", png)).toThrow(torch.NotImplementedError);
  expect(() => imagehandler("torch")("jpg", Buffer.from([0xff, 0xd8, 0xff]))).toThrow(torch.NotImplementedError);
});

test("Netpbm files", () => {
  const decode = imagehandler("torchl8");
  expect(decode("pgm", Buffer.concat([bytes("P5\n# two\n2 1\n255\n"), Buffer.from([3, 200])])).tolist()).toEqual([
    [[3, 200]],
  ]);
  expect(decode("pgm", bytes("P2 2 1 15 0 15\n")).tolist()).toEqual([[[0, 255]]]);
  expect(decode("pbm", bytes("P1 3 1 101\n")).tolist()).toEqual([[[0, 255, 0]]]);
  expect(decode("pbm", Buffer.concat([bytes("P4 3 1\n"), Buffer.from([0b10100000])])).tolist()).toEqual([
    [[0, 255, 0]],
  ]);
  expect(imagehandler("torchrgb8")("ppm", bytes("P3 1 1 255 1 2 3")).tolist()).toEqual([[[1]], [[2]], [[3]]]);
  expect(() => decode("pgm", bytes("P5 9 9 255 "))).toThrow("truncated");
});

/** A PNG file of a header and of rows with their filters. */
function pngOf(
  width: number,
  height: number,
  depth: number,
  type: number,
  rows: number[],
  chunks: Buffer[] = [],
): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const made = Buffer.alloc(data.length + 12);
    made.writeUInt32BE(data.length, 0);
    made.write(name, 4, "latin1");
    made.set(data, 8);
    return made;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type], 8);
  const palette = chunks.map((data) => chunk("PLTE", data));
  return Buffer.concat([
    png.subarray(0, 8),
    chunk("IHDR", header),
    ...palette,
    chunk("IDAT", deflateSync(Buffer.from(rows))),
  ]);
}

test("filters, palettes and few bits of PNG", () => {
  const decode = imagehandler("torchl8");
  const filtered = [1, 5, 5, 2, 1, 1, 3, 10, 10, 4, 1, 1];
  expect(decode("png", pngOf(2, 4, 8, 0, filtered)).tolist()).toEqual([
    [
      [5, 10],
      [6, 11],
      [13, 22],
      [14, 23],
    ],
  ]);
  expect(decode("png", pngOf(4, 1, 1, 0, [0, 0b10110000])).tolist()).toEqual([[[255, 0, 255, 255]]]);
  const palette = Buffer.from([9, 9, 9, 1, 2, 3]);
  expect(imagehandler("torchrgb8")("png", pngOf(2, 1, 4, 3, [0, 0x10], [palette])).tolist()).toEqual([
    [[1, 9]],
    [[2, 9]],
    [[3, 9]],
  ]);
  expect(() => decode("png", png.subarray(0, 40))).toThrow(torch.ValueError);
  expect(() => decode("png", pngOf(9, 9, 8, 0, [0, 1]))).toThrow("the PNG file's data is too short");
});
