// torch/_jit_internal.py

import { isPlainObject } from "./arguments/function.js";

/** Calls `if_true` or `if_false`, with the same arguments, by the value of one of them. */
export function boolean_dispatch(
  arg_name: string,
  arg_index: number,
  default_: boolean,
  if_true: (...args: never[]) => unknown,
  if_false: (...args: never[]) => unknown,
  func_name: string,
  // biome-ignore lint/suspicious/noExplicitAny: each use gives the function its type
): any {
  const named = {
    [func_name](...args: unknown[]) {
      const last = args[args.length - 1];
      const keywords = isPlainObject(last) ? last : {};
      const positional = last === keywords ? args.slice(0, -1) : args;
      const flag = keywords[arg_name] ?? positional[arg_index] ?? default_;
      return (flag ? if_true : if_false)(...(args as never[]));
    },
  };
  return named[func_name];
}
