// Why a request was not answered.

import { RuntimeError } from "../errors.js";

/** As many requests wait as may: the client shall come again later (HTTP's 503). */
export class QueueFullError extends RuntimeError {}

/** A request was not answered in its time (HTTP's 504). */
export class TimeoutError extends RuntimeError {}

/** The Batcher or WorkerPool takes no more requests, or ended before this one was answered (HTTP's 503). */
export class ClosedError extends RuntimeError {}

/** The worker thread that computed a request ended before it had the answer; `cause` is what ended it, if that is known. */
export class WorkerError extends RuntimeError {}
