// child.ts SEED FIRST LAST FILE: makes the calls, writing how far it got into FILE before each of them.

import fs from "node:fs";
import * as torch from "tstorch";
import { callAt, helpers } from "./calls.js";
import { generated } from "./table.js";
import { unguarded } from "./unguarded.js";

const [seed, first, last] = process.argv.slice(2, 5).map(Number);
const file = fs.openSync(process.argv[5], "r+");
const names = ["torch", "generated", ...Object.keys(helpers)];
const values = [torch, generated, ...Object.values(helpers)];

process.removeAllListeners("warning");
process.on("warning", () => {});
torch.set_num_threads(1);

// index of the call, how many returned, threw, and were left out
const progress = new Float64Array(4);
for (let index = first; index < last; index++) {
  progress[0] = index;
  fs.writeSync(file, progress, 0, progress.byteLength, 0);
  const { name, text } = callAt(seed, index);
  if (unguarded.has(name)) {
    progress[3]++;
    continue;
  }
  try {
    torch.tidy(() => void new Function(...names, `return ${text}`)(...values));
    progress[1]++;
  } catch (error) {
    if (!(error instanceof Error)) console.log(`call ${index} threw a ${typeof error}: ${text}`);
    progress[2]++;
  }
}
progress[0] = last;
fs.writeSync(file, progress, 0, progress.byteLength, 0);
