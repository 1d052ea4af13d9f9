// torch/utils/tensorboard/summary.py: each function gives the values of a Summary message

import { Tensor } from "../../_tensor.js";
import { def, isPlainObject } from "../../arguments/function.js";
import * as dtypes from "../../dtype.js";
import { AssertionError, NotImplementedError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { interpolate } from "../../nn/functional.js";
import { isFloat, toNumber } from "../../python/float.js";
import { as_tensor, from_numpy, type NdArray, type TensorData, tensor as tensorOf } from "../../tensor_new.js";
import { encodePng } from "../_png.js";
import { encodeGif } from "./_gif.js";
import { bytes, double, doubles, float, floats, int, ints } from "./_proto.js";

/** Numbers in any form that a summary takes. */
export type Values = TensorData | NdArray;

const DT_DOUBLE = 2;
const DT_FLOAT = 1;
const DT_STRING = 7;

/** A tensor on the CPU without a gradient; numbers are in float64, as numpy's are. */
export function toTensor(x: Values): Tensor {
  const isArray = isPlainObject(x) && "data" in x;
  if (isArray) return from_numpy(x as unknown as NdArray);
  if (x instanceof Tensor) return x.detach().cpu();
  return ArrayBuffer.isView(x) ? as_tensor(x) : tensorOf(x as TensorData, { dtype: dtypes.float64 });
}

const value = (tag: string, ...fields: Buffer[]) => bytes(1, bytes(1, tag), ...fields);

const plugin = (name: string, ...content: Uint8Array[]) =>
  bytes(1, bytes(1, name), ...(content.length ? [bytes(2, ...content)] : []));

const metadata = (plugin_name: string, ...content: Uint8Array[]) => bytes(9, plugin(plugin_name, ...content));

/** One number. Python ignores `collections`, too. */
export const scalar = def(
  "scalar",
  ["name", "tensor", "collections", "new_style", "double_precision"],
  (
    name: string,
    tensor: Values,
    _collections: unknown = null,
    new_style: boolean = false,
    double_precision: boolean = false,
  ): Buffer[] => {
    const x = toTensor(tensor);
    if (x.numel() !== 1) {
      throw new AssertionError(
        `Tensor should contain one element (0 dimensions). Was given size: ${x.numel()} and ${x.dim()} dimensions.`,
      );
    }
    const number = Number(x.item());
    if (!new_style) return [value(name, float(2, number))];
    const data = double_precision
      ? [int(1, DT_DOUBLE), doubles(6, [number])]
      : [int(1, DT_FLOAT), bytes(5, float(0, number).subarray(1))];
    return [value(name, bytes(8, ...data), metadata("scalars"))];
  },
  { dict: 1 },
);

const dimsOf = (shape: readonly number[]) =>
  bytes(2, ...shape.map((size) => bytes(2, ...(size ? [int(1, size)] : []))));

/** The bits of a number as a float, which is how a TensorProto holds half-precision floats. */
export const half_to_int = def("half_to_int", ["f"], (f: number): number => {
  return new Int32Array(Float32Array.of(f).buffer)[0];
});

/** The float of these bits. */
export const int_to_half = def("int_to_half", ["i"], (i: number): number => {
  return new Float32Array(Int32Array.of(i).buffer)[0];
});

type Field = (flat: Tensor) => Buffer;
const numbers = (flat: Tensor): number[] => flat.tolist();
const ofInts =
  (field: number): Field =>
  (flat) =>
    ints(field, numbers(flat).map(Number));
const ofHalves: Field = (flat) =>
  ints(
    13,
    numbers(flat.to(dtypes.float32)).map((f) => half_to_int(f)),
  );
const real = (flat: Tensor) => numbers(torch.view_as_real(flat).reshape(-1));

/** TensorFlow's numbers of dtypes, and the fields that their elements are in. */
const tensorTypes = new Map<dtypes.dtype, [type: number, field: Field]>([
  [dtypes.float16, [19, ofHalves]],
  [dtypes.bfloat16, [14, ofHalves]],
  [dtypes.float32, [DT_FLOAT, (flat) => floats(5, numbers(flat))]],
  [dtypes.float64, [DT_DOUBLE, (flat) => doubles(6, numbers(flat))]],
  [dtypes.int8, [6, ofInts(7)]],
  [dtypes.int16, [5, ofInts(7)]],
  [dtypes.int32, [3, ofInts(7)]],
  [dtypes.int64, [9, (flat) => ints(10, numbers(flat))]],
  [dtypes.uint8, [4, ofInts(16)]],
  [dtypes.bool, [10, ofInts(11)]],
  [dtypes.complex64, [8, (flat) => floats(9, real(flat))]],
  [dtypes.complex128, [18, (flat) => doubles(12, real(flat))]],
]);

/** A whole tensor. */
export const tensor_proto = def("tensor_proto", ["tag", "tensor"], (tag: string, tensor: Tensor): Buffer[] => {
  if (tensor.nbytes >= 2 ** 31) {
    throw new ValueError("tensor is bigger than protocol buffer's hard limit of 2GB in size");
  }
  const found = tensorTypes.get(tensor.dtype);
  if (!found) throw new ValueError(`${tag} has unsupported tensor dtype ${tensor.dtype}`);
  const [type, field] = found;
  const flat = tensor.detach().cpu().reshape(-1);
  const content = flat.numel() ? [field(flat)] : [];
  return [value(tag, bytes(8, int(1, type), dimsOf(tensor.shape), ...content), metadata("tensor"))];
});

/** The limits of TensorFlow's histograms. */
const positive: number[] = [];
for (let v = 1e-12; v < 1e20; v *= 1.1) positive.push(v);
export const default_bins: readonly number[] = [...positive.map((v) => -v).reverse(), 0, ...positive];

/** How the range is divided: TensorFlow's limits, a number of equal bins, or limits. */
export type Bins = "tensorflow" | number | readonly number[];

function limitsOf(bins: Bins, values: Tensor): readonly number[] {
  if (bins === "tensorflow") return default_bins;
  if (typeof bins === "string") throw new ValueError(`'${bins}' is not a valid estimator for \`bins\``);
  if (typeof bins !== "number") return bins;
  let [low, high]: number[] = [values.min().item(), values.max().item()];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : i * ((high - low) / bins) + low));
}

