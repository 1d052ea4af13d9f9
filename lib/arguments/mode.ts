// Modes that take arguments: the arguments come first, by position or by keyword, and the mode's function last.

import { type Enter, type Entered, withMode } from "../modes.js";
import { binder, isPlainObject } from "./function.js";

/**
 * Makes the function of a mode: with a function as its last argument it runs that under the mode, else it enters the mode.
 *
 * `prepare` gets the arguments and returns how to enter; its parameters without a default are required.
 */
export function mode<F extends (...args: never[]) => Enter>(name: string, parameters: readonly string[], prepare: F) {
  const last = name.slice(name.lastIndexOf(".") + 1);
  const required = prepare.length;
  const bind = binder(last, parameters, required);
  const wrapped = {
    [last](...args: unknown[]): unknown {
      const count = args.length - 1;
      const hasBody = typeof args[count] === "function" && (count >= required || isPlainObject(args[count - 1]));
      const body = hasBody ? (args.pop() as () => unknown) : undefined;
      return withMode(name, prepare(...(bind(args) as never[])), body) as unknown | Entered;
    },
  };
  return wrapped[last] as never;
}
