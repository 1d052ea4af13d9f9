import { Printed } from "./printed.js";

/** A member of an enumeration, which prints as Python's do: `Colorize.NONE`, and `<Colorize.NONE: 'none'>` as its repr. */
export class Member<V extends number | string = number> extends Printed {
  constructor(
    readonly owner: string,
    readonly name: string,
    readonly value: V,
  ) {
    super();
    Object.freeze(this);
  }

  __str__(): string {
    return `${this.owner}.${this.name}`;
  }

  override __repr__(): string {
    const value = typeof this.value === "string" ? `'${this.value}'` : this.value;
    return `<${this.owner}.${this.name}: ${value}>`;
  }

  override toString(): string {
    return this.__str__();
  }
}

type Widened<V> = V extends number ? number : string;

/** Makes the members of an enumeration from their values. */
export function enumeration<V extends number | string, const N extends string>(
  owner: string,
  values: Readonly<Record<N, V>>,
): { readonly [K in N]: Member<Widened<V>> } {
  const entries = Object.entries<V>(values).map(([name, value]) => [name, new Member(owner, name, value)]);
  return Object.freeze(Object.fromEntries(entries));
}
