// The declarations that modules of the package export, followed through the files that hand them on.

import fs from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "../..");
const exported: Record<string, { readonly types?: string }> = JSON.parse(
  fs.readFileSync(path.join(root, "package.json"), "utf8"),
).exports;

/** A declaration, with the comment before it. */
export interface Declaration {
  readonly file: string;
  readonly doc: string;
  readonly isFunction: boolean;
}

interface File {
  readonly own: ReadonlyMap<string, Declaration>;
  /** What is named in another file: its name there and the file. */
  readonly named: ReadonlyMap<string, readonly [string, string]>;
  readonly all: readonly string[];
}

const files = new Map<string, File>();

const comment = String.raw`(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?`;
const declaration = new RegExp(String.raw`${comment}export (?:declare )?(function|const|class) (\w+)`, "g");
const local = new RegExp(String.raw`${comment}^declare (function|const|class) (\w+)`, "gm");

function read(file: string): File {
  const known = files.get(file);
  if (known) return known;
  const text = fs.readFileSync(file, "utf8");
  const other = (from: string) => path.join(path.dirname(file), from.replace(/\.js$/, ".d.ts"));
  const own = new Map<string, Declaration>();
  for (const [, doc = "", kind, name] of [...text.matchAll(local), ...text.matchAll(declaration)]) {
    if (!own.has(name) || own.get(name)?.doc === "") own.set(name, { file, doc, isFunction: kind !== "class" });
  }
  const named = new Map<string, readonly [string, string]>();
  for (const [, , list, from] of text.matchAll(/(import|export) (?:type )?\{([^}]*)\} from "(\.[^"]*)"/g)) {
    for (const part of list.split(",")) {
      const [name, as = name] = part
        .trim()
        .replace(/^type /, "")
        .split(" as ");
      if (name) named.set(as, [name, other(from)]);
    }
  }
  for (const [, list] of text.matchAll(/export \{([^}]*)\};/g)) {
    for (const part of list.split(",")) {
      const [name, as = name] = part.trim().split(" as ");
      if (as !== name) named.set(as, [name, file]);
    }
  }
  const all = [...text.matchAll(/export \* from "(\.[^"]*)"/g)].map(([, from]) => other(from));
  const made: File = { own, named, all };
  files.set(file, made);
  return made;
}

function follow(file: string, name: string, seen = new Set<string>()): Declaration | undefined {
  if (seen.has(`${file} ${name}`) || !fs.existsSync(file)) return undefined;
  seen.add(`${file} ${name}`);
  const { own, named, all } = read(file);
  const there = named.get(name);
  if (there) return follow(there[1], there[0], seen);
  if (own.has(name)) return own.get(name);
  for (const next of all) {
    const found = follow(next, name, seen);
    if (found) return found;
  }
  return undefined;
}

/** What a Python module's name stands for here; undefined where no file declares it. */
export function declarationOf(module: string, name: string): Declaration | undefined {
  const subpath = module === "torch" ? "." : `./${module.split(".").slice(1).join("/")}`;
  const types = exported[subpath]?.types;
  return types ? follow(path.join(root, types), name) : undefined;
}
