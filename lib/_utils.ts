// torch/_utils.py

import * as errors from "./errors.js";

/** What crosses to another thread of an error. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

const classes: Record<string, unknown> = { ...errors, Error, TypeError, RangeError, SyntaxError, ReferenceError };

/** What an error, or anything else that was thrown, is to another thread. */
export function errorParts(error: unknown): ErrorParts {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: String(error) };
  return { name: error.name, message: error.message, stack: error.stack ?? String(error) };
}

/** An error of the class that has a name, or a RuntimeError. */
export function makeError(name: string, message: string): Error {
  const made = Object.hasOwn(classes, name) ? classes[name] : errors.RuntimeError;
  return new (made as ErrorConstructor)(message);
}

/** Wraps an error of another thread. */
export class ExceptionWrapper {
  constructor(
    readonly error: ErrorParts,
    readonly where = "in background",
  ) {}

  /** Throws an error of the wrapped one's class, which tells where that was thrown and its stack. */
  reraise(): never {
    const { name, stack } = this.error;
    throw makeError(name, `Caught ${name} ${this.where}.\nOriginal ${stack}`);
  }
}
