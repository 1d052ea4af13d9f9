import { inspect } from "node:util";
import { repr } from "./python/repr.js";

const classes = new Map<string, new (length: number) => unknown[]>();

/** The class of named tuples with these fields: an array whose elements have names, as torch.return_types has them. */
function classOf(name: string, fields: readonly string[]): new (length: number) => unknown[] {
  const key = `${name}(${fields.join(",")})`;
  let found = classes.get(key);
  if (!found) {
    found = class extends Array<unknown> {
      static override get [Symbol.species](): ArrayConstructor {
        return Array;
      }

      __repr__(): string {
        return `torch.return_types.${name}(\n${fields.map((field, i) => `${field}=${repr(this[i])}`).join(",\n")})`;
      }

      override toString(): string {
        return this.__repr__();
      }

      [inspect.custom](): string {
        return this.__repr__();
      }
    };
    Object.defineProperty(found, "name", { value: name });
    for (const [i, field] of fields.entries()) {
      Object.defineProperty(found.prototype, field, {
        get(this: unknown[]) {
          return this[i];
        },
        configurable: true,
      });
    }
    classes.set(key, found);
  }
  return found;
}

/** A named tuple: an array that also has its values under the names of the fields, and prints as Python's does. */
export function namedTuple(name: string, fields: readonly string[], values: readonly unknown[]): unknown[] {
  const result = new (classOf(name, fields))(values.length);
  for (let i = 0; i < values.length; i++) result[i] = values[i];
  return result;
}
