// torch/utils/tensorboard/summary.py: each function gives the values of a Summary message

import { Tensor } from "../../_tensor.js";
import { isPlainObject } from "../../arguments/function.js";
import * as dtypes from "../../dtype.js";
import { AssertionError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { isFloat, toNumber } from "../../python/float.js";
import { as_tensor, from_numpy, type NdArray, type TensorData, tensor as tensorOf } from "../../tensor_new.js";
import { encodePng } from "../_png.js";
import { bytes, double, doubles, float, int } from "./_proto.js";

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

const metadata = (plugin_name: string, ...content: Uint8Array[]) =>
  bytes(9, bytes(1, bytes(1, plugin_name), ...content.map((each) => bytes(2, each))));

export function scalar(name: string, x: Values, new_style = false, double_precision = false): Buffer[] {
  const tensor = toTensor(x);
  if (tensor.numel() !== 1) {
    throw new AssertionError(
      `Tensor should contain one element (0 dimensions). Was given size: ${tensor.numel()} and ${tensor.dim()} dimensions.`,
    );
  }
  const number = Number(tensor.item());
  if (!new_style) return [value(name, float(2, number))];
  const data = double_precision
    ? [int(1, DT_DOUBLE), doubles(6, [number])]
    : [int(1, DT_FLOAT), bytes(5, float(0, number).subarray(1))];
  return [value(name, bytes(8, ...data), metadata("scalars"))];
}

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

export function histogram(name: string, x: Values, bins: Bins, max_bins: number | null = null): Buffer[] {
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
  return [value(name, bytes(5, ...proto))];
}

/** Images side by side, eight in a row. */
function make_grid(images: Tensor): Tensor {
  const rgb = images.size(1) === 1 ? images.expand(-1, 3, -1, -1) : images;
  if (rgb.size(1) !== 3) throw new AssertionError("Input should be a 4D numpy array with 3 channels");
  const [n, , h, w] = rgb.shape;
  const columns = Math.min(n, 8);
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

export function image(tag: string, x: Values, dataformats: string): Buffer[] {
  const tensor = toTensor(x);
  const scale = tensor.dtype === dtypes.uint8 ? 1 : 255;
  const hwc = convert_to_HWC(tensor, dataformats).to(dtypes.float32).mul(scale).clamp(0, 255).to(dtypes.uint8);
  const [height, width, channels] = hwc.shape;
  const png = encodePng(hwc.contiguous().numpy().data as unknown as Uint8Array, height, width, channels);
  return [value(tag, bytes(4, int(1, height), int(2, width), int(3, channels), bytes(4, png)))];
}

export function text(tag: string, string: string): Buffer[] {
  const shape = bytes(2, bytes(2, int(1, 1)));
  return [value(`${tag}/text_summary`, bytes(8, int(1, DT_STRING), shape, bytes(8, string)), metadata("text"))];
}

/** What a hyperparameter may be. */
export type HParam = number | string | boolean | Tensor | null;

const DATA_TYPE_STRING = 1;
const DATA_TYPE_FLOAT64 = 3;

/** The experiment, the start and the end of a session with these hyperparameters, for the plugin of that name. */
export function hparams(
  hparam_dict: Readonly<Record<string, HParam>>,
  metric_dict: Readonly<Record<string, unknown>>,
  hparam_domain_discrete: Readonly<Record<string, readonly HParam[]>> | null = null,
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
