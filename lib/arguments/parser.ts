// PyTorch's argument parser for functions that PyTorch binds by hand in C++, and so do we.

import { splitKeywords } from "./function.js";
import { type Given, match, type Source } from "./match.js";
import { type ParsedSignature, parseSignature } from "./signature.js";

/** The values by the names of the parameters, and which of the signatures matched. */
export type Parsed<T> = T & { overload: number };

/** Parses arguments by signature strings; parameters that were not given, or given as None, are undefined. */
export function parser(...texts: readonly string[]): <T>(args: readonly unknown[]) => Parsed<T> {
  let signatures: readonly ParsedSignature[] | undefined; // read at the first call, when all modules have been loaded
  return <T>(args: readonly unknown[]) => {
    const { positional, keywords } = splitKeywords(args);
    signatures ??= texts.map((text) => parseSignature([text, ""]));
    const given: Given = { args: positional, keywords };
    const { signature, sources } = match(signatures, given);
    const result: Record<string, unknown> = { overload: signatures.indexOf(signature) };
    signature.parameters.forEach((parameter, i) => {
      result[parameter.name] = valueOf(sources[i], given);
    });
    return result as Parsed<T>;
  };
}

function valueOf(source: Source, { args, keywords }: Given): unknown {
  if (source === null) return undefined;
  if ("position" in source) return args[source.position];
  if ("keyword" in source) return keywords.get(source.keyword);
  return args;
}
