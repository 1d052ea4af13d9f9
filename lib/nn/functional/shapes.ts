/** Whether two lists, such as sizes, hold the same numbers. */
export function equal(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  // A loop: the methods of an array's subclass, as sizes are, cost microseconds.
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
