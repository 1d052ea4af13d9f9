// What the datapipes' `__len__` share.

import { has } from "../../../python/objects.js";
import { len, lengthOf } from "../../../python/sequences.js";

/** Python's `isinstance(x, Sized)`: whether it may say how long it is. */
export const isSized = (x: unknown) => has(x, "__len__") || lengthOf(x) !== undefined;

/** The error of a datapipe that was asked for a length which it has not. */
export const noLength = (datapipe: object) =>
  new TypeError(`${datapipe.constructor.name} instance doesn't have valid length`);

/** The length of what a datapipe reads. Throws TypeError, in the datapipe's name, if that has none. */
export function lengthOfSource(datapipe: object, source: unknown): number {
  if (!isSized(source)) throw noLength(datapipe);
  return len(source);
}
