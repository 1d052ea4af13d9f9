// PyTorch's argument parser for functions that PyTorch binds by hand in C++, and so do we.

import { KindTree, keywordValues } from "./kind_tree.js";
import { match, type Source } from "./match.js";
import { type ParsedSignature, parseSignature } from "./signature.js";

/** The values by the names of the parameters, and which of the signatures matched. */
export type Parsed<T> = T & { overload: number };

/** Where the value of a parameter lies: a position among the arguments, or, counted down from -1, among the keywords. */
const VARARGS = 1e6;
const ABSENT = -1e6;

interface Plan {
  readonly overload: number;
  readonly names: readonly string[];
  readonly places: readonly number[];
}

function placeOf(source: Source, keywords: readonly string[]): number {
  if (source === null) return ABSENT;
  if ("position" in source) return source.position;
  return "keyword" in source ? -1 - keywords.indexOf(source.keyword) : VARARGS;
}

function valueAt(place: number, args: readonly unknown[], values: readonly unknown[]): unknown {
  if (place === ABSENT) return undefined;
  if (place === VARARGS) return args;
  return place < 0 ? values[-1 - place] : args[place];
}

/** Parses arguments by signature strings; parameters that were not given, or given as None, are undefined. */
export function parser(...texts: readonly string[]): <T>(args: readonly unknown[]) => Parsed<T> {
  let signatures: readonly ParsedSignature[] | undefined; // read at the first call, when all modules have been loaded
  const plans = new KindTree<Plan>();

  function plan(args: readonly unknown[], names: readonly string[], values: readonly unknown[]): [Plan, boolean] {
    signatures ??= texts.map((text) => parseSignature([text, ""]));
    const given = { args, keywords: new Map(names.map((name, i) => [name, values[i]])) };
    const { signature, sources, cacheable } = match(signatures, given);
    const made = {
      overload: signatures.indexOf(signature),
      names: signature.parameters.map(({ name }) => name),
      places: sources.map((source) => placeOf(source, names)),
    };
    return [made, cacheable];
  }

  return <T>(args: readonly unknown[]) => {
    const positional = args.slice();
    const node = plans.find(positional);
    const values = keywordValues();
    let found = node.decided;
    if (found === null) {
      const [made, cacheable] = plan(positional, node.keywords(), values);
      if (cacheable) node.decided = made;
      found = made;
    }
    const { names, places } = found;
    const result: Record<string, unknown> = { overload: found.overload };
    for (let i = 0; i < names.length; i++) result[names[i]] = valueAt(places[i], positional, values);
    return result as Parsed<T>;
  };
}
