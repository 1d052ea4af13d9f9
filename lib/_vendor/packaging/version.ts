// torch/_vendor/packaging/version.py: versions as PEP 440 has them

import { callable } from "../../callable.js";
import { ValueError } from "../../errors.js";
import { Printed } from "../../python/printed.js";

/** The error for a text that is no version. */
export class InvalidVersion extends ValueError {}

const pattern =
  /^\s*v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d+)?)?(?:-(?<postImplicit>\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>\d+)?)?(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>\d+)?)?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i;

const spellings: Readonly<Record<string, string>> = { alpha: "a", beta: "b", c: "rc", pre: "rc", preview: "rc" };

/** A part of a key: numbers and texts in lists, which are compared element by element. */
type Key = number | string | readonly Key[];

function compare(a: Key, b: Key): number {
  if (!Array.isArray(a) || !Array.isArray(b)) return a < b ? -1 : a > b ? 1 : 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compare(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Before and after every number in a key's first place. */
const [FIRST, LAST]: [Key, Key] = [[-1], [1]];
const between = (...key: Key[]): Key => [0, ...key];

class Version extends Printed {
  /** @internal */
  readonly _key: Key;
  readonly #text: string;

  constructor(version: string) {
    super();
    const found = pattern.exec(version)?.groups;
    if (!found) throw new InvalidVersion(`Invalid version: '${version}'`);
    const { epoch, release, pre, preNumber, postImplicit, post, postNumber, dev, devNumber, local } = found;
    this.#text = version.trim();
    const numbers = release.split(".").map(Number);
    while (numbers.at(-1) === 0) numbers.pop();
    const letter = pre?.toLowerCase();
    const hasPost = postImplicit !== undefined || post !== undefined;
    const withoutPre = dev !== undefined && !hasPost ? FIRST : LAST;
    const parts = local?.split(/[._-]/).map((part): Key => (/^\d+$/.test(part) ? [1, +part] : [0, part.toLowerCase()]));
    this._key = [
      Number(epoch ?? 0),
      numbers,
      letter === undefined ? withoutPre : between(spellings[letter] ?? letter, Number(preNumber ?? 0)),
      hasPost ? between(Number(postImplicit ?? postNumber ?? 0)) : FIRST,
      dev === undefined ? LAST : between(Number(devNumber ?? 0)),
      parts === undefined ? FIRST : between(...parts),
    ];
  }

  /** Below 0 if this version comes before another, above 0 if it comes after, 0 for the same. */
  compare(other: Version): number {
    return compare(this._key, other._key);
  }

  override toString(): string {
    return this.#text;
  }

  __repr__(): string {
    return `<Version('${this.#text}')>`;
  }
}

/** A version that is compared as PEP 440 says. Throws InvalidVersion for a text that is none. */
const CallableVersion = callable(Version);
type CallableVersion = Version;

export { CallableVersion as Version };