/** A field that is left out when it is zero, as proto3 has it. */
const nonzero = (field: number, x: number) => (x === 0 ? [] : [double(field, x)]);

/**
 * The message HistogramProto of values, counted in bins.
 *
 * Throws ValueError if there are none.
 */
export const make_histogram = def(
  "make_histogram",
  ["values", "bins", "max_bins"],
  (x: Values, bins: Bins, max_bins: number | null = null): Buffer => {
    const values = toTensor(x).to(dtypes.float64).reshape(-1);
    if (values.numel() === 0) throw new ValueError("The input has no element.");
    let limits = limitsOf(bins, values);
    const edges = tensorOf(limits as number[], { dtype: dtypes.float64 });
    let counts: number[] = torch.histogram(values, edges).hist.tolist();
    if (max_bins !== null && counts.length > max_bins) {
      const step = Math.floor(counts.length / max_bins);
      const sums = Array.from({ length: Math.ceil(counts.length / step) }, (_, i) =>
        counts.slice(i * step, (i + 1) * step).reduce((sum, n) => sum + n),
      );
      limits = [...limits.slice(0, -1).filter((_, i) => i % step === 0), limits[limits.length - 1]];
      counts = sums;
    }
    const start = counts.findIndex((n) => n > 0);
    if (start < 0) throw new ValueError("The histogram is empty, please file a bug report.");
    const end = counts.findLastIndex((n) => n > 0) + 1;
    // TensorBoard has right limits only: an empty bin on the left brings in the leftmost one.
    const bucket = start > 0 ? counts.slice(start - 1, end) : [0, ...counts.slice(0, end)];
    const proto = [
      ...nonzero(1, values.min().item()),
      ...nonzero(2, values.max().item()),
      double(3, values.numel()),
      ...nonzero(4, values.sum().item()),
      ...nonzero(5, values.dot(values).item()),
      doubles(6, limits.slice(start, end + 1)),
      doubles(7, bucket),
    ];
    return Buffer.concat(proto);
  },
);

export const histogram = def(
  "histogram",
  ["name", "values", "bins", "max_bins"],
  (name: string, x: Values, bins: Bins, max_bins: number | null = null): Buffer[] => {
    return [value(name, bytes(5, make_histogram(x, bins, max_bins)))];
  },
);

