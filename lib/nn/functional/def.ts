// The types of functions that are written in TypeScript and take keyword arguments.

import { def as bind, bindArguments, isPlainObject } from "../../arguments/function.js";
import type { Keywords } from "../../types.js";

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
 * The parameters are named in order; those after "*" are taken by keyword alone.
 */
export function def<const N extends Names, F extends (...args: never[]) => unknown>(
  name: string,
  names: N,
  body: F,
): KeywordFunction<N, Parameters<F>, ReturnType<F>> {
  const star = names.indexOf("*");
  if (star < 0) return bind(name, names, body) as never;
  const parameters = names.filter((parameter) => parameter !== "*");
  const bound = bind(name, parameters, body as unknown as (...args: unknown[]) => unknown);
  const wrapped = {
    [name](...args: unknown[]) {
      const positional = isPlainObject(args[args.length - 1]) ? args.slice(0, -1) : args;
      if (positional.length > star)
        bindArguments(name, parameters.slice(0, star), Math.min(body.length, star), positional);
      return bound(...args);
    },
  };
  return wrapped[name] as never;
}
