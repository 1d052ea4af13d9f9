// What editors show: every public function has a description with its signature, and the link to its page where there is one.

import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const dist = path.join(import.meta.dirname, "../../dist");

interface Declared {
  readonly name: string;
  readonly doc: string;
}

/** The public functions that a file of declarations exports, each with the comment before its first declaration. */
function declared(file: string): Declared[] {
  const text = fs.readFileSync(path.join(dist, file), "utf8");
  const found = new Map<string, string>();
  const pattern = /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?export (?:declare )?(function|const) (\w+)(?=[:(<])/g;
  for (const [, doc = "", , name] of text.matchAll(pattern)) {
    if (/^(_|[A-Z_]+$)/.test(name) || doc.includes("@internal") || found.has(name)) continue;
    found.set(name, doc);
  }
  return [...found].map(([name, doc]) => ({ name, doc }));
}

const generated = ["torch", "nn", "linalg", "fft", "special", "sparse", "nested"].map(
  (name) => `generated/${name}.d.ts`,
);

test("functions of the table: signature, sentence, link", () => {
  const functions = generated.flatMap(declared);
  expect(functions.length).toBeGreaterThan(600);
  const signature = ({ name, doc }: Declared) => doc.includes(`${name}(`) && doc.includes("->");
  expect(functions.filter((one) => !signature(one)).map(({ name }) => name)).toEqual([]);
  const linked = functions.filter(({ doc }) => doc.includes("https://docs.pytorch.org/docs/2.15/"));
  console.log(`${functions.length} functions of the table: ${linked.length} with a page`);
  expect(linked.length).toBeGreaterThan(650); // cudnn_convolution and such: PyTorch does not document them
});

test("methods of Tensor: signature, sentence, link", () => {
  const text = fs.readFileSync(path.join(dist, "generated/tensor.d.ts"), "utf8");
  const methods = new Map<string, string>();
  for (const [, doc = "", name] of text.matchAll(/^ {4}(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?([a-z]\w*)[(<]/gm)) {
    if (!methods.has(name)) methods.set(name, doc);
  }
  expect(methods.size).toBeGreaterThan(400);
  const bare = [...methods].filter(([name, doc]) => !doc.includes(`${name}(`)).map(([name]) => name);
  expect(bare).toEqual([]);
});

const written = [
  ...["functional", "random", "tensor_new", "nested", "sparse", "library", "overrides", "quasirandom"],
  ...["utils/dlpack", "utils/swap_tensors", "masked/_ops", "masked/maskedtensor/core", "masked/maskedtensor/creation"],
  ...["foreach/index", "linalg", "testing/index", "serialization", "autograd/grad_mode", "autograd/functional"],
  ...fs
    .readdirSync(path.join(dist, "torch_functions"))
    .filter((name) => name.endsWith(".d.ts") && name !== "constants.d.ts")
    .map((name) => `torch_functions/${name.slice(0, -5)}`),
  ...fs
    .readdirSync(path.join(dist, "nn/functional"))
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => `nn/functional/${name.slice(0, -5)}`),
  ...fs
    .readdirSync(path.join(dist, "signal/windows"))
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => `signal/windows/${name.slice(0, -5)}`),
].filter((name) => fs.existsSync(path.join(dist, `${name}.d.ts`)));

test("functions written by hand have a description", () => {
  const functions = written.flatMap((name) => declared(`${name}.d.ts`).map((one) => ({ ...one, file: name })));
  expect(functions.length).toBeGreaterThan(250);
  expect(functions.filter(({ doc }) => doc === "").map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
});
