// Keyword arguments for functions that are written in TypeScript, as Python's `def` has them.

import type { Keywords } from "../types.js";

/** Whether a value is a plain object: keyword arguments when it comes last. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A call's arguments, those that are undefined at the end left off, and its keyword arguments. */
export function splitKeywords(args: readonly unknown[]): { positional: unknown[]; keywords: Map<string, unknown> } {
  const last = args[args.length - 1];
  const positional = isPlainObject(last) ? args.slice(0, -1) : args.slice();
  while (positional.length && positional[positional.length - 1] === undefined) positional.pop();
  const entries = isPlainObject(last) ? Object.entries(last) : [];
  return { positional, keywords: new Map(entries.filter(([, value]) => value !== undefined)) };
}

function quotedList(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  if (quoted.length === 1) return quoted[0];
  return `${quoted.slice(0, -1).join(", ")}${quoted.length > 2 ? "," : ""} and ${quoted.at(-1)}`;
}

/** Python's TypeError for parameters without a value; `kind` is "positional" or "keyword-only". */
export function missingError(name: string, kind: string, missing: readonly string[]): TypeError {
  const noun = missing.length === 1 ? "argument" : "arguments";
  return new TypeError(`${name}() missing ${missing.length} required ${kind} ${noun}: ${quotedList(missing)}`);
}

function positionalError(name: string, required: number, most: number, given: number, self: number): TypeError {
  const range = required === most ? `${most + self}` : `from ${required + self} to ${most + self}`;
  const noun = required === most && most + self === 1 ? "argument" : "arguments";
  const verb = given + self === 1 ? "was" : "were";
  return new TypeError(`${name}() takes ${range} positional ${noun} but ${given + self} ${verb} given`);
}

/** A function that puts arguments into the places of the parameters. */
export type Bind = (args: readonly unknown[]) => readonly unknown[];

/** The places, in a list of parameters, of those that take a dict, which is then not taken for keyword arguments. */
export interface Dict {
  readonly dict: number | readonly number[];
}

/**
 * Makes the function that puts a call's arguments, positional ones first and one object of keyword arguments last, into
 * the places of the parameters.
 *
 * The first `required` parameters have no default; those after "*" are taken by keyword alone. The name of a method has
 * its class before it; Python counts its `self` (0 for a static method). The function throws TypeError with Python's text
 * for an unknown keyword, a parameter given twice and a wrong count.
 */
export function binder(
  name: string,
  parameters: readonly string[],
  required: number,
  dict: Dict["dict"] = -1,
  self = name.includes(".") ? 1 : 0,
): Bind {
  const star = parameters.indexOf("*");
  const names = star < 0 ? parameters : parameters.filter((parameter) => parameter !== "*");
  const most = star < 0 ? names.length : star;
  const least = Math.min(required, most);
  const dicts = [dict].flat();
  return (args) => {
    const last = args[args.length - 1];
    const hasKeywords =
      isPlainObject(last) &&
      !(dicts.includes(args.length - 1) && !Object.keys(last).some((key) => names.includes(key)));
    const positional = hasKeywords ? args.length - 1 : args.length;
    if (positional > most) throw positionalError(name, least, most, positional, self);
    if (!hasKeywords) {
      if (positional < least) throw missingError(name, "positional", names.slice(positional, least));
      return args;
    }
    const bound = args.slice(0, -1);
    for (const keyword in last) {
      if (last[keyword] === undefined) continue;
      const index = names.indexOf(keyword);
      if (index < 0) throw new TypeError(`${name}() got an unexpected keyword argument '${keyword}'`);
      if (index < positional) throw new TypeError(`${name}() got multiple values for argument '${keyword}'`);
      bound[index] = last[keyword];
    }
    const missing = names.slice(0, least).filter((_, i) => bound[i] === undefined);
    if (missing.length) throw missingError(name, "positional", missing);
    return bound;
  };
}

/** A call's arguments in the places of the parameters: see binder(). */
export function bindArguments(
  name: string,
  parameters: readonly string[],
  required: number,
  args: readonly unknown[],
): readonly unknown[] {
  return binder(name, parameters, required)(args);
}

type Names = readonly string[];
type Types = readonly unknown[];

/** The parameters without the first. */
type Tail<T extends Types> = T extends readonly [unknown?, ...infer Rest] ? Rest : never;

