import { OverflowError, ValueError } from "../errors.js";
import { Complex } from "./complex.js";
import { isFloat, isInt, PyFloat } from "./float.js";
import { formatFixed } from "./format.js";
import { has, typeName } from "./objects.js";
import { repr } from "./repr.js";
import { lengthOf } from "./sequences.js";

/** What a number can be made of; `item()` is a tensor's. */
type Real = number | bigint | boolean | { item(): number };

/** Python's `float()`: the number, marked as a float where it could be taken for an int. Throws ValueError. */
export function float(x: Real | string = 0): number {
  if (typeof x === "string") return float(readFloat(x));
  const value = Number(plain(x, "float() argument must be a string or a real number"));
  return Number.isInteger(value) && !Object.is(value, -0) ? (new PyFloat(value) as unknown as number) : value;
}

/** Python's `int()`: drops the fraction, or reads text; beyond 2**53 a bigint. Throws ValueError or OverflowError. */
export function int(x: Real | string = 0, base = 10): number {
  if (typeof x === "string") return narrow(readInteger(x, base));
  const value = plain(x, "int() argument must be a string, a bytes-like object or a real number");
  if (typeof value === "bigint") return narrow(value);
  if (Number.isNaN(value)) throw new ValueError("cannot convert float NaN to integer");
  if (!Number.isFinite(value)) throw new OverflowError("cannot convert float infinity to integer");
  return narrow(BigInt(Math.trunc(value)));
}

/** Python's `complex()`: `complex(1, 2)` is `1+2j`. */
export function complex(real: Real | Complex = 0, imag?: Real | Complex): Complex {
  const a = realOrComplex(real);
  if (imag === undefined) return a instanceof Complex ? a : new Complex(a, 0);
  const b = realOrComplex(imag);
  const x = a instanceof Complex ? a : new Complex(a, -0); // adding -0 changes nothing, not even the sign of a zero
  const y = b instanceof Complex ? b : new Complex(b, 0);
  return new Complex(x.real - y.imag, x.imag + y.real);
}

/** Python's `bool()`: false for None, zero and what is empty; a tensor of several elements throws. */
export function bool(x: unknown = false): boolean {
  if (x instanceof PyFloat) return x.valueOf() !== 0;
  if (x instanceof Complex) return x.real !== 0 || x.imag !== 0;
  if (has(x, "__bool__")) return Boolean(x.__bool__());
  if (has(x, "is_nonzero")) return Boolean(x.is_nonzero());
  return Number.isNaN(x) || (Boolean(x) && lengthOf(x) !== 0);
}

/** Python's `abs()`, of numbers and of tensors. */
export function abs<T extends number | bigint | Complex | { abs(): unknown }>(x: T) {
  return magnitude(x) as T extends { abs(): infer R } ? R : T extends bigint ? bigint : number;
}

function magnitude(x: unknown): unknown {
  if (x instanceof Complex) return float(Math.hypot(x.real, x.imag));
  if (isFloat(x)) return float(Math.abs(Number(x)));
  if (typeof x === "bigint") return x < 0n ? -x : x;
  if (typeof x === "number" || typeof x === "boolean") return Math.abs(Number(x));
  if (has(x, "abs")) return x.abs();
  throw new TypeError(`bad operand type for abs(): '${typeName(x)}'`);
}

/** Python's `round()`: halves go to the even neighbour; with `ndigits` a float stays one; of tensors their `round`. */
export function round(x: number, ndigits?: number | null): number;
export function round<T>(x: { round(keywords?: { decimals: number }): T }, ndigits?: number | null): T;
export function round(x: unknown, ndigits: number | null = null): unknown {
  if (isInt(x)) return ndigits === null || ndigits >= 0 ? x : int(roundToTens(Number(x), -ndigits));
  if (isFloat(x)) {
    const value = Number(x);
    if (ndigits === null) return int(Number.isFinite(value) ? Number(formatFixed(value, 0)) : value);
    if (!Number.isFinite(value)) return value;
    return float(ndigits >= 0 ? Number(formatFixed(value, Math.min(ndigits, 100))) : roundToTens(value, -ndigits));
  }
  if (has(x, "round")) return ndigits === null ? x.round() : x.round({ decimals: ndigits });
  throw new TypeError(`type ${typeName(x)} doesn't define __round__ method`);
}

function roundToTens(x: number, zeros: number): number {
  const unit = 10 ** zeros;
  const rest = Math.abs(x) % unit;
  const down = Math.abs(x) - rest;
  const up = rest > unit / 2 || (rest === unit / 2 && (down / unit) % 2 === 1);
  return Math.sign(x) * (up ? down + unit : down);
}

/** The number in what a number can be made of; the error begins with `expected`. */
function plain(x: Real, expected: string): number | bigint {
  if (typeof x === "number" || typeof x === "bigint") return x;
  if (typeof x === "boolean" || isFloat(x)) return Number(x);
  if (has(x, "item")) return plain(x.item() as number, expected);
  throw new TypeError(`${expected}, not '${typeName(x)}'`);
}

function realOrComplex(x: unknown): number | Complex {
  const value = has(x, "item") ? x.item() : x;
  if (value instanceof Complex) return value;
  return Number(plain(value as number, "complex() first argument must be a string or a number"));
}

function narrow(value: bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : (value as unknown as number);
}

const underscore = /(?<=\d)_(?=\d)/g;

function readFloat(text: string): number {
  const trimmed = text.trim().replace(underscore, "");
  const special = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(trimmed);
  if (special) return special[2] ? (special[1] === "-" ? -Infinity : Infinity) : Number.NaN;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  throw new ValueError(`could not convert string to float: ${repr(text)}`);
}

const prefixes: Record<string, number> = { "0b": 2, "0o": 8, "0x": 16 };

function readInteger(text: string, base: number): bigint {
  const [, sign, digits] = /^([+-]?)(\w+)$/.exec(text.trim().replace(underscore, "").toLowerCase()) ?? [];
  const prefix = digits === undefined ? undefined : prefixes[digits.slice(0, 2)];
  const actual = base === 0 ? (prefix ?? 10) : base;
  const rest = digits !== undefined && prefix === actual ? digits.slice(2) : digits;
  const values = [...(rest ?? "")].map((digit) => Number.parseInt(digit, 36));
  if (values.length === 0 || !values.every((value) => value < actual)) {
    throw new ValueError(`invalid literal for int() with base ${base}: ${repr(text)}`);
  }
  const size = values.reduce((total, value) => total * BigInt(actual) + BigInt(value), 0n);
  return sign === "-" ? -size : size;
}
