// Reads the schemas of operators that are defined here, as torch/csrc/jit/frontend/function_schema_parser.cpp does.

import type { SchemaDescription, SchemaValue } from "../binding.js";
import { RuntimeError } from "../errors.js";

/** What a schema says, and the values of its defaults (undefined where there is none). */
export interface Schema {
  readonly name: string;
  readonly description: SchemaDescription;
  readonly defaults: readonly unknown[];
}

const types = new Set([
  ...["Tensor", "int", "SymInt", "float", "bool", "str", "Scalar", "complex", "Device", "ScalarType", "Layout"],
  ...["MemoryFormat", "Generator", "number", "Dimname", "Storage", "QScheme", "Stream"],
]);

/** The parts between commas that stand in no brackets and no quotes. */
function splitList(text: string): string[] {
  const parts: string[] = [""];
  let depth = 0;
  let quote = "";
  for (const character of text) {
    if (quote) quote = character === quote ? "" : quote;
    else if (character === "'" || character === '"') quote = character;
    else if ("([".includes(character)) depth++;
    else if (")]".includes(character)) depth--;
    else if (character === "," && depth === 0) {
      parts.push("");
      continue;
    }
    parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

const words: Record<string, unknown> = { None: null, True: true, False: false };

/** The value of a default as the schema writes it; other words ("contiguous_format") stay words. */
function valueOf(text: string): unknown {
  if (Object.hasOwn(words, text)) return words[text];
  if (/^['"]/.test(text)) return text.slice(1, -1);
  if (text.startsWith("[")) return splitList(text.slice(1, -1)).map(valueOf);
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** A type in the words of error messages: "Optional[List[int]]". */
function printed(type: string): string {
  if (type.endsWith("?")) return `Optional[${printed(type.slice(0, -1))}]`;
  if (/\[\d*\]$/.test(type)) return `List[${printed(type.replace(/\[\d*\]$/, ""))}]`;
  return type === "Scalar" ? "number" : type === "SymInt" ? "int" : type;
}

const PART = /^(\w+)(?:\((\w+)(!)?(?:\s*->\s*[\w|]+)?\))?((?:\[\d*\]|\?)*)(?:\s+(\w+))?(?:\s*=\s*(.*))?$/s;

function readPart(text: string, schema: string, keywordOnly: boolean): SchemaValue & { value: unknown } {
  const found = PART.exec(text);
  const [, base, alias, write, suffix = "", name = "", value] = found ?? [];
  if (!found || !types.has(base)) {
    throw new RuntimeError(`Unknown type specifier: ${base ?? text}\n${schema}`);
  }
  const type = `${base}${suffix.replace(/\[\d+\]/, "[]")}`;
  return {
    name,
    type,
    printed: printed(type),
    keywordOnly,
    hasDefault: value !== undefined,
    size: Number(/\[(\d+)\]/.exec(suffix)?.[1] ?? 0),
    alias: alias === undefined ? "" : write ? "write" : "read",
    value: value === undefined ? undefined : valueOf(value.trim()),
  };
}

/** The place of the bracket that closes the argument list. */
function endOfArguments(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "(") depth++;
    if (text[i] === ")" && --depth === 0) return i;
  }
  return -1;
}

/** Reads "ns::name.overload(Tensor x, *, int n=1) -> Tensor"; throws RuntimeError for what is no schema. */
export function parseSchema(text: string): Schema {
  const open = text.indexOf("(");
  const end = open < 0 ? -1 : endOfArguments(text, open);
  const head = /^(\w+::\w+)(?:\.(\w+))?$/.exec(text.slice(0, Math.max(open, 0)).trim());
  const result = end < 0 ? null : /^\s*->\s*(.+)$/s.exec(text.slice(end + 1));
  if (!head || !result)
    throw new RuntimeError(`expected a schema such as "ns::name(Tensor x) -> Tensor", but got:\n${text}`);
  const [, name, overload = ""] = head;
  const listed = splitList(text.slice(open + 1, end));
  const star = listed.indexOf("*");
  const parameters = listed
    .filter((part) => part !== "*")
    .map((part, i) => readPart(part, text, star >= 0 && i >= star));
  const unnamed = parameters.find((parameter) => parameter.name === "");
  if (unnamed) throw new RuntimeError(`an argument of type ${unnamed.type} has no name:\n${text}`);
  const returned = result[1].trim();
  const returns = splitList(returned.startsWith("(") ? returned.slice(1, -1) : returned).map((part) =>
    readPart(part, text, false),
  );
  return {
    name,
    defaults: parameters.map(({ value }) => value),
    description: { overload, schema: text.trim(), callable: true, tags: [], arguments: parameters, returns },
  };
}
