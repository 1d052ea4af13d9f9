// torch/quasirandom.py

import { inspect } from "node:util";
import type { Tensor } from "./_tensor.js";
import { keywordClass, takeKeywords } from "./arguments/class.js";
import { int64 } from "./dtype.js";
import { ValueError } from "./errors.js";
import * as torch from "./generated/torch.js";
import { Generator } from "./random.js";
import { get_default_dtype } from "./tensor_new.js";
import type { dtype } from "./types.js";

const MAXBIT = 30;
const MAXDIM = 21201;

/** The class behind `SobolEngine`. */
class SobolEngineClass {
  static readonly MAXBIT = MAXBIT;
  static readonly MAXDIM = MAXDIM;

  readonly dimension: number;
  readonly scramble: boolean;
  readonly seed: number | bigint | null;
  /** How many points have been drawn or skipped. */
  num_generated = 0;
  readonly sobolstate: Tensor;
  readonly shift: Tensor;
  quasi: Tensor;
  readonly #first_point: Tensor;

  constructor(dimension: number, scramble = false, seed: number | bigint | null = null) {
    if (dimension > MAXDIM || dimension < 1) {
      throw new ValueError(`Supported range of dimensionality for SobolEngine is [1, ${MAXDIM}]`);
    }
    this.dimension = dimension;
    this.scramble = scramble;
    this.seed = seed;
    this.sobolstate = torch.zeros(dimension, MAXBIT, { device: "cpu", dtype: int64 });
    torch._sobol_engine_initialize_state_(this.sobolstate, dimension);
    this.shift = scramble ? this.#scramble() : torch.zeros(dimension, { device: "cpu", dtype: int64 });
    this.quasi = this.shift.clone();
    this.#first_point = this.quasi.div(2 ** MAXBIT).reshape(1, -1);
  }

  #scramble(): Tensor {
    const generator = this.seed === null ? null : new Generator().manual_seed(this.seed);
    const options = { device: "cpu", generator };
    const shift_ints = torch.randint(2, [this.dimension, MAXBIT], options);
    const shift = torch.mv(shift_ints, torch.pow(2, torch.arange(0, MAXBIT, { device: "cpu" })));
    const ltm = torch.randint(2, [this.dimension, MAXBIT, MAXBIT], options).tril();
    torch._sobol_engine_scramble_(this.sobolstate, ltm, this.dimension);
    return shift;
  }

  /**
   * The next points of the sequence.
   *
   * @returns `(n, dimension)`, in [0, 1)
   */
  draw(n = 1, out: Tensor | null = null, dtype: dtype | null = null): Tensor {
    const type = dtype ?? get_default_dtype();
    const engine = (count: number, num_generated: number) => {
      const [points, quasi] = torch._sobol_engine_draw(
        this.quasi,
        count,
        this.sobolstate,
        this.dimension,
        num_generated,
        type,
      );
      this.quasi = quasi;
      return points;
    };
    let result: Tensor;
    if (this.num_generated > 0) result = engine(n, this.num_generated - 1);
    else if (n === 1) result = this.#first_point.to(type);
    else result = torch.cat([this.#first_point.to(type), engine(n - 1, 0)], -2);
    this.num_generated += n;
    return out === null ? result : out.resize_as_(result).copy_(result);
  }

  /** The next 2**m points; throws ValueError unless all points so far are a power of 2. */
  draw_base2(m: number, out: Tensor | null = null, dtype: dtype | null = null): Tensor {
    const n = 2 ** m;
    const total = this.num_generated + n;
    if (!Number.isInteger(Math.log2(total))) {
      throw new ValueError(
        `The balance properties of Sobol' points require n to be a power of 2. ${this.num_generated} points have been previously generated, then: n=${this.num_generated}+2**${m}=${total}. If you still want to do this, please use 'SobolEngine.draw()' instead.`,
      );
    }
    return this.draw(n, out, dtype);
  }

  /** Begins the sequence anew. */
  reset(): this {
    this.quasi.copy_(this.shift);
    this.num_generated = 0;
    return this;
  }

  /** Skips points of the sequence. */
  fast_forward(n: number): this {
    if (n === 0) return this;
    const isFirst = this.num_generated === 0;
    const count = isFirst ? n - 1 : n;
    const before = isFirst ? 0 : this.num_generated - 1;
    torch._sobol_engine_ff_(this.quasi, count, this.sobolstate, this.dimension, before);
    this.num_generated += n;
    return this;
  }

  __repr__(): string {
    const fields = [`dimension=${this.dimension}`];
    if (this.scramble) fields.push("scramble=True");
    if (this.seed !== null) fields.push(`seed=${this.seed}`);
    return `SobolEngine(${fields.join(", ")})`;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

takeKeywords("SobolEngine", SobolEngineClass.prototype, {
  reset: [],
  draw: ["n", "out", "dtype"],
  draw_base2: ["m", "out", "dtype"],
  fast_forward: ["n"],
});

/**
 * Sobol sequences: points that fill the unit cube more evenly than random ones, in up to 21,201 dimensions.
 *
 * `scramble` shuffles them by random numbers that begin with `seed`. Throws ValueError for another number of dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.quasirandom.SobolEngine.html}
 */
export const SobolEngine = keywordClass<SobolEngineClass>("SobolEngine")(SobolEngineClass, [
  "dimension",
  "scramble",
  "seed",
]);
export type SobolEngine = SobolEngineClass;