/** The first parameter alone, with its name. */
type Head<T extends Types> = Required<T> extends readonly [...infer First, ...Required<Tail<T>>] ? First : never;

// The types below carry what they have gathered so far: so they end where a function has 25 parameters, too.

/** Parameters as the members of an object: those with a default may be left out. */
type Named<N extends Names, T extends Types, Members = unknown> = N extends readonly [
  infer Name extends string,
  ...infer More extends Names,
]
  ? Name extends "*"
    ? Named<More, T, Members>
    : T extends readonly [unknown, ...unknown[]]
      ? Named<More, Tail<T>, Members & { [K in Name]: T[0] }>
      : Named<More, Tail<T>, Members & { [K in Name]?: T[0] }>
  : Flat<Members>;

type Flat<T> = { [K in keyof T]: T[K] };

type Positional<N extends Names, T extends Types, Before extends Types = []> = N extends readonly [
  infer Name,
  ...infer More extends Names,
]
  ? Name extends "*"
    ? Before
    : T extends readonly [unknown, ...unknown[]]
      ? Positional<More, Tail<T>, [...Before, ...Head<T>]>
      : Positional<More, Tail<T>, [...Before, ...Partial<Head<T>>]>
  : Before;

/** Some arguments by position and the others by keyword. */
type WithKeywords<N extends Names, T extends Types, Before extends Types = [], Found = never> = N extends readonly [
  infer Name,
  ...infer More extends Names,
]
  ? Name extends "*"
    ? Found | [...Before, keywords: Keywords<Named<N, T>>]
    : WithKeywords<More, Tail<T>, [...Before, ...Head<T>], Found | [...Before, keywords: Keywords<Named<N, T>>]>
  : Found;

/** What a function can be called with: its parameters by position, or the last ones of them by keyword. */
export type Arguments<N extends Names, T extends Types> = Positional<N, T> | WithKeywords<N, T>;

/** A function whose parameters can be given by keyword. */
export type KeywordFunction<N extends Names, T extends Types, R> = (...args: Arguments<N, T>) => R;

/**
 * Lets a function be called with keyword arguments as its last argument, and gives it the types of such calls.
 *
 * The parameters are named in order: those without a default in the function are required, and those after "*" are taken
 * by keyword alone. `dict` is the place of one that takes a dict, or the places of several; `self` is 0 for a static
 * method.
 */
export function def<const N extends Names, F extends (...args: never[]) => unknown>(
  name: string,
  names: N,
  body: F,
  { dict = -1, self }: Partial<Dict> & { self?: 0 } = {},
): KeywordFunction<N, Parameters<F>, ReturnType<F>> {
  const bind = binder(name, names, body.length, dict, self);
  const wrapped = {
    [name](this: unknown, ...args: unknown[]) {
      return body.apply(this, bind(args) as never[]);
    },
  };
  return wrapped[name] as never;
}

/**
 * def() for a function with type parameters, overloads or a type predicate: it keeps that type, and what is given by
 * keyword has the bounds of the type parameters.
 */
export function generic<const N extends Names, F extends (...args: never[]) => unknown>(
  name: string,
  names: N,
  body: F,
  options: Partial<Dict> = {},
): F & KeywordFunction<N, Parameters<F>, ReturnType<F>> {
  return def(name, names, body, options) as never;
}

/**
 * A function that Python binds in C without a parser: it takes as many arguments as `body` has parameters, none or one,
 * and none of them by keyword.
 *
 * `dict` is 0 where that one may be a plain object. The function throws TypeError with CPython's text for another count.
 */
export function builtin<F extends (...args: never[]) => unknown>(
  name: string,
  body: F,
  { dict = -1 }: Partial<Dict> = {},
): F {
  const expected = body.length === 0 ? "no arguments" : "exactly one argument";
  const short = name.slice(name.lastIndexOf(".") + 1);
  const wrapped = {
    [short](...args: unknown[]) {
      while (args.length && args.at(-1) === undefined) args.pop();
      if (args.length - 1 !== dict && isPlainObject(args.at(-1))) {
        if (Object.keys(args.pop() as object).length > 0) throw new TypeError(`${name}() takes no keyword arguments`);
      }
      if (args.length !== body.length) throw new TypeError(`${name}() takes ${expected} (${args.length} given)`);
      return body(...(args as never[]));
    },
  };
  return wrapped[short] as never;
}
