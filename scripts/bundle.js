#!/usr/bin/env node
// Makes one file of all modules that `import "tstorch"` reads, dist/tstorch.js: Node takes longer to find and read 400
// files than to load libtorch. Each module's own file stays, and re-exports its part. The threads' entry points and the
// installer, which nobody imports from there, stay as the compiler wrote them.
import path from "node:path";
import { rolldown } from "rolldown";

const dist = path.join(import.meta.dirname, "..", "dist");
const index = path.join(dist, "index.js");
const INSTALLER = path.join(dist, "install") + path.sep;

const output = { format: "esm", keepNames: true, comments: false }; // comments are in the declarations

/** The files of the modules that a module imports statically, itself included. */
async function importsOf(entry) {
  const bundle = await rolldown({ input: entry, platform: "node", treeshake: false, external: /^[^./]/ });
  const [chunk] = (await bundle.generate(output)).output;
  const files = Object.keys(chunk.modules).filter((file) => path.isAbsolute(file) && !file.startsWith(INSTALLER));
  for (const file of files) {
    if (path.dirname(file) === dist || !chunk.modules[file].code?.includes("import.meta")) continue;
    throw new Error(`${file} uses import.meta, which means another file once it is bundled: use lib/location.ts`);
  }
  return files;
}

const modules = new Set(await importsOf(index));
modules.delete(index);
const inOrder = [index, ...modules]; // index.js first: its imports give the order of evaluation
modules.add(index);

const bundle = await rolldown({
  input: Object.fromEntries(inOrder.map((file) => [path.relative(dist, file).slice(0, -".js".length), file])),
  platform: "node",
  treeshake: false,
  external: (id, _, isResolved) => (isResolved ? !modules.has(id) : !/^[./]/.test(id)),
});
await bundle.write({
  ...output,
  dir: dist,
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
  codeSplitting: { groups: [{ name: "tstorch", test: (id) => modules.has(id) }] },
});
