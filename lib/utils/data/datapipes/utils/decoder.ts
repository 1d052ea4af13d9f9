// torch/utils/data/datapipes/utils/decoder.py

import path from "node:path";
import { takeKeywords } from "../../../../arguments/class.js";
import { def, generic, splitKeywords } from "../../../../arguments/function.js";
import { callable, callableObject } from "../../../../callable.js";
import { float32, uint8 } from "../../../../dtype.js";
import { AssertionError, NotImplementedError } from "../../../../errors.js";
import { registerClass, registerFunction } from "../../../../multiprocessing/reductions.js";
import { BufferedReader } from "../../../../python/files.js";
import { BytesIO } from "../../../../python/io.js";
import { iter, type PythonIterable } from "../../../../python/sequences.js";
import { ByteReader, MemorySource } from "../../../../serialization/source.js";
import { explaining, Unpickler } from "../../../../serialization/unpickler.js";
import { load } from "../../../../serialization.js";
import { from_numpy } from "../../../../tensor_new.js";
import type { Keywords } from "../../../../types.js";
import { convert, decodeImage } from "../../../_image.js";
import { StreamWrapper } from "./common.js";

// biome-ignore-start lint/suspicious/noExplicitAny: what files hold

/** Decodes the bytes of a file with this extension; null for one that it does not know. */
export type Handler = (extension: string, data: any) => any;

const asText = (data: Uint8Array) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);

