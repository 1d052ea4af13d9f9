// torch.export.load() of programs that Python saved: recordings/record.py made them, and what Python's module gave for the same calls.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as torch from "tstorch";
import { load } from "tstorch/export";
import { describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "recordings");

interface Call {
  args: unknown[];
  kwargs: Record<string, unknown>;
}

interface Recording {
  calls: (Call & { output: unknown; after: unknown[] })[];
  errors: (Call & { checked: boolean; type: string | null; message: string })[];
  state: Record<string, torch.Tensor>;
  text: string;
  signature: string;
  ranges: string;
}

const file = (name: string) => join(folder, `${name}.pt2`);
const recorded = (name: string) => torch.load(join(folder, `${name}.pt`)) as Recording;

const names = readdirSync(folder)
  .filter((name) => name.endsWith(".pt2"))
  .map((name) => name.slice(0, -".pt2".length));

/** Compares as torch.testing.assert_close() does, and the types of what is no tensor. */
function same(actual: unknown, expected: unknown, where = "output"): void {
  if (expected instanceof torch.Tensor) {
    expect(actual, where).toBeInstanceOf(torch.Tensor);
    torch.testing.assert_close(actual as torch.Tensor, expected, {
      equal_nan: true,
      msg: (text) => `${where}: ${text}`,
    });
    expect(String((actual as torch.Tensor).dtype), where).toBe(String(expected.dtype));
    return;
  }
  if (Array.isArray(expected)) {
    expect(Array.isArray(actual), where).toBe(true);
    expect((actual as unknown[]).length, where).toBe(expected.length);
    for (const [i, item] of expected.entries()) same((actual as unknown[])[i], item, `${where}[${i}]`);
    return;
  }
  if (typeof expected === "object" && expected !== null) {
    const [given, wanted] = [actual as Record<string, unknown>, expected as Record<string, unknown>];
    for (const key of Object.keys(wanted)) same(given[key], wanted[key], `${where}.${key}`);
    return;
  }
  expect(actual, where).toEqual(expected);
}

const given = ({ args, kwargs }: Call) => (Object.keys(kwargs).length > 0 ? [...args, kwargs] : args);

function thrown(body: () => unknown): { type: string | null; message: string } {
  try {
    body();
  } catch (error) {
    return { type: (error as Error).name, message: (error as Error).message };
  }
  return { type: null, message: "" };
}

describe.each(names)("%s", (name) => {
  const { calls, errors, state, signature, ranges } = recorded(name);

  test("outputs, changed inputs and buffers are Python's", () => {
    const module = load(file(name)).module();
    for (const call of calls) {
      same(module(...given(call)), call.output);
      same(call.args, call.after, "input");
    }
    const after = module.state_dict();
    expect(Object.keys(after).sort()).toEqual(Object.keys(state).sort());
    same(after, state, "state");
  });

  test("the same, awaited", async () => {
    const module = load(file(name)).module();
    for (const call of recorded(name).calls) {
      same(await module.forward_async(...given(call)), call.output);
      same(call.args, call.after, "input");
    }
    same(module.state_dict(), state, "state");
  });

  test("the signature and the ranges print as Python's", () => {
    const program = load(file(name));
    expect(String(program.graph_signature)).toBe(signature);
    const text = [...program.range_constraints].map(([symbol, range]) => `${symbol}: ${range}`).join(", ");
    expect(`{${text}}`).toBe(ranges);
  });

  test.runIf(errors.length > 0)("errors are Python's", () => {
    const program = load(file(name));
    const modules = new Map([true, false].map((checked) => [checked, program.module(checked)]));
    for (const { checked, type, message, ...call } of errors) {
      const module = modules.get(checked) as ReturnType<typeof program.module>;
      expect(thrown(() => module(...given(call)))).toEqual({ type, message });
    }
  });
});
