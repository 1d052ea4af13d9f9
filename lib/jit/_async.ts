// torch/jit/_async.py

import { generic } from "../arguments/function.js";
import type { Future } from "./_script.js";

/**
 * Calls a function and gives its value to `wait()`: a task of its own it is only in TorchScript, where `fork` of a loaded
 * module runs beside the rest.
 *
 * `fork(func, *args, **kwargs)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.fork.html}
 */
export function fork<A extends unknown[], R>(func: (...args: A) => R, ...args: A): { wait(): R } {
  const value = func(...args);
  return { wait: () => value };
}

/**
 * Waits for the value of a Future that `fork()` or a function of TorchScript gave.
 *
 * `wait(future)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.wait.html}
 */
export const wait = generic("wait", ["future"], <R>(future: { wait(): R } | Future): R => future.wait() as R, {
  dict: 0,
});
