import { inspect } from "node:util";

/** An object that `print`, string templates and `console.log` all write as its `__repr__`. */
export abstract class Printed {
  abstract __repr__(): string;

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}
