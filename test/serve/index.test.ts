import path from "node:path";
import { build } from "esbuild";
import * as serve from "tstorch/serve";
import { expect, test } from "vitest";

test("tstorch/serve is not loaded with tstorch", async () => {
  const entry = path.resolve(import.meta.dirname, "../../lib/index.ts");
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "silent",
  });
  const files = Object.keys(metafile.inputs);
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => file.includes("lib/serve/"))).toEqual([]);
  expect(Object.keys(serve)).toEqual(expect.arrayContaining(["Batcher", "WorkerPool", "pack_batch", "QueueFullError"]));
});
