// What torch/backends/__init__.py gives its modules: flags that may be frozen, and modes that set several for a while.

import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import { AssertionError, AttributeError, RuntimeError } from "../errors.js";
import type { Enter } from "../modes.js";
import { isInt } from "../python/float.js";
import { typeName } from "../python/objects.js";

let isMutable = true;

/** From now on flags can be set by the modules' flags() alone. */
export const disable_global_flags = def("disable_global_flags", [], (): void => {
  isMutable = false;
});

/** Whether disable_global_flags() was called. */
export const flags_frozen = def("flags_frozen", [], (): boolean => !isMutable);

type Kind = "bool" | "int" | "string";

/** A setting of libtorch: its name in native/context.cc, and what PyTorch's error for a wrong type calls it. */
export interface Flag {
  readonly setting: string;
  readonly setter?: string;
  readonly kind?: Kind;
  /** What it reads as, where that is not the setting's value. */
  readonly read?: () => unknown;
}

const is: Record<Kind, (x: unknown) => boolean> = {
  bool: (x) => typeof x === "boolean",
  int: isInt,
  string: (x) => typeof x === "string",
};

/** Sets a flag; throws RuntimeError with PyTorch's text for a value of another type. */
export function setFlag({ setting, setter = setting, kind = "bool" }: Flag, value: unknown): void {
  if (!is[kind](value)) {
    throw new RuntimeError(`${setter} expects ${kind === "int" ? "an" : "a"} ${kind}, but got ${typeName(value)}`);
  }
  native.setSetting(setting, value);
}

export const getFlag = ({ setting, read }: Flag): unknown => (read ? read() : native.getSetting(setting));

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

/** Sets those flags whose value is not null, and returns what all were. */
export function setFlags(flags: readonly Flag[], values: readonly unknown[]): unknown[] {
  const before = flags.map(getFlag);
  flags.forEach((flag, i) => {
    if (values[i] !== null) setFlag(flag, values[i]);
  });
  return before;
}

/** How a mode is entered that sets flags, by a function that sets them and returns what they were. */
export function enterFlags(set_flags: (...values: never) => unknown[], ...values: unknown[]): Enter {
  const set = set_flags as (...values: unknown[]) => unknown[];
  return () => {
    const before = set(...values);
    return () => {
      set(...before);
    };
  };
}

/** The mode in which a library prints what it calculates; 0 leaves the library as it is until the mode's end. */
export function verboseMode(library: "mkl" | "mkldnn", parameter: string) {
  return mode(
    `backends.${library}.verbose`,
    [parameter],
    (level: number) => {
      const set = (to: number) => native.backendChoice(`${library}_verbose`, to);
      return () => {
        if (level !== 0) {
          if (!isInt(level)) {
            throw new TypeError(
              `${library}_set_verbose(): incompatible function arguments. The following argument types are supported:\n    1. (arg0: typing.SupportsInt | typing.SupportsIndex) -> int`,
            );
          }
          if (!set(level)) {
            throw new AssertionError(
              `Failed to set ${library.toUpperCase()} into verbose mode. Please consider to disable this verbose scope.`,
            );
          }
        }
        return () => {
          set(0);
        };
      };
    },
    { called: "verbose.__init__" },
  );
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
