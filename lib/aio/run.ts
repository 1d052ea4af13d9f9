// One call of a function of torch.aio. The function itself is the one that torch has, and runs on this thread; the native
// calls that it makes become jobs of the compute thread. Where it needs a result that is not there yet, it is left by an
// exception; when the job has ended, it runs again from the start and is given the results that are known by now.

import { AsyncLocalStorage } from "node:async_hooks";
import { isPlainObject } from "../arguments/function.js";
import { native, type StateHandle } from "../binding.js";
import { type Deferral, setDeferral } from "../deferral.js";
import { followAsync } from "../modes.js";
import { cancel, hold, letGo, type Outcome, start, whenEnded } from "./thread.js";

const SUSPENDED = Symbol("suspended");

/** The call that has begun and may make more jobs than it has made; the calls behind it wait. */
let active: Run | null = null;
const line: Run[] = [];

class Run implements Deferral {
  readonly #known: Outcome[] = [];
  readonly #resume = AsyncLocalStorage.snapshot();
  readonly #modes: StateHandle;
  #next = 0;
  #job: number | null = null;
  #hasBegun = false;
  #isSettled = false;

  constructor(
    readonly body: () => unknown,
    readonly isSingle: boolean,
    readonly trace: { stack?: string },
    readonly resolve: (value: unknown) => void,
    readonly reject: (error: unknown) => void,
  ) {
    followAsync();
    this.#modes = native.saveThreadState();
    hold();
  }

  take(submit: () => number): unknown {
    if (this.#job !== null) throw SUSPENDED;
    if (this.#next < this.#known.length) {
      const outcome = this.#known[this.#next++];
      if ("error" in outcome) throw outcome.error;
      return outcome.value;
    }
    const job = submit();
    this.#job = job;
    whenEnded(job, (outcome) => {
      this.#job = null;
      this.#hasBegun = true;
      this.#known.push(outcome);
      this.proceed();
    });
    throw SUSPENDED;
  }

  commit(): void {
    this.#known.splice(0, this.#next);
    this.#next = 0;
  }

  /** Runs the function as far as results are known, under the modes of the call. */
  proceed(): void {
    this.#resume(() => {
      followAsync();
      const before = native.saveThreadState();
      native.restoreThreadState(this.#modes);
      const outer = setDeferral(this);
      this.#next = 0;
      try {
        const value = this.body();
        if (this.#job === null) this.#settle(() => this.resolve(value));
      } catch (error) {
        if (this.#job === null) this.#settle(() => this.reject(this.#traced(error)));
      } finally {
        setDeferral(outer);
        native.restoreThreadState(before);
      }
    });
    if (this.#isSettled) passOn(this);
    else if (!this.isSingle) active = this;
  }

  /** Ends the call with what the signal gives as a reason, unless it has begun. */
  abort(reason: unknown): void {
    if (this.#isSettled || this.#hasBegun) return;
    const place = line.indexOf(this);
    if (place >= 0) line.splice(place, 1);
    else if (this.#job === null || !cancel(this.#job)) return;
    this.#settle(() => this.reject(reason));
    passOn(this);
  }

  #settle(end: () => void): void {
    this.#isSettled = true;
    letGo();
    end();
  }

  /** Gives an error the stack of the caller, unless a user's callback threw it. */
  #traced(error: unknown): unknown {
    const isTheirs = this.#known.some((one) => "error" in one && one.fromCallback && one.error === error);
    if (error instanceof Error && !isTheirs) {
      const frames = this.trace.stack ?? "";
      error.stack = `${error.name}: ${error.message}${frames.slice(frames.indexOf("\n"))}`;
    }
    return error;
  }
}

/** Lets the calls behind one begin that has made its last job. */
function passOn(ended: Run): void {
  if (active !== ended) return;
  active = null;
  while (active === null && line.length > 0) (line.shift() as Run).proceed();
}

/** Takes an AbortSignal out of the keyword arguments, where one is given. */
export function takeSignal(args: unknown[]): AbortSignal | undefined {
  const last = args.at(-1);
  if (!isPlainObject(last) || !(last.signal instanceof AbortSignal)) return undefined;
  const { signal, ...keywords } = last;
  args.pop();
  if (Object.keys(keywords).length > 0) args.push(keywords);
  return signal as AbortSignal;
}

/**
 * Calls a function, whose native calls are made on the compute thread.
 *
 * Calls take effect in the order in which they were made. `caller` is the function above which an error's stack begins.
 */
export function run<T>(
  body: () => T,
  isSingle: boolean,
  signal: AbortSignal | undefined,
  caller: (...args: never[]) => unknown,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  start();
  const trace = {};
  Error.captureStackTrace(trace, caller);
  return new Promise((resolve, reject) => {
    const one = new Run(body, isSingle, trace, resolve as (value: unknown) => void, reject);
    if (signal) abortBy(one, signal);
    if (active || line.length > 0) line.push(one);
    else one.proceed();
  });
}

function abortBy(one: Run, signal: AbortSignal): void {
  const abort = () => one.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const { resolve, reject } = one;
  const forget = () => signal.removeEventListener("abort", abort);
  Object.assign(one, {
    resolve: (value: unknown) => {
      forget();
      resolve(value);
    },
    reject: (error: unknown) => {
      forget();
      reject(error);
    },
  });
}
