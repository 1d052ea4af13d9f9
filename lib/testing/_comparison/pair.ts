import { Tensor } from "../../_tensor.js";
import { typeName } from "../../python/objects.js";
import { repr } from "../../python/repr.js";

/** The keys and indices that lead to an element. */
export type Id = readonly unknown[];

/** A text to throw, or what makes it of the generated one. */
export type Message = string | ((generated: string) => string);

export const idText = (id: Id): string => id.map((key) => `[${repr(key)}]`).join("");

/** A value's class as Python's str() writes it. */
export function className(x: unknown): string {
  const name = typeName(x);
  const module = !(x instanceof Tensor) ? "" : name === "Parameter" ? "torch.nn.parameter." : "torch.";
  return `<class '${module}${name}'>`;
}

/** A difference that was found: the error to throw, once it is known whether the user has a text for it. */
export class ErrorMeta extends Error {
  readonly type: new (
    message: string,
  ) => Error;
  readonly id: Id;

  constructor(type: new (message: string) => Error, msg: string, id: Id = []) {
    super(msg);
    this.type = type;
    this.id = id;
  }

  to_error(msg: Message | null = null): Error {
    if (typeof msg === "string") return new this.type(msg);
    const generated = this.id.length
      ? `${this.message}\n\nThe failure occurred for item ${idText(this.id)}`
      : this.message;
    return new this.type(msg ? msg(generated) : generated);
  }
}

/** What a pair throws for values that are another one's. */
export class UnsupportedInputs extends Error {}

/** Two values to compare. */
export abstract class Pair {
  readonly actual: unknown;
  readonly expected: unknown;
  readonly id: Id;

  constructor(actual: unknown, expected: unknown, id: Id) {
    this.actual = actual;
    this.expected = expected;
    this.id = id;
  }

  /** Throws ErrorMeta unless the values are close. */
  abstract compare(): void;

  protected _fail(type: new (message: string) => Error, msg: string): never {
    throw new ErrorMeta(type, msg, this.id);
  }

  toString(): string {
    const fields = [`id=${repr(this.id)}`, `actual=${this.actual}`, `expected=${this.expected}`];
    return [`${this.constructor.name}(`, ...fields.map((field) => `    ${field},`), ")"].join("\n");
  }
}
