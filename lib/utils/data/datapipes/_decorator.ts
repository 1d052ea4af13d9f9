// torch/utils/data/datapipes/_decorator.py

import { type Mode, mode } from "../../../arguments/mode.js";
import { callable } from "../../../callable.js";
import { typeName } from "../../../python/objects.js";
import { IterDataPipe, MapDataPipe } from "./datapipe.js";

// biome-ignore-start lint/suspicious/noExplicitAny: classes of any constructor
type AnyClass = abstract new (...args: any[]) => object;
// biome-ignore-end lint/suspicious/noExplicitAny: see above

const extendsClass = (type: unknown, base: { readonly prototype: object }): boolean =>
  typeof type === "function" && (type === base || type.prototype instanceof (base as never));

/**
 * Makes a class of datapipes a method of all others, under a name: `functional_datapipe("name")(Class)`, or a decorator.
 *
 * `functional_datapipe(name, enable_df_api_tracing=False) -> None`
 *
 * `enable_df_api_tracing` lets results be traced as data frames. Throws Error for a name that is taken.
 */
export function functional_datapipe(name: string, enable_df_api_tracing: boolean | object = false) {
  const isTraced =
    typeof enable_df_api_tracing === "object"
      ? Boolean((enable_df_api_tracing as { enable_df_api_tracing?: boolean }).enable_df_api_tracing)
      : enable_df_api_tracing;
  return <C extends AnyClass>(cls: C, _context?: unknown): C => {
    if (extendsClass(cls, IterDataPipe)) IterDataPipe.register_datapipe_as_function(name, cls, isTraced);
    else if (extendsClass(cls, MapDataPipe)) MapDataPipe.register_datapipe_as_function(name, cls);
    return cls;
  };
}

let _determinism = false;

/**
 * While it holds, making a datapipe whose order depends on chance, by its `non_deterministic`, is a TypeError.
 *
 * `guaranteed_datapipes_determinism() -> None`
 *
 * A function holds it for its duration, `using` for that of the block.
 */
export const guaranteed_datapipes_determinism: Mode = mode(
  "utils.data.guaranteed_datapipes_determinism",
  [],
  () => () => {
    const prev = _determinism;
    _determinism = true;
    return () => {
      _determinism = prev;
    };
  },
  { called: "guaranteed_datapipes_determinism.__init__" },
);

function decorate<C extends AnyClass>(cls: C, check: (args: readonly unknown[]) => void): C {
  const proxy = new Proxy(cls, {
    construct(target, args, newTarget) {
      check(args);
      return Reflect.construct(target as never, args, newTarget);
    },
  });
  return callable(proxy) as C;
}

const nameOf = (x: unknown) => (typeof x === "function" ? x.name : String(x));

function nonDeterministic<C extends AnyClass>(
  arg: C | ((...args: never[]) => boolean),
): C | (<D extends AnyClass>(cls: D) => D) {
  if (typeof arg !== "function") throw new TypeError(`${String(arg)} can not be decorated by non_deterministic`);
  if (extendsClass(arg, IterDataPipe)) {
    return decorate(arg as C, () => {
      if (!_determinism) return;
      throw new TypeError(
        `${arg.name} is non-deterministic, but you set 'guaranteed_datapipes_determinism'. You can turn off determinism for this DataPipe if that is acceptable for your application`,
      );
    });
  }
  if (/^class\b/.test(Function.prototype.toString.call(arg))) {
    throw new TypeError(`Only \`IterDataPipe\` can be decorated with \`non_deterministic\`, but ${arg.name} is found`);
  }
  const deterministic_fn = arg as (...args: readonly unknown[]) => unknown;
  return <D extends AnyClass>(cls: D): D => {
    if (!extendsClass(cls, IterDataPipe)) {
      throw new TypeError(`Only \`IterDataPipe\` can be decorated, but ${nameOf(cls)} is found`);
    }
    return decorate(cls, (args) => {
      const res = deterministic_fn(...args);
      if (typeof res !== "boolean") {
        throw new TypeError(
          `deterministic_fn of \`non_deterministic\` decorator is required to return a boolean value, but <class '${typeName(res)}'> is found`,
        );
      }
      if (!_determinism || !res) return;
      throw new TypeError(
        `${cls.name} is non-deterministic with the inputs, but you set 'guaranteed_datapipes_determinism'. You can turn off determinism for this DataPipe if that is acceptable for your application`,
      );
    });
  };
}

/**
 * Marks a class of datapipes whose order depends on chance: `non_deterministic(Class)`, or `non_deterministic(f)(Class)` where
 * it depends on the arguments. Making its objects is a TypeError within `guaranteed_datapipes_determinism()`.
 *
 * `non_deterministic(arg) -> None`
 */
export const non_deterministic = nonDeterministic as {
  <C extends AnyClass>(cls: C): C;
  (deterministic_fn: (...args: never[]) => boolean): <C extends AnyClass>(cls: C) => C;
};
