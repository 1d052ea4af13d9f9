// Arguments by name for the classes and functions of torch.optim and torch.utils.data.

import { binder, missingError } from "../arguments/function.js";
import { PyFloat } from "../python/float.js";

/** The types of positional arguments, any of which may be the keywords of the rest. */
export type Arguments<Required extends unknown[], Optional extends unknown[], Keywords> = [
  ...Required,
  ...Partial<{ [Index in keyof Optional]: Optional[Index] | Keywords }>,
  keywords?: Keywords,
];

/** A required argument by position, or the keywords of the rest with this one among them. */
export type OrNamed<Keywords, Name extends keyof Keywords> =
  | Exclude<Keywords[Name], undefined>
  | (Keywords & Required<Pick<Keywords, Name>>);

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
  const values = binder(name, parameters, required)(args);
  const names = parameters.filter((parameter) => parameter !== "*");
  return Object.fromEntries(names.map((parameter, i) => [parameter, plain(values[i])])) as T;
}

/** Throws Python's TypeError unless all keywords without a default were given. */
export function requireKeywords(name: string, keywords: Readonly<Record<string, unknown>>): void {
  const missing = Object.keys(keywords).filter((keyword) => keywords[keyword] === undefined);
  if (missing.length) throw missingError(name, "keyword-only", missing);
}