/** A histogram that was made elsewhere. */
export const histogram_raw = def(
  "histogram_raw",
  ["name", "min", "max", "num", "sum", "sum_squares", "bucket_limits", "bucket_counts"],
  (
    name: string,
    min: number,
    max: number,
    num: number,
    sum: number,
    sum_squares: number,
    bucket_limits: readonly number[],
    bucket_counts: readonly number[],
  ): Buffer[] => {
    const numbers = [min, max, num, sum, sum_squares].flatMap((x, i) => nonzero(i + 1, x));
    const lists = [bucket_limits, bucket_counts].flatMap((list, i) => (list.length ? [doubles(6 + i, list)] : []));
    return [value(name, bytes(5, ...numbers, ...lists))];
  },
);

/** Images side by side, `ncols` in a row. */
export function make_grid(images: Tensor, ncols = 8): Tensor {
  const rgb = images.size(1) === 1 ? images.expand(-1, 3, -1, -1) : images;
  if (rgb.size(1) !== 3) throw new AssertionError("Input should be a 4D numpy array with 3 channels");
  const [n, , h, w] = rgb.shape;
  const columns = Math.min(n, ncols);
  const canvas = torch.zeros([3, h * Math.ceil(n / columns), w * columns], { dtype: rgb.dtype });
  for (let i = 0; i < n; i++) {
    const place = canvas.narrow(1, h * Math.floor(i / columns), h).narrow(2, w * (i % columns), w);
    place.copy_(rgb.select(0, i));
  }
  return canvas;
}

function convert_to_HWC(tensor: Tensor, input_format: string): Tensor {
  const format = input_format.toUpperCase();
  if (new Set(format).size !== format.length) {
    throw new AssertionError(
      `You can not use the same dimension shorthand twice.         input_format: ${input_format}`,
    );
  }
  if (tensor.dim() !== format.length) {
    throw new AssertionError(
      `size of input tensor and input format are different.         tensor shape: (${tensor.shape.join(", ")}), input_format: ${input_format}`,
    );
  }
  const to = (order: string) => tensor.permute(Array.from(order, (c) => format.indexOf(c)));
  if (format.length === 4) return make_grid(to("NCHW")).permute(1, 2, 0);
  const image = format.length === 3 ? to("HWC") : to("HW").unsqueeze(2);
  return image.size(2) === 1 ? image.expand(-1, -1, 3) : image;
}

/** The bytes of an image or video of floats in [0, 1], or of uint8. */
const toBytes = (x: Tensor, hwc: Tensor) =>
  hwc
    .to(dtypes.float32)
    .mul(x.dtype === dtypes.uint8 ? 1 : 255)
    .clamp(0, 255)
    .to(dtypes.uint8);

const pixelsOf = (x: Tensor) => x.contiguous().numpy().data as unknown as Uint8Array;

/**
 * The message Image of pixels (height, width, channels) as bytes, with boxes `[x1, y1, x2, y2]` drawn on them, and scaled.
 *
 * Labels are a NotImplementedError: there is no font here. Scaling is bicubic, where Python has Lanczos.
 */
export const make_image = def(
  "make_image",
  ["tensor", "rescale", "rois", "labels"],
  (tensor: Tensor, rescale = 1, rois: Values | null = null, labels: readonly string[] | null = null): Buffer => {
    const [height, width, channels] = tensor.shape;
    const drawn = rois === null ? tensor : draw_boxes(tensor.contiguous().clone(), rois, labels);
    const size = [Math.trunc(height * rescale), Math.trunc(width * rescale)];
    const png = encodePng(pixelsOf(rescale === 1 ? drawn : resize(drawn, size)), size[0], size[1], channels);
    return Buffer.concat([int(1, height), int(2, width), int(3, channels), bytes(4, png)]);
  },
);

function resize(hwc: Tensor, size: readonly number[]): Tensor {
  const chw = hwc.permute(2, 0, 1).unsqueeze(0).to(dtypes.float32);
  const resized = interpolate(chw, { size: [...size], mode: "bicubic", antialias: true });
  return resized.round().clamp(0, 255).to(dtypes.uint8).select(0, 0).permute(1, 2, 0);
}

