// The parameters of a function, as Python's `inspect.signature` gives them.

const given = new WeakMap<object, readonly string[]>();

/** @internal Notes the names of the parameters of a function that takes its arguments by itself. */
export function nameParameters(fn: object, names: readonly string[]): void {
  given.set(fn, names);
}

/** @internal The names that were noted of a function or a class, if any were. */
export function notedParameters(fn: object): readonly string[] | undefined {
  return given.get(fn)?.filter((name) => name !== "*");
}

/** A parameter of a function; without a name if it is a pattern. */
export interface Parameter {
  readonly name: string | null;
  readonly isRest: boolean;
  readonly hasDefault: boolean;
}

/** The text between the parentheses of a function's parameters, at its top level split at the commas. */
function split(source: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  let quote = "";
  for (const char of source) {
    if (quote) {
      if (char === quote) quote = "";
    } else if (/["'`]/.test(char)) quote = char;
    else if (/[([{]/.test(char)) depth++;
    else if (/[)\]}]/.test(char) && --depth < 0) break;
    if (char === "," && depth === 0 && !quote) {
      parts.push(part);
      part = "";
    } else part += char;
  }
  return [...parts, part].filter((text) => text.trim() !== "");
}

const sourceOf = (fn: object) => Function.prototype.toString.call(fn).replace(/\/\*.*?\*\/|\/\/.*$/gms, "");

/** Where a class's constructor takes its parameters, in its source. */
const constructorIn = /(?:^|[\s;}{])constructor\s*\(/;

/** The class whose constructor is called, or the function itself. */
function called(fn: object): object {
  const source = sourceOf(fn);
  const inherits = /^class\b/.test(source) && !constructorIn.test(source) && !given.has(fn);
  return inherits ? called(Object.getPrototypeOf(fn)) : fn;
}

/** A function's parameters, or those of a class's constructor; null for a native function, which does not tell. */
export function parametersOf(fn: object): readonly Parameter[] | null {
  const source = sourceOf(called(fn));
  if (/\{\s*\[native code\]\s*\}$/.test(source)) return null;
  const single = /^(?:async\s+)?([A-Za-z_$][\w$]*)\s*=>/.exec(source);
  if (single) return [{ name: single[1], isRest: false, hasDefault: false }];
  const open = /^class\b/.exec(source) ? constructorIn.exec(source) : /\(/.exec(source);
  if (!open) return null;
  return split(source.slice(open.index + open[0].length)).map((text) => ({
    name: /^\s*(?:\.\.\.)?\s*([A-Za-z_$][\w$]*)\s*(?:=|$)/.exec(text)?.[1] ?? null,
    isRest: /^\s*\.\.\./.test(text),
    hasDefault: /^\s*(?:[\w$]+|\{.*\}|\[.*\])\s*=/s.test(text),
  }));
}

/** The names of a function's parameters, or of a class's constructor, as far as they have any; none for a native function. */
export function parameterNames(fn: object): readonly string[] {
  const noted = notedParameters(called(fn));
  if (noted) return noted;
  const names: string[] = [];
  for (const { name, isRest } of parametersOf(fn) ?? []) {
    if (name === null || isRest) break;
    names.push(name);
  }
  return names;
}
