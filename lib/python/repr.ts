import { isPlainObject } from "../arguments/function.js";
import { floatRepr } from "./format.js";
import { has, takeKeywords, typeName } from "./objects.js";

/** Writes a value as Python's `repr()` does: `True`, `None`, `[1, 'a']`, `{'a': 1}`; an object by its `__repr__`. */
export function repr(x: unknown): string {
  return write(x, []);
}

const plainTexts = new Set([Object, Array, Function, Error].map((base) => base.prototype.toString));

/** Writes a value as `str()` does: text as it is, an object by its `__str__` or `toString`, all else as `repr()`. */
export function str(x: unknown = ""): string {
  if (typeof x === "string") return x;
  if (has(x, "__str__")) return String(x.__str__());
  if (has(x, "__repr__")) return plainTexts.has(x.toString) ? repr(x) : String(x);
  return x instanceof Error ? x.message : repr(x);
}

/** Writes a value as an f-string does, `f"{x}"`: an object by its `__format__`, all else as `str()`. */
export function format(x: unknown): string {
  return has(x, "__format__") ? String(x.__format__()) : str(x);
}

/** What `print` takes as keyword arguments. */
export interface PrintKeywords {
  sep?: string | null;
  end?: string | null;
  flush?: boolean;
  file?: { write(text: string): unknown } | null;
}

/** Writes values to the standard output as Python's `print()` does; a last `{ sep, end, file }` are keywords. */
export function print(...values: unknown[]): void {
  const { sep, end, file }: PrintKeywords = takeKeywords(values, ["sep", "end", "flush", "file"]);
  (file ?? process.stdout).write(values.map(str).join(sep ?? " ") + (end ?? "\n"));
}

/** `containers` are those around `x`: a list inside itself prints as `[...]`. */
function write(x: unknown, containers: readonly unknown[]): string {
  if (x === null || x === undefined) return "None";
  switch (typeof x) {
    case "boolean":
      return x ? "True" : "False";
    case "number":
      return writeNumber(x);
    case "string":
      return quote(x);
    case "bigint":
    case "symbol":
      return String(x);
  }
  if (has(x, "__repr__")) return String(x.__repr__());
  if (typeof x === "function") return writeFunction(x);
  if (Array.isArray(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView))) return writeList(x, containers);
  if (x instanceof Map || isPlainObject(x)) return writeDict(x, containers);
  if (x instanceof Set)
    return x.size ? `{${[...x].map((item) => write(item, [...containers, x])).join(", ")}}` : "set()";
  if (x instanceof Error) return `${x.name}(${x.message ? quote(x.message) : ""})`;
  return x.toString === Object.prototype.toString ? `<${typeName(x)} object>` : String(x);
}

function writeNumber(x: number): string {
  if (Number.isSafeInteger(x) && !Object.is(x, -0)) return String(x);
  // Where JavaScript too writes digits alone, below 1e21, a whole number is an int.
  return Number.isInteger(x) && x !== 0 && Math.abs(x) < 1e21 ? String(BigInt(x)) : floatRepr(x);
}

function writeFunction(x: { name?: unknown }): string {
  const kind = /^class\b/.test(Function.prototype.toString.call(x)) ? "class" : "function";
  return kind === "class" ? `<class '${x.name}'>` : `<function ${x.name || "<lambda>"}>`;
}

function writeList(x: unknown, containers: readonly unknown[]): string {
  if (containers.includes(x)) return "[...]";
  const floats = x instanceof Float32Array || x instanceof Float64Array;
  const inside = [...containers, x];
  const items = Array.from(x as ArrayLike<unknown>);
  return `[${items.map((item) => (floats ? floatRepr(item as number) : write(item, inside))).join(", ")}]`;
}

function writeDict(x: Map<unknown, unknown> | Record<string, unknown>, containers: readonly unknown[]): string {
  if (containers.includes(x)) return "{...}";
  const inside = [...containers, x];
  const entries = x instanceof Map ? [...x] : Object.entries(x);
  return `{${entries.map(([key, value]) => `${write(key, inside)}: ${write(value, inside)}`).join(", ")}}`;
}

const escapes: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A string between the quotes, and with the escapes, that Python chooses. */
function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  // Not printable to Python: control, unassigned and surrogate characters, and every space but " ".
  const inner = text.replace(/[\\'\p{C}\p{Z}]/gu, (character) => {
    if (character === " ") return character;
    if (character === "'") return mark === "'" ? "\\'" : character;
    return escapes[character] ?? escapeCode(character.codePointAt(0) as number);
  });
  return mark + inner + mark;
}

function escapeCode(code: number): string {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
