// torch.aio: every function and method once more, as an awaitable that leaves the event loop free.

import { Tensor } from "./_tensor.js";
import { run, takeSignal } from "./aio/run.js";
import type { Asynchronous, Method } from "./aio/types.js";
import * as autograd from "./autograd/index.js";
import { singleCalls } from "./deferral.js";
import * as fft from "./fft.js";
import * as functional from "./functional.js";
import * as generated from "./generated/torch.js";
import { type load as jitLoad, load_async } from "./jit/_serialization.js";
import { lazy } from "./lazy.js";
import * as linalg from "./linalg.js";
import * as nnFunctional from "./nn/functional.js";
import { loadAsync, saveAsync } from "./serialization/asynchronous.js";
import type { load, save } from "./serialization.js";
import * as special from "./special.js";
import { as_tensor, from_numpy, frombuffer, tensor } from "./tensor_new.js";

type AnyFunction = (...args: never[]) => unknown;
type Awaitable = (...args: unknown[]) => Promise<unknown>;

function awaitable(name: string, body: AnyFunction, isMethod: boolean): Awaitable {
  const isSingle = singleCalls.has(body);
  const named = {
    [name](...args: unknown[]): Promise<unknown> {
      const signal = takeSignal(args);
      const call = isMethod ? () => body.apply(args[0], args.slice(1) as never[]) : () => body(...(args as never[]));
      return run(call, isSingle, signal, named[name]);
    },
  };
  return named[name];
}

/** Defines a member that is made when it is asked for. */
function define(target: object, name: string, make: () => unknown): void {
  const value = (made: unknown) => ({ value: made, enumerable: true, configurable: true, writable: true });
  Object.defineProperty(target, name, {
    get() {
      const made = make();
      Object.defineProperty(target, name, value(made));
      return made;
    },
    enumerable: true,
    configurable: true,
  });
}

/** Not a class: its name begins with a small letter. */
const isFunction = (name: string, value: unknown): value is AnyFunction =>
  typeof value === "function" && !/^[A-Z]/.test(name);

function defineAll(target: object, functions: object): void {
  for (const [name, body] of Object.entries(functions)) {
    if (isFunction(name, body)) define(target, name, () => awaitable(name, body, false));
  }
}

const namespace = (functions: object) => {
  const result = Object.create(null);
  defineAll(result, functions);
  return result;
};

const { backward, grad } = autograd;
const creators = { tensor, as_tensor, from_numpy, frombuffer };

/** What cannot leave its thread: hooks are set, and memory is freed, at once. */
const STAY = new Set(["constructor", "toString", "dispose", "register_hook", "register_post_accumulate_grad_hook"]);

function fill(result: Record<string, unknown>): void {
  for (const name of Object.getOwnPropertyNames(Tensor.prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(Tensor.prototype, name) as PropertyDescriptor;
    if (!isFunction(name, value) || name.startsWith("_") || STAY.has(name)) continue;
    define(result, name, () => awaitable(name, value, true));
  }
  defineAll(result, generated);
  defineAll(result, functional);
  defineAll(result, creators);
  result.linalg = namespace(linalg);
  result.fft = namespace(fft);
  result.special = namespace(special);
  result.autograd = namespace({ backward, grad });
  result.nn = { functional: namespace(nnFunctional) };
  result.load = (...args: unknown[]) => loadAsync(args, takeSignal(args));
  result.save = (...args: unknown[]) => saveAsync(args, takeSignal(args));
  result.jit = { load: load_async };
}

type Written = typeof functional & typeof creators;
type Functions = Omit<typeof generated, keyof Written> & Written;
type MethodNames = Exclude<
  { [Name in keyof Tensor]: Tensor[Name] extends AnyFunction ? Name : never }[keyof Tensor],
  keyof Functions | number | symbol | "dispose" | "toString" | `_${string}`
>;

/** The type of torch.aio. */
export type Aio = { readonly [Name in keyof Functions]: Asynchronous<Functions[Name]> } & {
  readonly [Name in MethodNames & string]: Method<Tensor[Name]>;
} & {
  readonly linalg: { readonly [Name in keyof typeof linalg]: Asynchronous<(typeof linalg)[Name]> };
  readonly fft: { readonly [Name in keyof typeof fft]: Asynchronous<(typeof fft)[Name]> };
  readonly special: { readonly [Name in keyof typeof special]: Asynchronous<(typeof special)[Name]> };
  readonly autograd: { readonly backward: Asynchronous<typeof backward>; readonly grad: Asynchronous<typeof grad> };
  readonly jit: { readonly load: Asynchronous<typeof jitLoad> };
  readonly nn: {
    readonly functional: { readonly [Name in keyof typeof nnFunctional]: Asynchronous<(typeof nnFunctional)[Name]> };
  };
  readonly load: Asynchronous<typeof load>;
  readonly save: Asynchronous<typeof save>;
};

/**
 * Every function of `torch`, `torch.linalg`, `torch.fft`, `torch.special`, `torch.autograd` and `torch.nn.functional`, and
 * every method of Tensor with the tensor as first argument, as an awaitable: `await torch.aio.matmul(a, b)`,
 * `await torch.aio.backward(loss)`, `await torch.aio.item(x)`.
 *
 * What libtorch computes runs on one native thread of this JavaScript thread, in the order of the calls and under the modes
 * (no_grad, inference_mode, autocast) of each call, while the event loop turns; hooks are called by the JavaScript thread. The
 * keyword `signal` takes an AbortSignal, which ends a call that has not begun with the signal's reason. Errors are those of
 * the function, with the caller's stack.
 *
 * `torch.aio.load` and `torch.aio.save` begin at once: they read and write files while the event loop turns, beside what libtorch
 * computes.
 *
 * Between the call and its result the tensors that it reads must not be changed by anything but calls of torch.aio.
 */
export const aio: Aio = lazy(fill);
