// torch/_export/serde/union.py and the dataclasses that it goes with: JSON read as values of a type, every part checked.

import { RuntimeError } from "../../errors.js";
import { typeName } from "../../python/objects.js";

/** torch._export.serde.serialize.SerializeError: a program cannot be read or written. */
export class SerializeError extends RuntimeError {}

/** Where in the document a value stands, for messages. */
class Place {
  readonly outer: Place | null;
  readonly step: string;
  readonly depth: number;

  constructor(outer: Place | null, step: string) {
    this.outer = outer;
    this.step = step;
    this.depth = outer === null ? 0 : outer.depth + 1;
    if (this.depth > DEEPEST) throw new SerializeError("the program's values are nested too deep");
  }

  toString(): string {
    return `${this.outer ?? ""}${this.step}`;
  }
}

/** Deeper than graphs within graphs of any program. */
const DEEPEST = 400;

/** Reads a value of a type. */
export type Reader<T> = (data: unknown, at: Place) => T;

/** The type that a reader gives. */
export type Read<R> = R extends Reader<infer T> ? T : never;

function wrong(at: Place, expected: string, data: unknown): SerializeError {
  return new SerializeError(`${at} must be ${expected}, not ${data === null ? "null" : typeName(data)}`);
}

const isRecord = (data: unknown): data is Record<string, unknown> =>
  typeof data === "object" && data !== null && !Array.isArray(data);

/** An int that JSON.parse() would round; see readJson(). */
const BIG = "$int";

export const int: Reader<number | bigint> = (data, at) => {
  if (typeof data === "number" && Number.isSafeInteger(data)) return data;
  if (isRecord(data) && typeof data[BIG] === "string" && /^-?\d{1,40}$/.test(data[BIG])) {
    const value = BigInt(data[BIG]);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  throw wrong(at, "an int", data);
};

const SPECIAL: Readonly<Record<string, number>> = {
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
  NaN: Number.NaN,
};

export const float: Reader<number> = (data, at) => {
  if (typeof data === "number") return data;
  if (typeof data === "string" && Object.hasOwn(SPECIAL, data)) return SPECIAL[data];
  if (isRecord(data) && BIG in data) return Number(int(data, at));
  throw wrong(at, "a float", data);
};

export const str: Reader<string> = (data, at) => {
  if (typeof data === "string") return data;
  throw wrong(at, "a str", data);
};

export const bool: Reader<boolean> = (data, at) => {
  if (typeof data === "boolean") return data;
  throw wrong(at, "a bool", data);
};

export const optional =
  <T>(read: Reader<T>): Reader<T | null> =>
  (data, at) =>
    data === null || data === undefined ? null : read(data, at);

export const list =
  <T>(read: Reader<T>): Reader<T[]> =>
  (data, at) => {
    if (!Array.isArray(data)) throw wrong(at, "a list", data);
    return data.map((item, i) => read(item, new Place(at, `[${i}]`)));
  };

export const dict =
  <T>(read: Reader<T>): Reader<Map<string, T>> =>
  (data, at) => {
    if (!isRecord(data)) throw wrong(at, "a dict", data);
    return new Map(
      Object.entries(data).map(([key, item]) => [key, read(item, new Place(at, `[${JSON.stringify(key)}]`))]),
    );
  };

/** A type that is used within itself, or before it is declared. */
export const later =
  <T>(reader: () => Reader<T>): Reader<T> =>
  (data, at) =>
    reader()(data, at);

/** A member of an enumeration. */
export const enumeration =
  <T extends number>(name: string, values: Readonly<Record<string, T | string>>): Reader<T> =>
  (data, at) => {
    if (typeof data === "number" && typeof values[data] === "string") return data as T;
    throw wrong(at, `a member of ${name}`, data);
  };

type Fields = Readonly<Record<string, Reader<unknown>>>;
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** An object with these fields; those that are not known are skipped, those that are optional may be missing. */
export const dataclass =
  <F extends Fields>(name: string, fields: F): Reader<Flat<{ [K in keyof F]: Read<F[K]> }>> =>
  (data, at) => {
    if (!isRecord(data)) throw wrong(at, `a ${name}`, data);
    const result: Record<string, unknown> = {};
    for (const [key, read] of Object.entries(fields)) {
      result[key] = read(Object.hasOwn(data, key) ? data[key] : undefined, new Place(at, `.${key}`));
    }
    return result as Flat<{ [K in keyof F]: Read<F[K]> }>;
  };

/** One of several things, and which. */
export type Union<F extends Fields> = {
  [K in keyof F & string]: { readonly type: K; readonly value: Read<F[K]> };
}[keyof F & string];

/** An object with one of these fields. */
export const union =
  <F extends Fields>(name: string, fields: F): Reader<Union<F>> =>
  (data, at) => {
    if (!isRecord(data)) throw wrong(at, `a ${name}`, data);
    const keys = Object.keys(data);
    if (keys.length !== 1) throw new SerializeError(`${at} must have one key, not ${keys.length}, as a ${name}`);
    const [type] = keys;
    if (!Object.hasOwn(fields, type))
      throw new SerializeError(`${at} is a ${name} of the unknown kind ${JSON.stringify(type)}`);
    return { type, value: fields[type](data[type], new Place(at, `.${type}`)) } as Union<F>;
  };

/** A field with a value where it is missing. */
export const withDefault =
  <T>(read: Reader<T>, value: T): Reader<T> =>
  (data, at) =>
    data === undefined ? value : read(data, at);

/** JSON text as values whose large ints are kept. Throws SerializeError for what is no JSON. */
export function parseJson(text: string, name: string): unknown {
  const kept = /\d{16}/.test(text)
    ? text.replace(/"(?:[^"\\]|\\.)*"|(?<![\w.+-])-?\d{16,}(?![\d.eE])/g, (token) =>
        token.startsWith('"') ? token : `{"${BIG}":"${token}"}`,
      )
    : text;
  try {
    return JSON.parse(kept);
  } catch (error) {
    throw new SerializeError(`${name} is no JSON: ${(error as Error).message}`);
  }
}

/** Reads a value of parseJson() as a type. Throws SerializeError that tells which part of it is wrong. */
export function readValue<T>(read: Reader<T>, value: unknown, name: string): T {
  return read(value, new Place(null, name));
}

/** Reads JSON text as a type. */
export function readJson<T>(read: Reader<T>, text: string, name: string): T {
  return readValue(read, parseJson(text, name), name);
}
