// Where libtorch's work goes when it shall not be done by this thread at once: torch.aio sends it to the compute thread.

/** Takes the place of native calls while a function of torch.aio runs. */
export interface Deferral {
  /** The result of the next native call, which `submit` makes a job of; throws where it is not known yet. */
  take(submit: () => number): unknown;
  /** Tells that the function, when it is run again, goes on behind the calls that it has made so far. */
  commit(): void;
}

/** @internal Takes the native calls of the function that runs, or null: they are made at once. */
export let deferral: Deferral | null = null;

/** @internal Sets what takes native calls from now on; returns what took them so far. */
export function setDeferral(next: Deferral | null): Deferral | null {
  const previous = deferral;
  deferral = next;
  return previous;
}

/** @internal The functions that are one native call. */
export const singleCalls = new WeakSet<object>();
