// Which of the public names of Python's torch there are here: names.json, recorded with Python, against the package.

import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";

export type Status = "yes" | "not possible" | "not yet";

export interface Entry {
  readonly module: string;
  readonly name: string;
  readonly status: Status;
  /** Why it is not possible. */
  readonly reason: string;
}

export interface Reason {
  /** Full names; `*` stands for any text without a dot, `**` for any text. */
  readonly names: readonly string[];
  readonly reason: string;
  /** They are there, but only to throw an error that says so. */
  readonly refused?: boolean;
}

const read = (name: string) => JSON.parse(fs.readFileSync(path.join(import.meta.dirname, name), "utf8"));
export const recorded: Record<string, string[]> = read("names.json").names;
export const reasons: readonly Reason[] = read("reasons.json");

const matcher = (pattern: string) =>
  new RegExp(`^${pattern.replaceAll(".", ".").replace(/[*]+/g, (stars) => (stars === "*" ? "[^.]*" : ".*"))}$`);

/** The patterns that no recorded name matches. */
export function unusedPatterns(): string[] {
  const all = Object.entries(recorded).flatMap(([module, names]) => names.map((name) => `${module}.${name}`));
  return reasons.flatMap(({ names }) => names).filter((pattern) => !all.some((name) => matcher(pattern).test(name)));
}

/** An object of each class whose members are recorded. */
const instances: Record<string, () => object> = {
  "torch.Tensor": () => torch.Tensor.prototype,
  "torch.Generator": () => torch.default_generator,
  "torch.Size": () => torch.empty(2).shape,
  "torch.device": () => torch.device("cpu"),
  "torch.dtype": () => torch.float32,
  "torch.finfo": () => torch.finfo(torch.float32),
  "torch.iinfo": () => torch.iinfo(torch.int32),
  "torch.UntypedStorage": () => torch.empty(2).untyped_storage(),
  "torch.nn.Module": () => torch.nn.Identity(),
};

// Python's special methods that are JavaScript's own here.
const special: Record<string, (object: object) => boolean> = {
  __call__: (object) => typeof object === "function",
  __contains__: (object) => "includes" in object,
  __getitem__: (object) => has(object, "__getitem__") || "index" in object || Array.isArray(object),
  __setitem__: (object) => has(object, "__setitem__") || "index_put_" in object,
  __iter__: (object) => Symbol.iterator in object,
  __len__: (object) => "length" in object,
};

/** Whether an object or what it inherits has a member; reading it might run a getter that throws. */
function has(object: object, name: string): boolean {
  for (
    let holder: object | null = object;
    holder && holder !== Object.prototype;
    holder = Object.getPrototypeOf(holder)
  ) {
    if (holder === Function.prototype || holder === Array.prototype) return false;
    if (Object.hasOwn(holder, name)) return true;
  }
  return false;
}

type Holder = Record<string, unknown> | ((...args: never[]) => unknown);

const isHolder = (value: unknown): value is Holder =>
  (typeof value === "object" && value !== null) || typeof value === "function";

/** What stands at a path such as "torch.nn.functional": on `torch`, or under the subpath that Python's module has. */
async function find(name: string): Promise<Holder | undefined> {
  let value: unknown = torch;
  for (const part of name.split(".").slice(1)) {
    value = isHolder(value) && has(value, part) ? (value as Record<string, unknown>)[part] : undefined;
  }
  // A function may stand where Python's module of the same name is (torch.nn.utils.spectral_norm): then the module counts.
  if (isHolder(value) && (typeof value !== "function" || "prototype" in value)) return value;
  try {
    return await import(["tstorch", ...name.split(".").slice(1)].join("/"));
  } catch {
    return isHolder(value) ? value : undefined;
  }
}

