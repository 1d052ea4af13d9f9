// Prints how many collections of all objects, and of young ones, a loop over tensors of 1 MB brings about.
import { constants, PerformanceObserver } from "node:perf_hooks";
import * as torch from "tstorch";

const kinds = [];
new PerformanceObserver((list) => kinds.push(...list.getEntries().map(({ detail }) => detail.kind))).observe({
  entryTypes: ["gc"],
});
const big = torch.ones(2 ** 18);
await new Promise((done) => setTimeout(done, 50));
kinds.length = 0;
for (let i = 0; i < 1000; i++) big.add(1);
await new Promise((done) => setTimeout(done, 50));
const count = (kind) => kinds.filter((other) => other === kind).length;
console.log(
  JSON.stringify({
    all: count(constants.NODE_PERFORMANCE_GC_MAJOR),
    young: count(constants.NODE_PERFORMANCE_GC_MINOR),
  }),
);
