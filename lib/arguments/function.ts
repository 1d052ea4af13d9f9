// Keyword arguments for functions that are written in TypeScript, as Python's `def` has them.

/** Whether a value is a plain object: keyword arguments when it comes last. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function positionalError(name: string, required: number, total: number, given: number): TypeError {
  const range = required === total ? `${total}` : `from ${required} to ${total}`;
  const noun = required === total && total === 1 ? "argument" : "arguments";
  return new TypeError(
    `${name}() takes ${range} positional ${noun} but ${given} ${given === 1 ? "was" : "were"} given`,
  );
}

function missingError(name: string, missing: readonly string[]): TypeError {
  const quoted = missing.map((parameter) => `'${parameter}'`);
  const last = quoted.pop();
  const list =
    quoted.length === 0 ? last : quoted.length === 1 ? `${quoted[0]} and ${last}` : `${quoted.join(", ")}, and ${last}`;
  return new TypeError(
    `${name}() missing ${missing.length} required positional argument${missing.length === 1 ? "" : "s"}: ${list}`,
  );
}

/**
 * Positional arguments for a function whose parameters have these names: keywords take their places.
 *
 * Throws TypeError with Python's text for an unknown keyword, a parameter given twice, and a wrong count.
 */
export function bindArguments(
  name: string,
  parameters: readonly string[],
  required: number,
  args: readonly unknown[],
): readonly unknown[] {
  const keywords = args[args.length - 1];
  if (!isPlainObject(keywords)) {
    if (args.length > parameters.length) throw positionalError(name, required, parameters.length, args.length);
    if (args.length < required) throw missingError(name, parameters.slice(args.length, required));
    return args;
  }
  const bound = args.slice(0, -1);
  const positional = bound.length;
  if (positional > parameters.length) throw positionalError(name, required, parameters.length, positional);
  for (const keyword in keywords) {
    if (keywords[keyword] === undefined) continue;
    const index = parameters.indexOf(keyword);
    if (index < 0) throw new TypeError(`${name}() got an unexpected keyword argument '${keyword}'`);
    if (index < positional) throw new TypeError(`${name}() got multiple values for argument '${keyword}'`);
    bound[index] = keywords[keyword];
  }
  const missing = parameters.slice(0, required).filter((_, i) => bound[i] === undefined);
  if (missing.length) throw missingError(name, missing);
  return bound;
}

/**
 * Lets a function be called with keyword arguments as its last argument.
 *
 * The parameters are named in order; those without a default in the function are required.
 */
export function def<F extends (...args: never[]) => unknown>(name: string, parameters: readonly string[], body: F): F {
  const required = body.length;
  const wrapped = {
    [name](this: unknown, ...args: unknown[]) {
      return body.apply(this, bindArguments(name, parameters, required, args) as never[]);
    },
  };
  return wrapped[name] as unknown as F;
}
