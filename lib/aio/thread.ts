// The compute thread of this JavaScript thread: a queue of native jobs, each of which ends once.

import { native } from "../binding.js";
import { followAsync } from "../modes.js";

/** How a job ended. */
export type Outcome = { value: unknown } | { error: unknown; fromCallback: boolean };

const LIBTORCH_ERROR = 1;
const CALLBACK_ERROR = 2;

const jobs = new Map<number, (outcome: Outcome) => void>();
let isStarted = false;
let holders = 0;

/** Starts the thread when it is wanted for the first time. */
export function start(): void {
  if (isStarted) return;
  isStarted = true;
  native.startCompute(onWake);
  // Before libtorch's own objects end with the process.
  process.on("exit", () => native.stopCompute());
}

function onWake(): void {
  followAsync(); // the modes of no function, in which hooks are called
  const completed = native.takeCompleted();
  for (let i = 0; i < completed.length; i += 3) {
    const [job, end, value] = completed.slice(i, i + 3) as [number, number, unknown];
    const settle = jobs.get(job) as (outcome: Outcome) => void;
    jobs.delete(job);
    const failed = end === LIBTORCH_ERROR || end === CALLBACK_ERROR;
    settle(failed ? { error: value, fromCallback: end === CALLBACK_ERROR } : { value });
  }
}

/** Calls `settle` when a job has ended. */
export function whenEnded(job: number, settle: (outcome: Outcome) => void): void {
  jobs.set(job, settle);
}

/** Takes a job back; returns false if it has begun. */
export function cancel(job: number): boolean {
  const cancelled = native.cancelJob(job);
  if (cancelled) jobs.delete(job);
  return cancelled;
}

/** Keeps the event loop turning until as many calls of letGo() have been made. */
export function hold(): void {
  if (holders++ === 0) native.holdEventLoop(true);
}

export function letGo(): void {
  if (--holders === 0) native.holdEventLoop(false);
}
