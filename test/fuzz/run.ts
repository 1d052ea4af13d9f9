// npm run fuzz [-- --calls N --seed N --first N --limit MS --memory MB --jobs N]: calls every signature of the table with
// arguments right and wrong, and prints what ended a process or took too long.

import { parseArgs } from "node:util";
import { signatureCount } from "./calls.js";
import { fuzz } from "./fuzz.js";

const number = (value: string) => ({ type: "string" as const, default: value });
const { values } = parseArgs({
  options: {
    calls: number("100000"),
    seed: number("0"),
    first: number("0"),
    limit: number("2000"),
    memory: number("2048"),
    jobs: number("1"),
  },
});
const [calls, seed, first, limit, memory, jobs] = [
  values.calls,
  values.seed,
  values.first,
  values.limit,
  values.memory,
  values.jobs,
].map(Number);

const started = performance.now();
const share = Math.ceil(calls / jobs);
const reports = await Promise.all(
  Array.from({ length: jobs }, (_, job) => {
    const begin = job * share;
    const options = {
      seed,
      first: first + begin,
      calls: Math.min(share, calls - begin),
      limit,
      memory: memory * 2 ** 20,
    };
    return fuzz(options, (line) => console.log(line));
  }),
);
const sum = (of: (report: (typeof reports)[number]) => number) => reports.reduce((n, report) => n + of(report), 0);
console.log(
  `${calls} calls of ${signatureCount} signatures (seed ${seed}) in ${((performance.now() - started) / 1000).toFixed(0)} s: ` +
    `${sum((r) => r.returned)} returned, ${sum((r) => r.threw)} threw, ${sum((r) => r.crashes.length)} ended the process, ` +
    `${sum((r) => r.slow.length)} took more than ${limit} ms, ${sum((r) => r.notErrors.length)} threw no Error, ` +
    `${sum((r) => r.leftOut)} left out as known`,
);
for (const { notErrors } of reports) for (const line of notErrors) console.log(line);
process.exitCode = sum((r) => r.crashes.length + r.notErrors.length) ? 1 : 0;
