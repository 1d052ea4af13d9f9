// The text of the error when no signature fits, as torch/csrc/utils/invalid_arguments.cpp writes it: it reads the
// signatures' own texts back, splits them at ", " and counts "*" as an argument, and so do we.

import { native } from "../binding.js";
import { Size } from "../size.js";
import { typeName } from "./kinds.js";

type Keywords = ReadonlyMap<string, unknown>;

interface Option {
  text: string;
  /** For each part of the text: its name and the type names that it accepts. */
  parts: { name: string; accepts: readonly string[] }[];
}

function accepted(type: string): readonly string[] {
  if (type === "float") return ["float", "int", "long"];
  if (type === "int") return ["int", "long"];
  return [type];
}

function parseOption(text: string): Option {
  const parts = text
    .slice(1, -1)
    .split(", ")
    .map((part) => {
      const space = part.lastIndexOf(" ");
      const type = space < 0 ? part : part.slice(0, space);
      return { name: part.slice(space + 1), accepts: accepted(type) };
    });
  return { text, parts };
}

/** The names and values in the order in which C++'s unordered_map holds them. */
function unordered(keywords: Keywords): [string, unknown][] {
  return native.unordered([...keywords.keys()]).map((name) => [name, keywords.get(name)]);
}

/** A list's type with those of its elements, as `list of [int, str]`; a Size is a tuple. */
function describeList(list: readonly unknown[]): string {
  const elements = list.map(typeName).join(", ");
  if (!(list instanceof Size)) return `list of [${elements}]`;
  return `${typeName(list)} of (${elements}${list.length === 1 ? "," : ""})`;
}

function describe(args: readonly unknown[], keywords: Keywords): string {
  const parts = [...args.map(typeName), ...unordered(keywords).map(([name, value]) => `${name}=${typeName(value)}`)];
  // Only with positional arguments does it take the last separator off.
  return args.length ? `(${parts.join(", ")})` : `(${parts.map((part) => `${part}, `).join("")})`;
}

function describeMatch(option: Option, args: readonly unknown[], keywords: Keywords): string {
  const values: [string, unknown][] = args.map((value) => ["", value]);
  for (const { name } of option.parts.slice(args.length)) values.push([`${name}=`, keywords.get(name)]);
  const parts = values.slice(0, args.length + keywords.size).map(([prefix, value], i) => {
    const mark = option.parts[i]?.accepts.includes(typeName(value)) ? "" : "!";
    return `${mark}${prefix}${Array.isArray(value) ? describeList(value) : typeName(value)}${mark}`;
  });
  return args.length ? `(${parts.join(", ")})` : `(${parts.map((part) => `${part}, `).join("")})`;
}

function unmatchedKeywords(option: Option, keywords: Keywords): string[] {
  const candidates = option.parts.slice(Math.max(0, option.parts.length - keywords.size));
  return unordered(keywords)
    .map(([name]) => name)
    .filter((name) => !candidates.some((part) => part.name === name));
}

/** Why no signature takes these arguments, in Python's words. */
export function formatInvalidArguments(
  functionName: string,
  args: readonly unknown[],
  keywords: Keywords,
  signatures: readonly string[],
): string {
  const start = `${functionName}() received an invalid combination of arguments - `;
  const fits = (option: Option) => option.parts.length === args.length + keywords.size;
  if (signatures.length === 1) {
    const option = parseOption(signatures[0]);
    const unmatched = unmatchedKeywords(option, keywords);
    if (unmatched.length) return `${start}got unrecognized keyword arguments: ${unmatched.join(", ")}`;
    const got = fits(option) ? describeMatch(option, args, keywords) : describe(args, keywords);
    return `${start}got ${got}, but expected ${option.text}`;
  }
  let message = `${start}got ${describe(args, keywords)}, but expected one of:\n`;
  for (const option of signatures.map(parseOption)) {
    message += ` * ${option.text}\n`;
    if (!fits(option)) continue;
    const unmatched = unmatchedKeywords(option, keywords);
    message += unmatched.length
      ? `      didn't match because some of the keywords were incorrect: ${unmatched.join(", ")}\n`
      : `      didn't match because some of the arguments have invalid types: ${describeMatch(option, args, keywords)}\n`;
  }
  return message;
}
