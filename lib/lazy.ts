// Objects that are filled when they are first looked at, so that `import` need not do it.

/** An object that `fill` gives its properties at the first operation on it. */
export function lazy<T extends object>(fill: (target: Record<string, unknown>) => void): T {
  const target = Object.create(null);
  let isFilled = false;
  const trap = (name: keyof typeof Reflect) => {
    // biome-ignore lint/suspicious/noExplicitAny: the arguments of any trap
    return (...args: any[]) => {
      if (!isFilled) {
        isFilled = true;
        fill(target);
      }
      return (Reflect[name] as (...args: unknown[]) => unknown)(...args);
    };
  };
  const names = [
    "get",
    "set",
    "has",
    "ownKeys",
    "getOwnPropertyDescriptor",
    "defineProperty",
    "deleteProperty",
  ] as const;
  return new Proxy(target, Object.fromEntries(names.map((name) => [name, trap(name)]))) as T;
}
