// Import, first operator, and the memory that takes: milliseconds and megabytes.
const started = performance.now();
const torch = await import("tstorch");
torch.ones(2).add(1);
console.log(`import + first operator, ms ${(performance.now() - started).toFixed(0)}`);
console.log(`RSS after it, MB ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)}`);
