// npm run exit-matrix [-- --repetitions 100 --only worker]: each scenario many times; fails for one wrong end.
import { parseArgs } from "node:util";
import { codes, end, long } from "./scenarios.js";

const { values } = parseArgs({
  options: { repetitions: { type: "string", default: "100" }, only: { type: "string", default: "" } },
});
let failed = 0;
for (const scenario of Object.keys(codes).filter((name) => name.includes(values.only))) {
  const times = long.has(scenario) ? 1 : Number(values.repetitions);
  const wrong: (number | string)[] = [];
  for (let i = 0; i < times; i++) {
    const how = await end(scenario);
    if (how !== codes[scenario]) wrong.push(how);
  }
  failed += wrong.length;
  console.log(`${scenario}: ${times} times, ${wrong.length} wrong`);
  for (const how of wrong.slice(0, 3)) console.log(how);
}
console.log(failed === 0 ? "every process ended as it should" : `${failed} wrong ends`);
process.exit(failed === 0 ? 0 : 1);
