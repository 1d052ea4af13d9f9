// Import, first operator, and the memory that takes.
const started = performance.now();
const torch = await import("tstorch");
torch.ones(2).add(1);
const taken = performance.now() - started;
const { report, rss } = await import("./measure.mjs");
report("import + first operator", taken, "ms");
report("RSS after it", rss(), "MB");
