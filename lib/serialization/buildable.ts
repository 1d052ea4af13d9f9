// Objects that take their state from a pickle themselves.

/** An object of a class that the user has added, or of one of our own readers. */
export interface Buildable {
  __setstate__(state: unknown): void;
}

const buildable = new WeakSet<object>();

/** Lets a pickle set the state of an object. */
export function allowBuild<T>(object: T): T {
  if (typeof object === "object" && object !== null) buildable.add(object);
  return object;
}

export function isBuildable(x: unknown): x is Buildable {
  return typeof x === "object" && x !== null && buildable.has(x);
}