async function statusOf(module: string): Promise<(name: string) => boolean> {
  const holder = await find(module);
  if (!holder) return () => false;
  const isClass = module in instances || /\.[A-Z][^.]*$/.test(module);
  if (!isClass) return (name) => has(holder, name) || (holder as Record<string, unknown>)[name] !== undefined;
  const prototype = (holder as { prototype?: object }).prototype;
  const object = instances[module]?.() ?? prototype ?? holder;
  return (name) => special[name]?.(object) || has(object, name) || has(holder, name);
}

/** Every recorded name with its status. */
export async function entries(): Promise<Entry[]> {
  const patterns = reasons.flatMap(({ names, reason, refused = false }) =>
    names.map((name) => ({ test: matcher(name), reason, refused })),
  );
  const result: Entry[] = [];
  for (const [module, names] of Object.entries(recorded)) {
    const isThere = await statusOf(module);
    for (const name of names) {
      const { reason = "", refused = false } = patterns.find(({ test }) => test.test(`${module}.${name}`)) ?? {};
      const status = isThere(name) && !refused ? "yes" : reason ? "not possible" : "not yet";
      result.push({ module, name, status, reason: status === "not possible" ? reason : "" });
    }
  }
  return result;
}

const count = (entries: readonly Entry[], status: Status) => entries.filter((entry) => entry.status === status).length;

/** The share of names that are there, of those that can be. */
export function share(all: readonly Entry[]): string {
  const yes = count(all, "yes");
  const notYet = count(all, "not yet");
  const percent = ((100 * yes) / (yes + notYet)).toFixed(1);
  return `${yes} of the ${yes + notYet} names that can exist without Python (${percent} %); ${count(all, "not possible")} cannot`;
}

function groupBy(entries: readonly Entry[], key: (entry: Entry) => string): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(key(entry), [...(groups.get(key(entry)) ?? []), entry]);
  return groups;
}

const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

function section(module: string, entries: readonly Entry[]): string {
  const lines = [`## ${module}`];
  const yes = entries.filter((entry) => entry.status === "yes").map((entry) => entry.name);
  const notYet = entries.filter((entry) => entry.status === "not yet").map((entry) => entry.name);
  if (yes.length) lines.push(`Yes: ${listed(yes)}.`);
  if (notYet.length) lines.push(`Not yet: ${listed(notYet)}.`);
  const impossible = groupBy(
    entries.filter((entry) => entry.status === "not possible"),
    (entry) => entry.reason,
  );
  for (const [reason, group] of impossible) {
    lines.push(`Not possible (${reason}): ${listed(group.map((entry) => entry.name))}.`);
  }
  return lines.join("\n\n");
}

/** The text of docs/coverage.md. */
export function coverage(all: readonly Entry[], version: string): string {
  const modules = groupBy(all, (entry) => entry.module);
  const absent = [...modules].filter(([, group]) => group.every((entry) => entry.status === "not possible"));
  const others = [...modules].filter(([module]) => !absent.some(([other]) => other === module));
  const row = (name: string, group: readonly Entry[]) =>
    `| ${name} | ${count(group, "yes")} | ${count(group, "not yet")} | ${count(group, "not possible")} |`;
  const reasonsOf = (group: readonly Entry[]) => [...new Set(group.map((entry) => entry.reason))].join("; ");
  return `${[
    "# Coverage",
    `Every public name of Python's torch ${version}, as \`scripts/coverage/record.py\` finds them; \`npm run coverage\` writes this page.`,
    `There are ${share(all)}.`,
    ["| module | yes | not yet | not possible |", "|---|---|---|---|", ...others.map(([m, g]) => row(m, g))].join("\n"),
    ...others.map(([module, group]) => section(module, group)),
    "## Modules that are not possible",
    [
      "| module | names | why |",
      "|---|---|---|",
      ...absent.map(([m, g]) => `| ${m} | ${g.length} | ${reasonsOf(g)} |`),
    ].join("\n"),
  ].join("\n\n")}\n`;
}

export const version: string = read("names.json").version;
export const page = path.join(import.meta.dirname, "../../docs/coverage.md");
