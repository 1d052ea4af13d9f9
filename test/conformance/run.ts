// npm run conformance [-- RECORDING... --only REGEX --failures N]: replays the recordings and prints what failed and the shares.
import { parseArgs } from "node:util";
import { type Recording, recordings, replay, table } from "./recordings.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string" }, failures: { type: "string", default: "0" } },
});
const options = ["--failures", values.failures, ...(values.only ? ["--only", values.only] : [])];
const chosen = recordings.filter((recording) => !positionals.length || positionals.includes(recording));

const scores = new Map<Recording, ReturnType<typeof replay>>();
for (const recording of chosen) {
  const score = replay(recording, options);
  scores.set(recording, score);
  console.log(score.output.trimEnd().split("\n").slice(0, -1).join("\n"));
}
console.log(`\n${table(scores)}`);
