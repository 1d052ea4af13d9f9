import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import { expect, test } from "vitest";

const texts: Record<string, string> = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, "recordings/counts.json"), "utf8"),
);

/** A public function, or undefined where there is none. */
function find(name: string): ((...args: unknown[]) => unknown) | undefined {
  let value: unknown = torch;
  for (const part of name.split(".").slice(1)) value = (value as Record<string, unknown> | undefined)?.[part];
  return typeof value === "function" ? (value as () => unknown) : undefined;
}

function textOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof TypeError ? error.message : `not a TypeError: ${error}`;
  }
  return "returned";
}

const exceptions: Record<string, string> = {
  "torch.sym_sqrt": "has its public name, not _sym_sqrt",
  "torch.accelerator.current_device_idx": "has its own name, not that of the function it stands for",
  "torch.accelerator.set_device_idx": "has its own name, not that of the function it stands for",
  "torch.cpu.stream": "a mode: its function comes last",
  "torch.cuda.stream": "a mode: its function comes last",
  "torch.serialization.mkdtemp": "a context manager: its function comes last",
  "torch.random.fork_rng": "has no parameters that begin with an underscore",
};

test("functions count their arguments as Python does", () => {
  const nulls = Array(30).fill(null);
  const wrong: string[] = [];
  for (const [name, text] of Object.entries(texts)) {
    const call = find(name);
    if (!call || name in exceptions) continue;
    const ours = textOf(() => call(...nulls));
    if (ours !== text) wrong.push(`${name}: ${ours.slice(0, 200)}, not ${text}`);
  }
  expect(wrong).toEqual([]);
});

test("functions that Python binds without a parser take nothing by keyword", () => {
  const loose = torch as unknown as Record<string, (...args: unknown[]) => unknown>;
  expect(textOf(() => loose.get_num_threads({ a: 1 }))).toBe("torch.get_num_threads() takes no keyword arguments");
  expect(textOf(() => loose.set_num_threads(1, { a: 1 }))).toBe("torch.set_num_threads() takes no keyword arguments");
  expect(textOf(() => loose.set_num_threads())).toBe("torch.set_num_threads() takes exactly one argument (0 given)");
  expect(loose.is_tensor({ a: 1 })).toBe(false);
  expect(loose.is_tensor({ obj: torch.ones(1) })).toBe(true);
  expect(textOf(() => loose.is_tensor())).toBe("is_tensor() missing 1 required positional argument: 'obj'");
});