/** An image, or a batch of them side by side; `dataformats` says what its dimensions are. */
export const image = def(
  "image",
  ["tag", "tensor", "rescale", "dataformats"],
  (tag: string, tensor: Values, rescale: number = 1, dataformats: string = "NCHW"): Buffer[] => {
    const x = toTensor(tensor);
    return [value(tag, bytes(4, make_image(toBytes(x, convert_to_HWC(x, dataformats)), rescale)))];
  },
  { dict: 1 },
);

/** Draws the red outline of a box, two pixels wide. */
function drawBox(hwc: Tensor, [left, top, right, bottom]: readonly number[]): void {
  const red = tensorOf([255, 0, 0], { dtype: dtypes.uint8 });
  const [height, width] = hwc.shape;
  const within = (x: number, most: number) => Math.min(Math.max(x, 0), most);
  const fill = (x0: number, y0: number, x1: number, y1: number) => {
    const [ax, ay, bx, by] = [within(x0, width), within(y0, height), within(x1, width), within(y1, height)];
    if (bx > ax && by > ay)
      hwc
        .narrow(0, ay, by - ay)
        .narrow(1, ax, bx - ax)
        .copy_(red);
  };
  const [l, t, r, b] = [left, top, right, bottom].map(Math.trunc);
  fill(l - 1, t - 1, l + 1, b + 1);
  fill(r - 1, t - 1, r + 1, b + 1);
  fill(l - 1, t - 1, r + 1, t + 1);
  fill(l - 1, b - 1, r + 1, b + 1);
}

/** Draws boxes `[x1, y1, x2, y2]` on pixels (height, width, channels), in place; labels are a NotImplementedError. */
export const draw_boxes = def(
  "draw_boxes",
  ["disp_image", "boxes", "labels"],
  (disp_image: Tensor, boxes: Values, labels: readonly string[] | null = null): Tensor => {
    if (labels !== null) throw new NotImplementedError("labels cannot be drawn: there is no font here");
    for (const box of toTensor(boxes).tolist()) drawBox(disp_image, box);
    return disp_image;
  },
);

/** An image with boxes; labels are a NotImplementedError. */
export const image_boxes = def(
  "image_boxes",
  ["tag", "tensor_image", "tensor_boxes", "rescale", "dataformats", "labels"],
  (
    tag: string,
    tensor_image: Values,
    tensor_boxes: Values,
    rescale: number = 1,
    dataformats: string = "CHW",
    labels: readonly string[] | null = null,
  ): Buffer[] => {
    const x = toTensor(tensor_image);
    const pixels = toBytes(x, convert_to_HWC(x, dataformats));
    return [value(tag, bytes(4, make_image(pixels, rescale, tensor_boxes, labels)))];
  },
  { dict: 2 },
);

/** Videos (N, T, C, H, W) side by side: (T, H, W, C). */
function prepareVideo(videos: Tensor): Tensor {
  const [n, t, c, h, w] = videos.shape;
  const bits = Math.floor(Math.log2(n)) + 1;
  const count = n & (n - 1) ? 2 ** bits : n;
  const padded =
    count === n ? videos : torch.cat([videos, torch.zeros([count - n, t, c, h, w], { dtype: videos.dtype })]);
  const rows = 2 ** Math.floor((bits - 1) / 2);
  const columns = count / rows;
  return padded
    .view(rows, columns, t, c, h, w)
    .permute(2, 0, 4, 1, 5, 3)
    .reshape(t, rows * h, columns * w, c);
}

/** The message Image of frames (frame, height, width, channels) as bytes: a GIF. */
export const make_video = def("make_video", ["tensor", "fps"], (tensor: Tensor, fps: number): Buffer => {
  const [, height, width, channels] = tensor.shape;
  const rgb = channels === 1 ? tensor.expand(-1, -1, -1, 3) : tensor;
  const gif = encodeGif(pixelsOf(rgb), height, width, fps);
  return Buffer.concat([int(1, height), int(2, width), int(3, channels), bytes(4, gif)]);
});

