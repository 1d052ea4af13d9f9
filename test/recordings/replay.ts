// Replays what record.py recorded with Python: each line's TypeScript must give the same text.

import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import * as py from "tstorch/python";
import { expect, test } from "vitest";

interface Case {
  readonly python: string;
  readonly typescript: string;
  readonly result: string;
}

/** A value as text, as record.py writes it. */
function text(value: unknown): string {
  if (value instanceof torch.Tensor) {
    if (value.is_quantized || value.layout !== torch.strided || value.is_nested) return String(value);
    return `tensor(${text(value.tolist())}, ${value.dtype}, ${text([...value.shape])})`;
  }
  if (value instanceof torch.Size) return String(value);
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${text(item)}`);
    return `{${entries.join(", ")}}`;
  }
  return py.str(value ?? null);
}

const scope = { torch, nn: torch.nn, F: torch.nn.functional, ...py };

function run(source: string): string {
  const parts = source.split(" ; ");
  parts.push(`return ${parts.pop()};`);
  torch.manual_seed(0);
  try {
    return text(new Function(...Object.keys(scope), parts.join(";\n"))(...Object.values(scope)));
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

const numbers = /(-?\d+(?:\.\d+)?(?:e[-+]\d+)?)/;

/** The text with the recording's numbers in place of those that differ from them by a float32's rounding: CPUs differ. */
function rounded(actual: string, recorded: string): string {
  const [a, b] = [actual, recorded].map((text) => text.split(numbers));
  if (a.length !== b.length) return actual;
  const near = (x: string, y: string) => /[.e]/.test(x + y) && Math.abs(+x - +y) <= 1e-6 + 1e-6 * Math.abs(+y);
  return a.map((token, i) => (i % 2 && near(token, b[i]) ? b[i] : token)).join("");
}

/** One test for each recorded line of `name`.cases. */
export function replay(name: string): void {
  const cases: Case[] = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, `${name}.json`), "utf8"));
  test.for(cases)("$typescript", ({ typescript, result }) => {
    expect(rounded(run(typescript), result)).toBe(result);
  });
}
