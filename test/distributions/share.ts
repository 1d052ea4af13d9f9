// npx tsx test/distributions/share.ts FILE: prints which share of a recording of record.py passes, and what fails.

import * as torch from "tstorch";
import { load, replay } from "./replay.js";

torch.set_num_threads(1);
const { seed, cases } = load(process.argv[2]);
const failures = cases.flatMap((recorded) => {
  const found = replay(recorded, seed);
  return found === null ? [] : [`${recorded.name}: ${found}\n    ${JSON.stringify(recorded.expr).slice(0, 300)}`];
});
for (const failure of failures.slice(0, Number(process.argv[3] ?? 50))) console.log(failure);
const passed = cases.length - failures.length;
console.log(`${passed} of ${cases.length} passed (${((100 * passed) / cases.length).toFixed(2)} %)`);
