// Modes that take arguments: the arguments come first, by position or by keyword, and the mode's function last.

import { type Enter, type Entered, setMode, withMode } from "../modes.js";
import { type Bind, binder, isPlainObject } from "./function.js";

/** A mode without arguments: around a function, or until the end of a `using` block. */
export interface Mode {
  <T>(body: () => T): T;
  (): Entered;
}

/** How Python has a mode. */
export interface ModeOptions {
  /** The function that Python calls, by which it refuses arguments: a class's `__init__`, where the mode is a class. */
  readonly called?: string;
  /** Whether it is a statement too, which without a function holds for good. */
  readonly statement?: boolean;
}

function noArguments(called: string): Bind {
  return (args) => {
    const isEmpty = isPlainObject(args[0]) && Object.keys(args[0]).length === 0;
    if (args.length > (isEmpty ? 1 : 0)) throw new TypeError(`${called}() takes no arguments`);
    return [];
  };
}

/**
 * Makes the function of a mode: with a function as its last argument it runs that under the mode, else it enters the mode.
 *
 * `prepare` gets the arguments and returns how to enter; its parameters without a default are required. `parameters` is
 * null for a class that has no `__init__` in Python.
 */
export function mode<F extends (...args: never[]) => Enter>(
  name: string,
  parameters: readonly string[] | null,
  prepare: F,
  { called = name.slice(name.lastIndexOf(".") + 1), statement = false }: ModeOptions = {},
) {
  const last = name.slice(name.lastIndexOf(".") + 1);
  const required = prepare.length;
  const bind = parameters === null ? noArguments(called) : binder(called, parameters, required);
  const wrapped = {
    [last](...args: unknown[]): unknown {
      const count = args.length - 1;
      const hasBody = typeof args[count] === "function" && (count >= required || isPlainObject(args[count - 1]));
      const body = hasBody ? (args.pop() as () => unknown) : undefined;
      const enter = prepare(...(bind(args) as never[]));
      return statement && !body ? setMode(name, enter) : withMode(name, enter, body);
    },
  };
  return wrapped[last] as never;
}
