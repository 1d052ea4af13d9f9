// torch/torch_version.py

import { InvalidVersion, Version } from "./_vendor/packaging/version.js";
import { callable } from "./callable.js";
import { typeName } from "./python/objects.js";
import { str } from "./python/repr.js";
import { __version__ as internal_version } from "./version.js";

/** What a version is compared with: a text, the list of its numbers, or a Version. */
export type VersionLike = string | TorchVersion | Version | readonly (number | string)[];

function toVersion(x: unknown): Version {
  if (x instanceof Version) return x;
  if (typeof x === "string" || x instanceof String) return new Version(String(x));
  if (typeof x === "object" && x !== null && Symbol.iterator in x) {
    return new Version(Array.from(x as Iterable<unknown>, str).join("."));
  }
  throw new InvalidVersion(str(x));
}

class TorchVersion extends String {
  /** @internal Below 0, 0 or above 0; of texts that are no versions, by their characters. */
  _cmp_wrapper(other: unknown, sign: string): number | null {
    try {
      return new Version(String(this)).compare(toVersion(other));
    } catch (error) {
      if (!(error instanceof InvalidVersion)) throw error;
      if (typeof other === "string" || other instanceof String) {
        const [a, b] = [String(this), String(other)];
        return a < b ? -1 : a > b ? 1 : 0;
      }
      if (sign === "==") return null;
      throw new TypeError(`'${sign}' not supported between instances of 'TorchVersion' and '${typeName(other)}'`);
    }
  }

  /** Python's `self > other`. */
  gt(other: VersionLike): boolean {
    return (this._cmp_wrapper(other, ">") as number) > 0;
  }

  /** Python's `self < other`. */
  lt(other: VersionLike): boolean {
    return (this._cmp_wrapper(other, "<") as number) < 0;
  }

  /** Python's `self == other`. */
  eq(other: VersionLike): boolean {
    return this._cmp_wrapper(other, "==") === 0;
  }

  /** Python's `self >= other`. */
  ge(other: VersionLike): boolean {
    return (this._cmp_wrapper(other, ">=") as number) >= 0;
  }

  /** Python's `self <= other`. */
  le(other: VersionLike): boolean {
    return (this._cmp_wrapper(other, "<=") as number) <= 0;
  }

  /** Python's `self != other`. */
  ne(other: VersionLike): boolean {
    return !this.eq(other);
  }
}

/**
 * A text that is compared as the version that it is: `TorchVersion("2.15.0").gt("2.9")`, `.ge([2, 15])`.
 *
 * Texts that are no versions are compared by their characters. JavaScript's own `<` and `>` do so always.
 */
const CallableTorchVersion = callable(TorchVersion);
type CallableTorchVersion = TorchVersion;

export { CallableTorchVersion as TorchVersion };

/** The version of libtorch, to be compared. */
export const __version__: TorchVersion = new CallableTorchVersion(internal_version);
