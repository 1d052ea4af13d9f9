// What stands between a tensor's brackets. All is decided on the elements that are shown.

import { float4_e2m1fn_x2, uint8 } from "../dtype.js";
import type { Complex } from "../python/complex.js";
import { formatExponent, formatFixed } from "../python/format.js";
import { options } from "./options.js";
import type { PrintableTensor } from "./printable.js";

/** A real number: what `tolist()` gives for every dtype but the complex ones. */
type Real = number | bigint | boolean;
type Element = Real | Complex;
type Nested<T> = T | Nested<T>[];

/** How real numbers of one tensor are written: alike, and wide enough for each. */
class Formatter {
  readonly #floating: boolean;
  #integral = true;
  #scientific = false;
  width = 1;

  constructor(values: readonly Real[], floating: boolean) {
    this.#floating = floating;
    const shown = floating ? (values as number[]).filter((value) => Number.isFinite(value) && value !== 0) : values;
    if (shown.length === 0) return;
    if (floating) this.#decide(shown as number[]);
    // Infinities and nan do not count.
    for (const value of shown) this.width = Math.max(this.width, this.#write(value).length);
  }

  #decide(values: readonly number[]): void {
    let [least, greatest] = [Infinity, 0];
    for (const value of values) {
      least = Math.min(least, Math.abs(value));
      greatest = Math.max(greatest, Math.abs(value));
    }
    this.#integral = values.every(Number.isInteger);
    this.#scientific = options.sci_mode ?? (greatest / least > 1000 || greatest > 1e8 || least < 1e-4);
  }

  #write(value: Real): string {
    if (!this.#floating) return typeof value === "boolean" ? (value ? "True" : "False") : String(value);
    const number = value as number;
    if (this.#scientific) return formatExponent(number, options.precision);
    if (!this.#integral) return formatFixed(number, options.precision);
    return formatFixed(number, 0) + (Number.isFinite(number) ? "." : "");
  }

  format(value: Element): string {
    return this.#write(value as Real).padStart(this.width);
  }
}

/** Writes one element, in `width` characters. */
interface ElementFormat {
  width: number;
  format(value: Element): string;
}

/** The real and the imaginary parts of complex numbers have a format each. */
function complexFormat(values: readonly Complex[]): ElementFormat {
  const [reals, imags] = [values.map((value) => value.real), values.map((value) => value.imag)];
  const [real, imag] = [new Formatter(reals, true), new Formatter(imags, true)];
  return {
    width: real.width + imag.width + 1,
    format(value: Element) {
      const parts = value as Complex;
      const text = `${imag.format(parts.imag).trimStart()}j`;
      return real.format(parts.real) + (text.startsWith("-") ? text : `+${text}`);
    },
  };
}

/** The elements of a strided tensor as its repr shows them, in brackets; further lines begin after `indent` spaces. */
export function elementsText(tensor: PrintableTensor, indent: number): string {
  const { shape, dtype } = tensor;
  const count = tensor.numel();
  if (count === 0) return "[]";
  const summarize = count > options.threshold;
  if (summarize && options.edgeitems === 0 && shape.length > 0) return "[...]";
  const isCut = shape.map((size) => summarize && size > 2 * options.edgeitems);
  const data = shownElements(tensor._is_zerotensor() ? tensor.clone() : tensor, isCut, 0);
  const values = Array.isArray(data) ? (data as unknown[]).flat(Infinity) : [data];
  const format = dtype.is_complex
    ? complexFormat(values as Complex[])
    : new Formatter(values as Real[], dtype.is_floating_point);
  if (!Array.isArray(data)) return format.format(data);
  return arrayText(data, isCut, format, indent);
}

/** The elements, of the dimensions that are cut only those at either end. */
function shownElements(tensor: PrintableTensor, isCut: readonly boolean[], dim: number): Nested<Element> {
  const next = isCut.indexOf(true, dim);
  if (next < 0) {
    // Two numbers in each byte, which nothing converts: the bytes are shown.
    const readable = tensor.dtype === float4_e2m1fn_x2 ? tensor.view(uint8) : tensor;
    return readable.tolist() as Nested<Element>;
  }
  const { edgeitems } = options;
  const first = shownElements(tensor.narrow(next, 0, edgeitems), isCut, next + 1);
  const last = shownElements(tensor.narrow(next, tensor.shape[next] - edgeitems, edgeitems), isCut, next + 1);
  return join(first, last, next);
}

function join<T>(first: Nested<T>, last: Nested<T>, dim: number): Nested<T> {
  const [a, b] = [first as Nested<T>[], last as Nested<T>[]];
  return dim === 0 ? [...a, ...b] : a.map((element, i) => join(element, b[i], dim - 1));
}

function arrayText(
  data: readonly Nested<Element>[],
  isCut: readonly boolean[],
  format: ElementFormat,
  indent: number,
): string {
  if (isCut.length === 1) return vectorText(data as Element[], isCut[0], format, indent);
  const rows = data.map((row) => arrayText(row as Nested<Element>[], isCut.slice(1), format, indent + 1));
  if (isCut[0]) rows.splice(options.edgeitems, 0, "...");
  const separator = `,${"\n".repeat(isCut.length - 1)}${" ".repeat(indent + 1)}`;
  return `[${rows.join(separator)}]`;
}

function vectorText(data: readonly Element[], isCut: boolean, format: ElementFormat, indent: number): string {
  const perLine = Math.max(1, Math.floor((options.linewidth - indent) / (format.width + 2)));
  const texts = data.map((value) => format.format(value));
  if (isCut) texts.splice(options.edgeitems, 0, " ...");
  const lines: string[] = [];
  for (let i = 0; i < texts.length; i += perLine) lines.push(texts.slice(i, i + perLine).join(", "));
  return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}
