import { type Arguments, def, type KeywordFunction } from "../../arguments/function.js";
import type { Module } from "../modules/module.js";

/**
 * def() for a function that returns the module that it is given first: its type is that module's, also with keyword
 * arguments.
 */
export function sameModule<const N extends readonly string[], F extends (...args: never[]) => Module>(
  name: string,
  names: readonly ["module", ...N],
  body: F,
): SameModule<N, Parameters<F>> {
  return def(name, names, body) as never;
}

type SameModule<N extends readonly string[], T extends readonly unknown[]> = (<M extends Module>(
  module: M,
  ...rest: T extends readonly [unknown, ...infer Rest] ? Arguments<N, Rest> : []
) => M) &
  KeywordFunction<readonly ["module", ...N], T, Module>;
