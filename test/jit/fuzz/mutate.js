// node mutate.js FILE COUNT SEED: loads so many changed and so many shortened copies of a recording; prints how many
// were loaded and refused. A refusal without the file's name, or any other end of the process, is a fault.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as torch from "tstorch";

const [name, count, seed] = process.argv.slice(2);
const original = fs.readFileSync(path.join(import.meta.dirname, "..", "recordings", name));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "jit-fuzz-"));
const target = path.join(folder, "changed.pt");

let state = Number(seed) * 2654435761;
function below(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state % n;
}

function mutate(bytes) {
  const changed = Buffer.from(bytes);
  for (let i = 0; i <= below(4); i++) {
    const at = below(changed.length);
    if (below(2)) changed[at] = below(256);
    else changed.copy(changed, at, below(changed.length), Math.min(changed.length, at + below(64)));
  }
  return changed;
}

let loaded = 0;
let refused = 0;
function attempt(bytes) {
  fs.writeFileSync(target, bytes);
  try {
    torch.jit.load(target);
    loaded++;
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith(`${target}: `)) throw error;
    refused++;
  }
}

process.on("warning", () => {});
for (let i = 0; i < Number(count); i++) {
  attempt(mutate(original));
  attempt(original.subarray(0, below(original.length)));
}
fs.rmSync(folder, { recursive: true });
console.log(JSON.stringify({ loaded, refused }));
