// Every function and method of the generated table with its signatures.

import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import { type ParsedSignature, parseSignature, type Signature } from "../../lib/arguments/signature.js";

export interface Entry {
  /** How a call is written, up to its arguments; a method's begins with a dot. */
  readonly callee: string;
  readonly isMethod: boolean;
  readonly signatures: readonly ParsedSignature[];
}

type Functions = Record<string, unknown>;

const root = path.join(import.meta.dirname, "../..");
const load = (file: string) => import(path.join(root, "dist/generated", `${file}.js`)) as Promise<Functions>;

/** The modules in which the functions of each file are public. */
const modules: Record<string, Functions> = {
  torch,
  "nn.functional": torch.nn.functional,
  linalg: torch.linalg,
  fft: torch.fft,
  special: torch.special,
  sparse: torch.sparse,
  nested: torch.nested,
};
const files = Object.keys(modules).map((name) => name.split(".")[0]);

/** The functions of the table themselves, for those that no public name leads to. */
export const generated: Record<string, Functions> = Object.fromEntries(
  await Promise.all(files.map(async (file) => [file, await load(file)])),
);

/** A function under its public name; under the table's where that is something else, or where there is none. */
function functions(module: string): Entry[] {
  const [file] = module.split(".");
  const text = fs.readFileSync(path.join(root, "lib/generated", `${file}.ts`), "utf8");
  return [...text.matchAll(/^(?:export )?const (\w+)[\s\S]*?= operator\("\w+", (\[\n[\s\S]*?\n\])\);/gm)].flatMap(
    ([, name, records]) => {
      const signatures = (new Function(`return ${records}`)() as Signature[]).map(parseSignature);
      const key = generated[file][name] ? name : name.replace(/^_/, "");
      const isPublic = modules[module][key] === generated[file][key];
      const names = [
        ...(typeof modules[module][key] === "function"
          ? [`${module === "torch" ? "" : "torch."}${module}.${key}`]
          : []),
        ...(isPublic || !generated[file][key] ? [] : [`generated.${file}.${key}`]),
      ];
      return names.map((callee) => ({ callee, isMethod: false, signatures }));
    },
  );
}

const { methods } = (await load("tensor")) as { methods: Record<string, readonly Signature[]> };

export const entries: readonly Entry[] = [
  ...Object.keys(modules).flatMap(functions),
  ...Object.entries(methods).map(([name, signatures]) => ({
    callee: `.${name}`,
    isMethod: true,
    signatures: signatures.map(parseSignature),
  })),
];
