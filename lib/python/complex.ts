import { shortest } from "./format.js";
import { Printed } from "./printed.js";

/** A Python complex number, made by `complex(1, 2)`. */
export class Complex extends Printed {
  readonly real: number;
  readonly imag: number;

  constructor(real: number, imag: number) {
    super();
    this.real = real;
    this.imag = imag;
  }

  __repr__(): string {
    const imag = `${shortest(this.imag)}j`;
    if (Object.is(this.real, 0)) return imag;
    return `(${shortest(this.real)}${imag.startsWith("-") ? "" : "+"}${imag})`;
  }
}
