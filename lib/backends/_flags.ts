// What torch/backends/__init__.py gives its modules: flags that may be frozen, and modes that set several for a while.

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { AttributeError, RuntimeError } from "../errors.js";
import { type Entered, withMode } from "../modes.js";
import { isInt } from "../python/float.js";
import { typeName } from "../python/objects.js";

let isMutable = true;

/** From now on flags can be set by the modules' flags() alone. */
export const disable_global_flags = def("disable_global_flags", [], (): void => {
  isMutable = false;
});

/** Whether disable_global_flags() was called. */
export const flags_frozen = def("flags_frozen", [], (): boolean => !isMutable);

type Kind = "bool" | "int" | "str";

/** A setting of libtorch: its name in native/context.cc, and what PyTorch's error for a wrong type calls it. */
export interface Flag {
  readonly setting: string;
  readonly setter?: string;
  readonly kind?: Kind;
}

const is: Record<Kind, (x: unknown) => boolean> = {
  bool: (x) => typeof x === "boolean",
  int: isInt,
  str: (x) => typeof x === "string",
};

/** Sets a flag; throws RuntimeError with PyTorch's text for a value of another type. */
export function setFlag({ setting, setter = setting, kind = "bool" }: Flag, value: unknown): void {
  if (!is[kind](value)) {
    throw new RuntimeError(`${setter} expects ${kind === "int" ? "an" : "a"} ${kind}, but got ${typeName(value)}`);
  }
  native.setSetting(setting, value);
}

export const getFlag = ({ setting }: Flag): unknown => native.getSetting(setting);

/** Defines a module's flags, which are read from libtorch and set there. */
export function defineFlags<Name extends string>(
  module: object,
  moduleName: string,
  flags: Readonly<Record<Name, Flag>>,
): void {
  for (const [name, flag] of Object.entries<Flag>(flags)) {
    Object.defineProperty(module, name, {
      get: () => getFlag(flag),
      set: (value) => {
        if (flags_frozen()) {
          throw new RuntimeError(
            `not allowed to set ${moduleName} flags after disable_global_flags; please use flags() context manager instead`,
          );
        }
        setFlag(flag, value);
      },
      enumerable: true,
    });
  }
}

/** Sets flags while a function runs, or until the end of a `using` block. */
export function withFlags<T>(
  name: string,
  flags: readonly (readonly [Flag, unknown])[],
  body: (() => T) | undefined,
): T | Entered {
  const enter = () => {
    const before = flags.map(([flag]) => [flag, getFlag(flag)] as const);
    for (const [flag, value] of flags) setFlag(flag, value);
    return () => {
      for (const [flag, value] of before) setFlag(flag, value);
    };
  };
  return withMode(`backends.${name}`, enter, body);
}

/** How an operation of a backend calculates in float32: "ieee", "tf32", "bf16" or "none", which takes the general one. */
export interface FP32Precision {
  fp32_precision: string;
}

/** The precision of one operation of a backend; other members cannot be set. */
export function precision(backend: string, op: string): FP32Precision {
  const setting = `fp32_precision_${backend}_${op}`;
  return new Proxy({} as FP32Precision, {
    get: (_, name) => (name === "fp32_precision" ? native.getSetting(setting) : undefined),
    set: (_, name, value) => {
      if (name !== "fp32_precision") throw new AttributeError(`Unknown attribute ${String(name)}`);
      native.setSetting(setting, value);
      return true;
    },
    has: (_, name) => name === "fp32_precision",
    ownKeys: () => ["fp32_precision"],
    getOwnPropertyDescriptor: () => ({
      value: native.getSetting(setting),
      writable: true,
      enumerable: true,
      configurable: true,
    }),
  });
}
