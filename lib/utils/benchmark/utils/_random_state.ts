// numpy.random.RandomState, as far as the fuzzers draw from it: the same numbers for the same seed

const N = 624;
const M = 397;

/** Random numbers of the Mersenne Twister, drawn as numpy's legacy generator draws them. */
export class RandomState {
  readonly #key = new Uint32Array(N);
  #place = N;

  constructor(seed: number) {
    this.#key[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = this.#key[i - 1] ^ (this.#key[i - 1] >>> 30);
      this.#key[i] = Math.imul(1812433253, previous) + i;
    }
  }

  #twist(): void {
    const key = this.#key;
    for (let i = 0; i < N; i++) {
      const y = (key[i] & 0x80000000) | (key[(i + 1) % N] & 0x7fffffff);
      key[i] = key[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#place = 0;
  }

  #next32(): number {
    if (this.#place === N) this.#twist();
    let y = this.#key[this.#place++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  #next64(): bigint {
    const high = BigInt(this.#next32());
    return (high << 32n) | BigInt(this.#next32());
  }

  /** A whole number from 0 to a largest one. */
  #interval(largest: bigint): bigint {
    if (largest === 0n) return 0n;
    const mask = (1n << BigInt(largest.toString(2).length)) - 1n;
    const isShort = largest <= 0xffffffffn;
    while (true) {
      const value = (isShort ? BigInt(this.#next32()) : this.#next64()) & mask;
      if (value <= largest) return value;
    }
  }

  /** A number in [0, 1). */
  rand(): number {
    const high = this.#next32() >>> 5;
    return (high * 67108864 + (this.#next32() >>> 6)) / 9007199254740992;
  }

  /** A number in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.rand();
  }

  /** A whole number from `low` to below `high`. */
  randint(low: bigint, high: bigint): bigint {
    return low + this.#interval(high - low - 1n);
  }

  /** A place among probabilities. */
  choice(probabilities: readonly number[]): number {
    let total = 0;
    const cumulated = probabilities.map((probability) => (total += probability));
    const sample = this.rand();
    const place = cumulated.findIndex((value) => value / total > sample);
    return place < 0 ? probabilities.length : place;
  }

  /** The numbers from 0 to below n, shuffled. */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = Number(this.#interval(BigInt(i)));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}
