import { inspect } from "node:util";
import { repr } from "./python/repr.js";

/** A class of arrays whose elements have names. */
export type NamedTupleClass = new (...values: unknown[]) => unknown[];

const classes = new Map<string, NamedTupleClass>();

/** How named tuples print: as those of torch.return_types do, or as those that are written in Python. */
type Style = "torch.return_types" | "typing";

/** The class of named tuples with these fields, two at least: arrays that print as Python's do. */
export function namedTupleClass(
  name: string,
  fields: readonly string[],
  style: Style = "torch.return_types",
): NamedTupleClass {
  const key = `${style}.${name}(${fields.join(",")})`;
  let found = classes.get(key);
  if (!found) {
    found = class extends Array<unknown> {
      constructor(...values: unknown[]) {
        super(values.length); // with a length alone V8 makes it twenty times as fast as with the elements
        for (let i = 0; i < values.length; i++) this[i] = values[i];
      }

      static override get [Symbol.species](): ArrayConstructor {
        return Array;
      }

      __repr__(): string {
        const parts = fields.map((field, i) => `${field}=${repr(this[i])}`);
        return style === "typing"
          ? `${name}(${parts.join(", ")})`
          : `torch.return_types.${name}(\n${parts.join(",\n")})`;
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
