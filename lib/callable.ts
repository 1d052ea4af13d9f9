/** A class that may also be called without `new`, as Python's classes are; `instanceof` and `extends` work as ever. */
export type Callable<C extends abstract new (...args: never[]) => unknown> = C &
  (C extends abstract new (...args: infer A) => infer T ? (...args: A) => T : never);

/** Lets a class be called without `new`; `call` makes of such a call something else than an object, where it is given. */
export function callable<C extends abstract new (...args: never[]) => unknown>(
  constructor: C,
  call: (make: (args: readonly unknown[]) => InstanceType<C>, args: readonly unknown[]) => unknown = (make, args) =>
    make(args),
): Callable<C> {
  const make = (args: readonly unknown[]) =>
    Reflect.construct(constructor as never, args, proxy as never) as InstanceType<C>;
  const proxy = new Proxy(constructor, { apply: (_target, _receiver, args) => call(make, args) });
  Object.defineProperty(constructor.prototype, "constructor", { value: proxy, writable: true, configurable: true });
  return proxy as Callable<C>;
}

/**
 * Makes an object that can be called, as Python's are by `__call__`: a function with this prototype, without Function's
 * own name and length. A constructor returns it in place of its `this`.
 */
export function callableObject<T extends { __call__(...args: never[]): unknown }>(prototype: T): T {
  const self = (...args: never[]) => (self as unknown as T).__call__(...args);
  delete (self as { name?: string }).name;
  delete (self as { length?: number }).length;
  return Object.setPrototypeOf(self, prototype);
}
