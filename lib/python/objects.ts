import { isPlainObject } from "../arguments/function.js";
import { Complex } from "./complex.js";
import { isInt, PyFloat } from "./float.js";
import { Slice } from "./slice.js";

/** Whether an object has a method of this name, its own or inherited. */
export function has<Name extends string | symbol>(
  x: unknown,
  name: Name,
): x is Record<Name, (...args: unknown[]) => unknown> {
  const holder = (typeof x === "object" && x !== null) || typeof x === "function";
  return holder && typeof (x as Record<Name, unknown>)[name] === "function";
}

/** What Python calls the type of a value, as its error messages name it: `int`, `list`, `NoneType`, a class's name. */
export function typeName(x: unknown): string {
  if (x === null || x === undefined) return "NoneType";
  switch (typeof x) {
    case "boolean":
      return "bool";
    case "string":
      return "str";
    case "number":
    case "bigint":
      return isInt(x) ? "int" : "float";
    case "function":
      // A module is a function too, but its constructor is its class.
      return x.constructor === Function ? "function" : x.constructor.name;
  }
  if (x instanceof PyFloat) return "float";
  if (x instanceof Complex) return "complex";
  if (x instanceof Slice) return "slice";
  if (x instanceof Map || isPlainObject(x)) return "dict";
  const name = (x as object).constructor?.name ?? "object";
  return { Array: "list", Set: "set", Range: "range" }[name] ?? name;
}

/** Takes keyword arguments off the end of a call's arguments: a plain object with no keys but these names. */
export function takeKeywords(args: unknown[], names: readonly string[], positional = 0): Record<string, unknown> {
  const last = args.at(-1);
  if (args.length <= positional || !isPlainObject(last)) return {};
  const keys = Object.keys(last);
  if (keys.length === 0 || !keys.every((key) => names.includes(key))) return {};
  args.pop();
  return last;
}
