// Methods that Python binds in C refuse what CPython's method descriptors refuse, before any parser sees it.

import { TensorBase } from "../tensor_base.js";
import { splitKeywords } from "./function.js";
import { typeName } from "./kinds.js";

/** Python's TypeError for a method of tensors that is called on something else. */
export function notATensor(name: string, self: unknown): TypeError {
  return new TypeError(
    `descriptor '${name}' for 'torch._C.TensorBase' objects doesn't apply to a '${typeName(self)}' object`,
  );
}

/** Throws Python's TypeError if a method without parameters is given any. */
export function refuseArguments(name: string, args: readonly unknown[], hasKeywords: boolean): void {
  if (hasKeywords) throw new TypeError(`TensorBase.${name}() takes no keyword arguments`);
  if (args.length > 0) throw new TypeError(`TensorBase.${name}() takes no arguments (${args.length} given)`);
}

/** Any method. */
export type Method = (this: never, ...args: never[]) => unknown;

/** The method, callable on tensors alone. */
export function ofTensor(name: string, body: Method): Method {
  const named = {
    [name](this: unknown, ...args: unknown[]) {
      if (!(this instanceof TensorBase)) throw notATensor(name, this);
      return body.apply(this as never, args as never[]);
    },
  };
  return named[name];
}

/** The method, callable on tensors alone and without arguments. */
export function withoutArguments(name: string, body: Method): Method {
  const named = {
    [name](this: unknown, ...args: unknown[]) {
      if (!(this instanceof TensorBase)) throw notATensor(name, this);
      if (args.length > 0) {
        const { positional, keywords } = splitKeywords(args);
        refuseArguments(name, positional, keywords.size > 0);
      }
      return body.call(this as never);
    },
  };
  return named[name];
}
