// The names of a function's parameters, as Python's `inspect.signature` gives them.

const given = new WeakMap<object, readonly string[]>();

/** @internal Notes the names of the parameters of a function that takes its arguments by itself. */
export function nameParameters(fn: object, names: readonly string[]): void {
  given.set(fn, names);
}

/** @internal The names that were noted of a function or a class, if any were. */
export function notedParameters(fn: object): readonly string[] | undefined {
  return given.get(fn)?.filter((name) => name !== "*");
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
  return [...parts, part];
}

/** The names of a function's parameters, as far as they have any; none for a native function. */
export function parameterNames(fn: object): readonly string[] {
  const noted = notedParameters(fn);
  if (noted) return noted;
  const source = Function.prototype.toString.call(fn).replace(/\/\*.*?\*\/|\/\/.*$/gms, "");
  const single = /^(?:async\s+)?([A-Za-z_]\w*)\s*=>/.exec(source);
  if (single) return [single[1]];
  if (/^class\b|\[native code\]/.test(source)) return [];
  const names: string[] = [];
  for (const part of split(source.slice(source.indexOf("(") + 1))) {
    const name = /^\s*([A-Za-z_]\w*)\s*(=|$)/.exec(part);
    if (!name) break;
    names.push(name[1]);
  }
  return names;
}
