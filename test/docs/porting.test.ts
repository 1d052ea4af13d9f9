// Every line of TypeScript in docs/porting.md compiles, runs, and prints what the page says.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Block, type Row, read } from "./page.js";

const root = path.resolve(import.meta.dirname, "../..");
const sections = read(fs.readFileSync(path.join(root, "docs/porting.md"), "utf8"));
const isTypeScript = (part: Row | Block): part is Block => part.kind === "block" && part.language === "ts";
const preamble = sections[0].parts.filter(isTypeScript)[0].code;
const worked = sections.find(({ title }) => title === "A whole script");
const examples = sections.filter(
  (section) => section !== sections[0] && section !== worked && section.parts.length > 0,
);

const isImport = (part: Row | Block) => part.kind === "row" && part.typescript.startsWith("import ");

/** A row as statements: its last expression is printed where the page says what is printed. */
function statements({ line, typescript, prints }: Row): string {
  if (!prints) return `${typescript};`;
  if (/^\w*Error: /.test(prints)) return `// @ts-ignore\nthrows(${line}, () => ${typescript});`;
  const parts = typescript.split("; ");
  const last = parts.pop();
  return [...parts, `prints(${line}, ${last})`].map((part) => `${part};`).join("\n");
}

const helpers = `export const printed = new Map<number, string>();
const prints = (line: number, value: unknown) => {
  printed.set(line, torch.py.str(value));
};
const throws = (line: number, body: () => unknown) => {
  try {
    body();
    printed.set(line, "no error");
  } catch (error) {
    printed.set(line, \`\${(error as Error).name}: \${(error as Error).message}\`);
  }
};`;

function moduleOf(parts: readonly (Row | Block)[]): string {
  const lines = parts
    .filter((part) => (part.kind === "row" && !isImport(part)) || isTypeScript(part))
    .map((part) => (part.kind === "row" ? statements(part) : part.code));
  return [preamble, helpers, ...lines].join("\n");
}

const folder = path.join(import.meta.dirname, ".porting");

beforeAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  examples.forEach((section, i) => {
    fs.writeFileSync(path.join(folder, `section${i}.ts`), moduleOf(section.parts));
    for (const part of section.parts.filter(isImport) as Row[]) {
      fs.writeFileSync(path.join(folder, `import${part.line}.ts`), `${part.typescript};\n`);
    }
  });
  const settings = { extends: "../../../tsconfig.json", compilerOptions: { noEmit: false }, include: ["*.ts"] };
  fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(settings));
}, 300_000);

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test("the compiler takes every line", { timeout: 300_000 }, () => {
  let errors = "";
  try {
    execFileSync(path.join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8", shell: false });
  } catch (error) {
    errors = (error as { stdout: string }).stdout;
  }
  expect(errors).toBe("");
});

test.for(examples.map((section, i) => ({ ...section, i })))("$title", async ({ parts, i }) => {
  const { printed } = await import(path.join(folder, `section${i}.js`));
  for (const { line, prints, typescript } of parts.filter((part) => part.kind === "row")) {
    // A tensor of several lines stands in one, as a table has no lines.
    if (prints) expect(printed.get(line).replace(/\n+ */g, " "), typescript).toBe(prints);
  }
  for (const { line } of parts.filter(isImport)) await import(path.join(folder, `import${line}.js`));
});

test("the worked script is the example", () => {
  const sources: Record<string, string> = {};
  for (const [language, ending] of [
    ["python", "py"],
    ["ts", "ts"],
  ]) {
    sources[language] = fs.readFileSync(path.join(root, `examples/tutorials/lstm_tagger.${ending}`), "utf8");
  }
  const blocks = worked?.parts.filter((part) => part.kind === "block") ?? [];
  expect(blocks.length).toBeGreaterThan(10);
  for (const { language, code } of blocks) expect(sources[language]).toContain(code);
});