/** Videos (N, T, C, H, W) side by side. */
export const video = def(
  "video",
  ["tag", "tensor", "fps"],
  (tag: string, tensor: Values, fps: number = 4): Buffer[] => {
    const x = toTensor(tensor);
    const [n, , c] = x.shape;
    if (x.dim() !== 5 || n === 0 || (c !== 1 && c !== 3)) {
      throw new ValueError(`videos are (N, T, C, H, W) with one or three channels, not (${x.shape.join(", ")})`);
    }
    return [value(tag, bytes(4, make_video(prepareVideo(toBytes(x, x)), fps)))];
  },
  { dict: 1 },
);

function encodeSound(tag: string, tensor: Values, sample_rate: number): Buffer[] {
  const wave = toTensor(tensor).squeeze();
  if (wave.abs().max().item() > 1) process.emitWarning("audio amplitude out of range, auto clipped.", "UserWarning");
  if (wave.dim() !== 1) throw new AssertionError("input tensor should be 1 dimensional.");
  const samples: number[] = wave.clamp(-1, 1).mul(32767).trunc().tolist();
  const data = Buffer.alloc(2 * samples.length);
  for (const [i, sample] of samples.entries()) data.writeInt16LE(sample, 2 * i);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + data.length, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // one channel
  header.writeUInt32LE(sample_rate, 24);
  header.writeUInt32LE(2 * sample_rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(data.length, 40);
  const sound = [
    float(1, sample_rate),
    int(2, 1),
    int(3, samples.length),
    bytes(4, header, data),
    bytes(5, "audio/wav"),
  ];
  return [value(tag, bytes(6, ...sound))];
}

/** One channel of sound: numbers from -1 to 1. */
export const audio = def(
  "audio",
  ["tag", "tensor", "sample_rate"],
  (tag: string, tensor: Values, sample_rate: number = 44100): Buffer[] => encodeSound(tag, tensor, sample_rate),
  { dict: 1 },
);

/** Charts by their titles, in categories: what kind, and of which tags. */
export type Layout = Readonly<
  Record<string, Readonly<Record<string, readonly [kind: "Multiline" | "Margin", tags: readonly string[]]>>>
>;

export const custom_scalars = def(
  "custom_scalars",
  ["layout"],
  (layout: Layout): Buffer[] => {
    const categories = Object.entries(layout).map(([title, charts]) => {
      const made = Object.entries(charts).map(([name, [kind, tags]]) => {
        if (kind !== "Margin") return bytes(2, bytes(1, name), bytes(2, ...tags.map((tag) => bytes(1, tag))));
        if (tags.length !== 3) throw new AssertionError("len(tags) != 3");
        return bytes(2, bytes(1, name), bytes(3, bytes(1, ...tags.map((tag, i) => bytes(i + 1, tag)))));
      });
      return bytes(2, bytes(1, title), ...made);
    });
    const tensor = bytes(8, int(1, DT_STRING), bytes(2), bytes(8, ...categories));
    return [value("custom_scalars__config__", tensor, metadata("custom_scalars"))];
  },
  { dict: 0 },
);

export const text = def("text", ["tag", "text"], (tag: string, text: string): Buffer[] => {
  const shape = bytes(2, bytes(2, int(1, 1)));
  return [value(`${tag}/text_summary`, bytes(8, int(1, DT_STRING), shape, bytes(8, text)), metadata("text"))];
});

/** What a hyperparameter may be. */
export type HParam = number | string | boolean | Tensor | null;

const DATA_TYPE_STRING = 1;
const DATA_TYPE_FLOAT64 = 3;

type HParams = Readonly<Record<string, HParam>>;
type Metrics = Readonly<Record<string, unknown>>;
type Domains = Readonly<Record<string, readonly HParam[]>>;

/**
 * The experiment, the start and the end of a session with these hyperparameters, for the plugin of that name.
 *
 * Throws TypeError for hyperparameters or metrics that are no dict.
 */
export const hparams = def(
  "hparams",
  ["hparam_dict", "metric_dict", "hparam_domain_discrete"],
  (hparam_dict: HParams | null = null, metric_dict: Metrics | null = null, domains: Domains | null = null) => {
    for (const [name, given] of Object.entries({ hparam_dict, metric_dict })) {
      if (!isPlainObject(given)) throw new TypeError(`parameter: ${name} should be a dictionary, nothing logged.`);
    }
    return session(hparam_dict as HParams, metric_dict as Metrics, domains);
  },
  { dict: [0, 1, 2] },
);

function session(
  hparam_dict: HParams,
  metric_dict: Metrics,
  hparam_domain_discrete: Domains | null,
): [experiment: Buffer[], start: Buffer[], end: Buffer[]] {
  const domains = hparam_domain_discrete ?? {};
  const infos: Buffer[] = [];
  const started: Buffer[] = [];
  const protoOf = (x: HParam) => (typeof x === "string" ? bytes(3, x) : double(2, toNumber(x as number)));
  for (const [name, domain] of Object.entries(domains)) {
    const isSame = Array.isArray(domain) && domain.every((x) => typeof x === typeof hparam_dict[name]);
    if (!(name in hparam_dict) || !isSame) {
      throw new TypeError(
        `parameter: hparam_domain_discrete[${name}] should be a list of same type as hparam_dict[${name}].`,
      );
    }
  }
  for (const [name, given] of Object.entries(hparam_dict)) {
    if (given === null) continue;
    const x =
      given instanceof Tensor || typeof given === "boolean"
        ? Number(given instanceof Tensor ? given.item() : given)
        : given;
    if (typeof x !== "number" && typeof x !== "string" && !isFloat(x)) {
      throw new ValueError("value should be one of int, float, str, bool, or torch.Tensor");
    }
    started.push(bytes(1, bytes(1, name), bytes(2, protoOf(x))));
    const discrete = name in domains ? [bytes(5, ...domains[name].map((each) => bytes(1, protoOf(each))))] : [];
    const type = typeof x === "string" ? DATA_TYPE_STRING : DATA_TYPE_FLOAT64;
    infos.push(bytes(4, bytes(1, name), int(4, type), ...discrete));
  }
  const metrics = Object.keys(metric_dict).map((tag) => bytes(5, bytes(1, bytes(2, tag))));
  const summary = (tag: string, content: Buffer) => [value(`_hparams_/${tag}`, metadata("hparams", content))];
  return [
    summary("experiment", bytes(2, ...infos, ...metrics)),
    summary("session_start_info", bytes(3, ...started)),
    summary("session_end_info", bytes(4, int(1, 1))), // STATUS_SUCCESS
  ];
}

const MOST_THRESHOLDS = 127;

/** Counts and rates (6, thresholds): of true and false positives and negatives, then precision and recall. */
function pr_curve_value(tag: string, data: Tensor, num_thresholds: number): Buffer[] {
  const content = floats(5, data.reshape(-1).tolist());
  const tensor = bytes(8, int(1, DT_FLOAT), dimsOf(data.shape), content);
  return [value(tag, tensor, metadata("pr_curves", int(2, Math.min(num_thresholds, MOST_THRESHOLDS))))];
}

/** A curve from its numbers at each threshold; Python ignores `weights`, too. */
export const pr_curve_raw = def(
  "pr_curve_raw",
  ["tag", "tp", "fp", "tn", "fn", "precision", "recall", "num_thresholds", "weights"],
  (
    tag: string,
    tp: Values,
    fp: Values,
    tn: Values,
    fn: Values,
    precision: Values,
    recall: Values,
    num_thresholds: number = MOST_THRESHOLDS,
    _weights: Values | null = null,
  ): Buffer[] => {
    const rows = [tp, fp, tn, fn, precision, recall].map((row) => toTensor(row).to(dtypes.float64));
    return pr_curve_value(tag, torch.stack(rows), num_thresholds);
  },
  { dict: [6, 8] },
);

/**
 * The numbers of true and false positives and negatives at each threshold, with precision and recall: (6, num_thresholds).
 */
export const compute_curve = def(
  "compute_curve",
  ["labels", "predictions", "num_thresholds", "weights"],
  (labels: Values, predictions: Values, num_thresholds: number | null = null, weights: Values | null = null): Tensor =>
    curve(labels, predictions, num_thresholds, weights),
  { dict: [1, 3] },
);

function curve(labels: Values, predictions: Values, num_thresholds: number | null, weights: Values | null): Tensor {
  if (num_thresholds === null) {
    throw new TypeError("unsupported operand type(s) for -: 'NoneType' and 'int'");
  }
  const count = num_thresholds;
  const truth = toTensor(labels).to(dtypes.float64).reshape(-1);
  const buckets = toTensor(predictions)
    .reshape(-1)
    .mul(count - 1)
    .floor()
    .to(dtypes.int64);
  const weight = toTensor(weights ?? 1).to(dtypes.float64);
  // Predictions out of range count nowhere.
  const valid = buckets.ge(0).bitwise_and(buckets.le(count - 1));
  const sums = (of: Tensor) =>
    torch
      .zeros([count], { dtype: dtypes.float64 })
      .scatter_add_(0, buckets.clamp(0, count - 1), of.mul(weight).mul(valid));
  const fromAbove = (counts: Tensor) => counts.flip(0).cumsum(0).flip(0);
  const tp = fromAbove(sums(truth));
  const fp = fromAbove(sums(torch.rsub(truth, 1)));
  const tn = torch.sub(fp.select(0, 0), fp);
  const fn = torch.sub(tp.select(0, 0), tp);
  const least = 1e-7;
  const rows = [tp, fp, tn, fn, tp.div(tp.add(fp).clamp_min(least)), tp.div(tp.add(fn).clamp_min(least))];
  return torch.stack(rows);
}

/** The curve of precision and recall of predictions. */
export const pr_curve = def(
  "pr_curve",
  ["tag", "labels", "predictions", "num_thresholds", "weights"],
  (
    tag: string,
    labels: Values,
    predictions: Values,
    num_thresholds: number = MOST_THRESHOLDS,
    weights: Values | null = null,
  ): Buffer[] => {
    const data = curve(labels, predictions, Math.min(num_thresholds, MOST_THRESHOLDS), weights);
    return pr_curve_value(tag, data, num_thresholds);
  },
  { dict: [2, 4] },
);

/** The kinds of a mesh's tensors, by their numbers. */
const meshKinds = [
  ["VERTEX", 1],
  ["FACE", 2],
  ["COLOR", 3],
] as const;

const ascii = (text: string) =>
  text.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** JSON as Python writes it, with sorted keys. */
function sortedJson(x: unknown): string {
  if (Array.isArray(x)) return `[${x.map(sortedJson).join(", ")}]`;
  if (!isPlainObject(x)) return ascii(JSON.stringify(x));
  const entries = Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, each]) => `${ascii(JSON.stringify(name))}: ${sortedJson(each)}`).join(", ")}}`;
}

/** A mesh or a cloud of points, with what three.js is told of them. */
export const mesh = def(
  "mesh",
  ["tag", "vertices", "colors", "faces", "config_dict", "display_name", "description"],
  (
    tag: string,
    vertices: Values,
    colors: Values | null,
    faces: Values | null,
    config_dict: Readonly<Record<string, unknown>> | null,
    display_name: string | null = null,
    description: string | null = null,
  ): Buffer[] => {
    const texts = [display_name, description].flatMap((text, i) => (text ? [bytes(2 + i, text)] : []));
    return meshes(tag, { VERTEX: vertices, FACE: faces, COLOR: colors }, config_dict, texts);
  },
  { dict: [2, 3, 4] },
);

function meshes(
  tag: string,
  given: Readonly<Record<(typeof meshKinds)[number][0], Values | null>>,
  config_dict: Readonly<Record<string, unknown>> | null,
  texts: readonly Buffer[],
): Buffer[] {
  const present = meshKinds.filter(([name]) => given[name] !== null);
  const components = present.reduce((mask, [, kind]) => mask | (1 << kind), 0);
  return present.flatMap(([name, kind]) => {
    const tensor = toTensor(given[name] as Values);
    if (tensor.dim() !== 3) {
      throw new ValueError(`Tensor shape should be of shape BxNx3, but got torch.Size([${tensor.shape.join(", ")}]).`);
    }
    const settings = [
      ...[bytes(2, tag), int(3, kind), bytes(5, sortedJson(config_dict ?? {}))],
      ...[ints(6, tensor.shape), int(7, components)],
    ];
    const content = floats(5, tensor.reshape(-1).tolist());
    return value(
      `${tag}_${name}`,
      bytes(8, int(1, DT_FLOAT), dimsOf(tensor.shape), content),
      bytes(9, plugin("mesh", ...settings), ...texts),
    );
  });
}