/** Python's `int()` of text; null where there is no whole number. */
function wholeNumber(text: string): number | bigint | null {
  const digits = text.trim();
  if (!/^[+-]?\d+(_\d+)*$/.test(digits)) return null;
  const value = BigInt(digits.replace(/[_+]/g, ""));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const INTS = new Set(["cls", "cls2", "class", "count", "index", "inx", "id"]);

/**
 * Decodes text (`txt`, `text`, `transcript`), whole numbers (`cls`, `count`, `index`, `id`, ...), JSON (`json`, `jsn`), pickles
 * (`pickle`, `pyd`) of what `torch.load()` allows, and files of `torch.save()` (`pt`); null for anything else.
 */
export const basichandlers = def(
  "basichandlers",
  ["extension", "data"],
  (extension: string, data: Uint8Array): any => {
    // As in Python a part of these words will do, and none at all; but not "pt", which Python takes for a part of "transcript".
    if (extension !== "pt" && "txt text transcript".includes(extension)) return asText(data);
    if (INTS.has(extension)) return wholeNumber(asText(data));
    if ("json jsn".includes(extension)) return JSON.parse(asText(data));
    if (extension === "pyd" || extension === "pickle") {
      return explaining(() => new Unpickler(new ByteReader(new MemorySource(data))).load());
    }
    return extension === "pt" ? load(data) : null;
  },
  { dict: 1 },
);

type Specification = readonly [kind: "numpy" | "torch" | "pil", type: "uint8" | "float" | null, mode: string];

const imagespecs: Readonly<Record<string, Specification>> = {
  l8: ["numpy", "uint8", "l"],
  rgb8: ["numpy", "uint8", "rgb"],
  rgba8: ["numpy", "uint8", "rgba"],
  l: ["numpy", "float", "l"],
  rgb: ["numpy", "float", "rgb"],
  rgba: ["numpy", "float", "rgba"],
  torchl8: ["torch", "uint8", "l"],
  torchrgb8: ["torch", "uint8", "rgb"],
  torchrgba8: ["torch", "uint8", "rgba"],
  torchl: ["torch", "float", "l"],
  torchrgb: ["torch", "float", "rgb"],
  torch: ["torch", "float", "rgb"],
  torchrgba: ["torch", "float", "rgba"],
  pill: ["pil", null, "l"],
  pil: ["pil", null, "rgb"],
  pilrgb: ["pil", null, "rgb"],
  pilrgba: ["pil", null, "rgba"],
};

/**
 * A handler that calls a function for files with these extensions, separated by spaces: "jpg jpeg", or "seg.jpg" for the ends
 * of names with dots. As in Python, only the first that is not longer than the name's end is compared.
 */
export const handle_extension = generic(
  "handle_extension",
  ["extensions", "f"],
  <R>(extensions: string, f: (data: any) => R): ((key: string, data: any) => R | null) => {
    const targets = extensions.toLowerCase().trim().split(/\s+/);
    return (key, data) => {
      const extension = key.toLowerCase().split(".");
      const target = targets.map((each) => each.split(".")).find((each) => each.length <= extension.length);
      return target && extension.slice(-target.length).join(".") === target.join(".") ? f(data) : null;
    };
  },
);

const IMAGES = new Set(["jpg", "jpeg", "png", "ppm", "pgm", "pbm", "pnm"]);

class ImageHandler {
  declare readonly imagespec: string;

  constructor(imagespec: string) {
    if (!Object.hasOwn(imagespecs, imagespec)) throw new AssertionError(`unknown image specification: ${imagespec}`);
    // biome-ignore lint/correctness/noConstructorReturn: a handler is called
    return Object.assign(callableObject<ImageHandler>(new.target.prototype), { imagespec });
  }

  __call__(extension: string, data: Uint8Array): any {
    if (!IMAGES.has(extension.toLowerCase())) return null;
    const [kind, type, mode] = imagespecs[this.imagespec];
    if (kind === "pil") throw new NotImplementedError(`'${this.imagespec}' gives images of PIL: take 'torchrgb8'`);
    const { height, width, channels, pixels } = convert(decodeImage(data), mode as "rgb");
    const hwc = from_numpy(pixels).view(height, width, channels);
    const shaped = kind === "torch" ? hwc.permute(2, 0, 1).contiguous() : channels === 1 ? hwc.squeeze(2) : hwc;
    const made = type === "uint8" ? shaped.to(uint8) : shaped.to(float32).div(255);
    return kind === "torch" ? made : made.numpy();
  }
}

/**
 * A handler that decodes images as a specification says: `torch` or nothing for npm's `ndarray`s, then `l`, `rgb` or `rgba`, then
 * `8` for bytes in place of floats from 0 to 1.
 *
 * PNG and Netpbm files are decoded; others, JPEG among them, are a NotImplementedError. Throws AssertionError for an unknown
 * specification. A gray image is (1, height, width) as a tensor, for which Python fails.
 */
const CallableImageHandler = callable(ImageHandler) as unknown as {
  new (imagespec: string): ImageHandler & Handler;
  (imagespec: string): ImageHandler & Handler;
  readonly prototype: ImageHandler;
};
type CallableImageHandler = ImageHandler & Handler;

export { CallableImageHandler as ImageHandler };

/** A handler for images: see ImageHandler. */
export const imagehandler = def("imagehandler", ["imagespec"], (imagespec: string): CallableImageHandler => {
  return new CallableImageHandler(imagespec);
});

/** The end of a file's name, after the last dot. */
export const extension_extract_fn = def("extension_extract_fn", ["pathname"], (pathname: string): string => {
  return path.extname(pathname).slice(1);
});

type KeyFn = (pathname: string) => string;

class Decoder {
  declare handlers: Handler[];
  declare key_fn: KeyFn;

  constructor(...args: Handler[] | [...handler: Handler[], keywords: Keywords<{ key_fn?: KeyFn }>]) {
    const { positional, keywords } = splitKeywords(args);
    const key_fn = (keywords.get("key_fn") as KeyFn | undefined) ?? extension_extract_fn;
    // biome-ignore lint/correctness/noConstructorReturn: a decoder is called
    return Object.assign(callableObject<Decoder>(new.target.prototype), { handlers: positional as Handler[], key_fn });
  }

  /** Adds handlers, which are asked before the others. */
  add_handler(...handler: Handler[]): void {
    this.handlers = [...handler, ...this.handlers];
  }

  /** @internal */
  static _is_stream_handle(data: unknown): data is Iterable<Buffer> & { close?(): void } {
    const stream = data instanceof StreamWrapper ? data.file_obj : data;
    return stream instanceof BufferedReader || stream instanceof BytesIO;
  }

  /** What the first handler makes of the data that makes anything of it; else the data. */
  decode1(key: string, given: any): any {
    if (!given || given.length === 0) return given;
    let data = given;
    if (Decoder._is_stream_handle(given)) {
      data = given instanceof BytesIO ? given.read() : Buffer.concat([...given]);
      given.close?.();
    }
    for (const handler of this.handlers) {
      const result = handler(key, data);
      if (result !== null && result !== undefined) return result;
    }
    return data;
  }

  /** The decoded data of `[pathname, data]`, or of several such pairs, by their names. */
  decode(data: readonly [string, any] | PythonIterable<readonly [string, any]> | null): Record<string, any> {
    const result: Record<string, any> = {};
    const isPair = Array.isArray(data) && typeof data[0] === "string";
    const pairs = (isPair ? [data] : (data ?? [])) as PythonIterable<readonly [string, any]>;
    for (const [k, v] of iter(pairs)) {
      result[k] = k[0] === "_" && v instanceof Uint8Array ? asText(v) : this.decode1(this.key_fn(k), v);
    }
    return result;
  }

  __call__(data: Parameters<Decoder["decode"]>[0]): Record<string, any> {
    return this.decode(data);
  }
}

takeKeywords("Decoder", Decoder.prototype, { decode1: ["key", "data"] });
takeKeywords("Decoder", Decoder.prototype, { decode: ["data"] }, { dict: 0 });

interface Decoder {
  // biome-ignore lint/style/useShorthandFunctionType: the class above is merged with it
  (data: Parameters<Decoder["decode"]>[0]): Record<string, any>;
}

/** Decodes files by the first of its handlers that knows their names' ends; `key_fn` tells the end of a name. */
const CallableDecoder = callable(Decoder);
type CallableDecoder = Decoder;

export { CallableDecoder as Decoder };

const place = "torch.utils.data.datapipes.utils.decoder";
registerFunction(`${place}.basichandlers`, basichandlers);
registerFunction(`${place}.extension_extract_fn`, extension_extract_fn);
registerClass<ImageHandler>(
  `${place}.ImageHandler`,
  CallableImageHandler,
  ({ imagespec }) => [imagespec],
  (imagespec) => imagehandler(imagespec),
);
registerClass<Decoder>(
  `${place}.Decoder`,
  CallableDecoder,
  ({ handlers, key_fn }) => [handlers, key_fn],
  (handlers, key_fn) => new CallableDecoder(...handlers, { key_fn }),
);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
