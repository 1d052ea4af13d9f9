// npm run fuzz:files [-- COUNT [FIRST [READER ...]]]: mutations for each reader, a million unless told, and what became
// of them.

import { fuzz, readers } from "./fuzz.js";

const [count = "1000000", first = "0", ...names] = process.argv.slice(2);
const STEP = 10_000;

process.removeAllListeners("warning");
for (const name of names.length ? names : Object.keys(readers)) {
  const started = performance.now();
  let loaded = 0;
  let peak = 0;
  const errors = new Map<string, number>();
  for (let done = 0; done < Number(count); done += STEP) {
    const figures = fuzz(name, Math.min(STEP, Number(count) - done), Number(first) + done);
    loaded += figures.loaded;
    for (const [kind, times] of figures.errors) errors.set(kind, (errors.get(kind) ?? 0) + times);
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const kinds = [...errors].map(([kind, times]) => `${kind} ${times}`).join(", ");
  console.log(
    `${name}: ${count} mutations in ${seconds} s, ${loaded} loaded, ${kinds}; RSS ${(peak / 1e6).toFixed(0)} MB`,
  );
}
