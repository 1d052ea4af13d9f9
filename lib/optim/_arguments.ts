// Arguments by name for the classes and functions of torch.optim and torch.utils.data.

import { bindArguments, isPlainObject } from "../arguments/function.js";
import { PyFloat } from "../python/float.js";

/** The types of positional arguments, any of which may be the keywords of the rest. */
export type Arguments<Required extends unknown[], Optional extends unknown[], Keywords> = [
  ...Required,
  ...Partial<{ [Index in keyof Optional]: Optional[Index] | Keywords }>,
  keywords?: Keywords,
];

/** A number that `float()` marked, as the plain number; also those in a list. */
export function plain(value: unknown): unknown {
  if (value instanceof PyFloat) return value.valueOf();
  return Array.isArray(value) && value.some((element) => element instanceof PyFloat) ? value.map(plain) : value;
}

/**
 * The arguments of a call by the names of its parameters, in Python's order; those after "*" come by keyword only.
 *
 * Throws TypeError with Python's text for an unknown keyword, a parameter given twice, and a wrong count.
 */
export function named<T>(name: string, parameters: readonly string[], required: number, args: readonly unknown[]): T {
  const star = parameters.indexOf("*");
  const names = parameters.filter((parameter) => parameter !== "*");
  const positional = args.length - (isPlainObject(args[args.length - 1]) ? 1 : 0);
  const most = star < 0 ? names.length : star;
  if (positional > most) throw tooMany(name, required, most, positional);
  const values = bindArguments(name, names, required, args);
  return Object.fromEntries(names.map((parameter, i) => [parameter, plain(values[i])])) as T;
}

function tooMany(name: string, required: number, most: number, given: number): TypeError {
  const self = name.includes(".") ? 1 : 0; // Python counts it
  const range = required === most ? `${most + self}` : `from ${required + self} to ${most + self}`;
  const noun = required === most && most + self === 1 ? "argument" : "arguments";
  const verb = given + self === 1 ? "was" : "were";
  return new TypeError(`${name}() takes ${range} positional ${noun} but ${given + self} ${verb} given`);
}

/** Throws Python's TypeError unless all keywords without a default were given. */
export function requireKeywords(name: string, keywords: Readonly<Record<string, unknown>>): void {
  const missing = Object.keys(keywords)
    .filter((keyword) => keywords[keyword] === undefined)
    .map((keyword) => `'${keyword}'`);
  if (missing.length === 0) return;
  const last = missing.length > 1 ? missing.splice(-1) : [];
  const list = missing.join(", ") + (last.length === 0 ? "" : missing.length > 1 ? `, and ${last}` : ` and ${last}`);
  const count = missing.length + last.length;
  throw new TypeError(`${name}() missing ${count} required keyword-only argument${count === 1 ? "" : "s"}: ${list}`);
}
