// Python's random.Random: the Mersenne Twister, seeded and read as Python does, for the order of Python's shuffles.

import { randomBytes } from "node:crypto";
import { ValueError } from "../errors.js";

const N = 624;
const M = 397;

/** The words of the generator and the place of the next one: what `getstate()` gives. */
export type RandomState = readonly [version: 3, words: readonly number[]];

/** Python's `random.Random`: numbers that depend on the seed alone; without a seed, on chance. */
export class Random {
  readonly #words = new Uint32Array(N);
  #index = N;

  constructor(seed: number | bigint | null = null) {
    this.seed(seed);
  }

  /** Begins the numbers of a whole number; of null, those of some bytes of the system. */
  seed(a: number | bigint | null = null): void {
    const whole = a === null ? BigInt(`0x${randomBytes(N * 4).toString("hex")}`) : BigInt(a);
    const key: number[] = [];
    for (let rest = whole < 0n ? -whole : whole; rest > 0n; rest >>= 32n) key.push(Number(rest & 0xffffffffn));
    this.#seedByArray(key.length ? key : [0]);
  }

  #seedByArray(key: readonly number[]): void {
    const mt = this.#words;
    mt[0] = 19650218;
    const mixed = (i: number) => mt[i - 1] ^ (mt[i - 1] >>> 30);
    for (let i = 1; i < N; i++) mt[i] = Math.imul(1812433253, mixed(i)) + i;
    let i = 1;
    const advance = () => {
      if (++i < N) return;
      mt[0] = mt[N - 1];
      i = 1;
    };
    for (let k = 0; k < Math.max(N, key.length); k++) {
      const j = k % key.length;
      mt[i] = (mt[i] ^ Math.imul(mixed(i), 1664525)) + key[j] + j;
      advance();
    }
    for (let k = 0; k < N - 1; k++) {
      mt[i] = (mt[i] ^ Math.imul(mixed(i), 1566083941)) - i;
      advance();
    }
    mt[0] = 0x80000000;
    this.#index = N;
  }

  #twist(): void {
    const mt = this.#words;
    for (let i = 0; i < N; i++) {
      const y = (mt[i] & 0x80000000) | (mt[(i + 1) % N] & 0x7fffffff);
      mt[i] = mt[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#index = 0;
  }

  #word(): number {
    if (this.#index >= N) this.#twist();
    let y = this.#words[this.#index++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A number in [0, 1), of 53 random bits. */
  random(): number {
    const a = this.#word() >>> 5;
    return (a * 67108864 + (this.#word() >>> 6)) / 9007199254740992;
  }

  /** A whole number of at most 32 random bits. */
  getrandbits(k: number): number {
    return k === 0 ? 0 : this.#word() >>> (32 - k);
  }

  /** A whole number below `n`, which is at most 2**32 - 1. */
  #below(n: number): number {
    const bits = 32 - Math.clz32(n);
    let r = this.getrandbits(bits);
    while (r >= n) r = this.getrandbits(bits);
    return r;
  }

  /** A whole number from `a` to `b`, both included. */
  randint(a: number, b: number): number {
    if (b < a) throw new ValueError(`empty range for randrange() (${a}, ${b + 1}, ${b + 1 - a})`);
    return a + this.#below(b - a + 1);
  }

  /** `k` of the elements, each once, in random order: the way that Python takes for all or most of a list. */
  sample<T>(population: readonly T[], k: number): T[] {
    const pool = [...population];
    if (k < 0 || k > pool.length) throw new ValueError("Sample larger than population or is negative");
    return Array.from({ length: k }, (_, i) => {
      const j = this.#below(pool.length - i);
      const chosen = pool[j];
      pool[j] = pool[pool.length - i - 1];
      return chosen;
    });
  }

  /** What `setstate()` takes to go on from here. */
  getstate(): RandomState {
    return [3, [...this.#words, this.#index]];
  }

  setstate([, words]: RandomState): void {
    this.#words.set(words.slice(0, N));
    this.#index = words[N];
  }
}
