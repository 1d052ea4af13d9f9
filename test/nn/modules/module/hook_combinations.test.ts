import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import { expect, test } from "vitest";

// biome-ignore-start lint/suspicious/noExplicitAny: hooks of all kinds

interface Case {
  readonly kind: string;
  readonly first: Record<string, boolean>;
  readonly second: Record<string, boolean>;
  readonly returns: string;
  readonly raises: string;
  readonly log: readonly string[];
}

const file = path.join(import.meta.dirname, "recordings/hook_combinations.json");
const cases: Case[] = JSON.parse(fs.readFileSync(file, "utf8"));

class Scale extends torch.nn.Module {
  constructor(
    readonly log: string[],
    readonly fails: boolean,
  ) {
    super();
  }

  override forward(x: torch.Tensor, { scale = 1 }: { scale?: number } = {}): torch.Tensor {
    this.log.push(`forward ${text(x)} ${scale}`);
    if (this.fails) throw new torch.ValueError("forward failed");
    return x.mul(scale);
  }
}

function text(value: unknown): string {
  if (value instanceof torch.Tensor) return `[${value.tolist().join(", ")}]`;
  if (Array.isArray(value)) return `(${value.map(text).join(" ")})`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, one]) => `${key}=${one}`)
      .join(" ")}}`;
  }
  return value === null ? "None" : String(value);
}

function result(kind: string, returns: string, args: any[]): unknown {
  if (returns === "nothing") return undefined;
  if (returns === "wrong") return 5;
  if (kind === "forward") return args.at(-1).add(100);
  if (kind === "forward_pre") {
    const value = args[0][0].add(100);
    if (returns === "pair") return [[value], { scale: 7 }];
    return returns === "value" ? value : [value];
  }
  const grads = args[0].map((grad: torch.Tensor) => grad.add(100));
  return returns === "value" ? grads[0] : grads;
}

function run({ kind, first, second, returns, raises }: Case): string[] {
  const log: string[] = [];
  const module: any = new Scale(log, raises === "forward");
  const x = torch.tensor([1, 2], { dtype: torch.float32, requires_grad: kind.startsWith("full_backward") });
  const hook =
    (name: string, given: string) =>
    (_module: unknown, ...args: any[]) => {
      log.push(`${name} ${args.map(text).join(" ")}`);
      if (raises === name) throw new torch.ValueError(`${name} failed`);
      return result(kind, given, args);
    };
  module[`register_${kind}_hook`](hook("a", "nothing"), first);
  module[`register_${kind}_hook`](hook("b", returns), second);
  try {
    const output = module(x, { scale: 3 });
    log.push(`output ${text(output)}`);
    if (x.requires_grad) {
      output.sum().backward();
      log.push(`grad ${text(x.grad)}`);
    }
  } catch (error) {
    log.push(`${(error as Error).name}: ${(error as Error).message.split(", but got")[0]}`);
  }
  return log;
}

test("hooks are called as Python calls them", () => {
  expect(cases.length).toBeGreaterThan(200);
  const wrong = cases.flatMap(({ log, ...rest }) => {
    const ours = run({ ...rest, log });
    return ours.join("\n") === log.join("\n")
      ? []
      : [`${JSON.stringify(rest)}: ${ours.join("; ")}, not ${log.join("; ")}`];
  });
  expect(wrong).toEqual([]);
});

// biome-ignore-end lint/suspicious/noExplicitAny: see above
