// Which function computes the divergence of two distributions, by their classes.

import type { Tensor } from "../../_tensor.js";
import { def, generic } from "../../arguments/function.js";
import { NotImplementedError } from "../../errors.js";
import { str } from "../../python/repr.js";
import { Distribution } from "../distribution.js";

/** A class of distributions. */
export interface DistributionClass<D extends Distribution> {
  readonly prototype: D;
}

/** Computes the divergence of two distributions. */
export type Divergence<P extends Distribution, Q extends Distribution> = (p: P, q: Q) => Tensor;

/** A function and what it is for. Classes are told apart by prototype: a public class is not the one that objects have. */
interface Entry {
  readonly p: object;
  readonly q: object;
  readonly fun: Divergence<Distribution, Distribution>;
}

let registry: readonly Entry[] = [];
let memoized = new Map<object, Map<object, Entry["fun"] | null>>();

/**
 * Registers a function that computes kl_divergence(p, q) for two classes of distributions, and their subclasses:
 * `register_kl(Normal, Normal)((p, q) => ...)`.
 *
 * `register_kl(type_p, type_q)`
 *
 * The most specific classes win. Throws TypeError for what is no class of distributions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.kl.register_kl}
 */
export const register_kl = generic(
  "register_kl",
  ["type_p", "type_q"],
  <P extends Distribution, Q extends Distribution>(
    type_p: DistributionClass<P>,
    type_q: DistributionClass<Q>,
  ): (<F extends Divergence<P, Q>>(fun: F) => F) => {
    requireClass("type_p", type_p);
    requireClass("type_q", type_q);
    const [p, q] = [type_p.prototype, type_q.prototype];
    return (fun) => {
      const entry = { p, q, fun: fun as Divergence<never, never> as Entry["fun"] };
      registry = [...registry.filter((other) => other.p !== p || other.q !== q), entry];
      memoized = new Map(); // what is the most specific may have changed
      return fun;
    };
  },
);

function requireClass(name: string, type: unknown): void {
  if (typeof type === "function" && isSub(type.prototype, Distribution.prototype)) return;
  throw new TypeError(`Expected ${name} to be a Distribution subclass but got ${str(type)}`);
}

const isSub = (prototype: object, base: object): boolean =>
  prototype === base || Object.isPrototypeOf.call(base, prototype);

/** Whether a pair of classes comes before another one, where the first of the pair counts first. */
function isBefore([a, b]: readonly object[], [x, y]: readonly object[]): boolean {
  if (!isSub(a, x)) return false;
  return a !== x || isSub(b, y);
}

/** The first of the entries by the order of isBefore(). */
function least(entries: readonly Entry[], pair: (entry: Entry) => readonly object[]): Entry {
  return entries.reduce((best, entry) => (isBefore(pair(best), pair(entry)) ? best : entry));
}

/** The most specific function, if single inheritance is all there is. */
function _dispatch_kl(type_p: object, type_q: object): Entry["fun"] | null {
  const matches = registry.filter(({ p, q }) => isSub(type_p, p) && isSub(type_q, q));
  if (matches.length === 0) return null;
  const left = least(matches, ({ p, q }) => [p, q]);
  const right = least(matches, ({ p, q }) => [q, p]);
  if (left.fun !== right.fun) {
    const [p, q, l, r] = [type_p, type_q, left.p, right.q].map((prototype) => prototype.constructor.name);
    process.emitWarning(`Ambiguous kl_divergence(${p}, ${q}). Please register_kl(${l}, ${r})`, "RuntimeWarning");
  }
  return left.fun;
}

/**
 * The Kullback-Leibler divergence ∫ p(x) log(p(x) / q(x)) dx of two distributions, for each of the batch.
 *
 * `kl_divergence(p, q) -> Tensor`
 *
 * Throws NotImplementedError if no function is registered for their classes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.kl.kl_divergence}
 */
export const kl_divergence = def("kl_divergence", ["p", "q"], (p: Distribution, q: Distribution): Tensor => {
  const [type_p, type_q] = [Object.getPrototypeOf(p), Object.getPrototypeOf(q)];
  const known = memoized.get(type_p) ?? new Map<object, Entry["fun"] | null>();
  memoized.set(type_p, known);
  let fun = known.get(type_q);
  if (fun === undefined) {
    fun = _dispatch_kl(type_p, type_q);
    known.set(type_q, fun);
  }
  if (fun === null) {
    throw new NotImplementedError(
      `No KL(p || q) is implemented for p type ${p.constructor.name} and q type ${q.constructor.name}`,
    );
  }
  return fun(p, q);
});
