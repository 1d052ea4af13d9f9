import { complex128, type dtype, float64, int64 } from "../../dtype.js";
import { AssertionError } from "../../errors.js";
import { Complex } from "../../python/complex.js";
import { isFloat, isInt } from "../../python/float.js";
import { str } from "../../python/repr.js";
import type { Options } from "../_comparison.js";
import { distance, get_tolerances, magnitude, make_scalar_mismatch_msg, type PythonNumber } from "./messages.js";
import { className, type Id, Pair, UnsupportedInputs } from "./pair.js";

/** Two values of which at least one is null. */
export class NonePair extends Pair {
  constructor(actual: unknown, expected: unknown, id: Id) {
    if (actual !== null && expected !== null) throw new UnsupportedInputs();
    super(actual, expected, id);
  }

  compare(): void {
    if (this.actual !== null || this.expected !== null) {
      this._fail(AssertionError, `None mismatch: ${str(this.actual)} is not ${str(this.expected)}`);
    }
  }
}

/** Two booleans. */
export class BooleanPair extends Pair {
  constructor(actual: unknown, expected: unknown, id: Id) {
    if (typeof actual !== "boolean" || typeof expected !== "boolean") throw new UnsupportedInputs();
    super(actual, expected, id);
  }

  compare(): void {
    if (this.actual !== this.expected) {
      this._fail(AssertionError, `Booleans mismatch: ${str(this.actual)} is not ${str(this.expected)}`);
    }
  }
}

/** A number as a value of its own: float(1) is an object. */
function toNumber(x: unknown): PythonNumber {
  if (x instanceof Complex || typeof x === "bigint") return x;
  if (isInt(x) || isFloat(x) || typeof x === "boolean") return Number(x);
  throw new UnsupportedInputs();
}

const dtypeOf = (x: unknown): dtype => (x instanceof Complex ? complex128 : isFloat(x) ? float64 : int64);
const isNaNumber = (x: PythonNumber) => Number.isNaN(magnitude(x));

/** Two numbers: ints, floats, complex numbers. */
export class NumberPair extends Pair {
  readonly #options: Options;
  readonly #tolerances: [rtol: number, atol: number];

  constructor(actual: unknown, expected: unknown, id: Id, options: Options) {
    toNumber(actual);
    toNumber(expected);
    super(actual, expected, id);
    this.#options = options;
    this.#tolerances = get_tolerances([dtypeOf(actual), dtypeOf(expected)], options.rtol, options.atol, id);
  }

  compare(): void {
    const { check_dtype, equal_nan } = this.#options;
    const [type1, type2] = [className(this.actual), className(this.expected)];
    if (check_dtype && type1 !== type2) {
      this._fail(AssertionError, `The (d)types do not match: ${type1} != ${type2}.`);
    }
    const [actual, expected] = [toNumber(this.actual), toNumber(this.expected)];
    const difference = distance(actual, expected);
    const isComplex = actual instanceof Complex || expected instanceof Complex;
    // biome-ignore lint/suspicious/noDoubleEquals: a bigint may equal a number
    if (isComplex ? difference === 0 : actual == expected) return;
    if (equal_nan && isNaNumber(actual) && isNaNumber(expected)) return;
    const [rtol, atol] = this.#tolerances;
    if (Number.isFinite(difference) && difference <= atol + rtol * magnitude(expected)) return;
    const write = (x: PythonNumber) => str(x === actual ? this.actual : this.expected);
    this._fail(AssertionError, make_scalar_mismatch_msg(actual, expected, this.#tolerances, write));
  }
}
