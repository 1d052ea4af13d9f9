// npm run fuzz:serve [-- --requests 100000 --seed 1]: hostile requests; fails for a wrong status, a service that ended, or one that leaks.
import { parseArgs } from "node:util";
import { ask, classify, serve, trained } from "../service.js";
import { fuzz } from "./fuzz.js";

const { values } = parseArgs({
  options: { requests: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const requests = Number(values.requests);
const ROUNDS = 10;

const service = await serve({ MODEL: trained(), WORKERS: "2" });
const input = { text: "my parcel has not arrived yet" };
const before = (await classify(service.url, input)).body;
const memory = async () => {
  const { body } = await ask(`${service.url}/metrics`);
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(body)?.[1]) / 2 ** 20;
};

const statuses: Record<string, Record<number, number>> = {};
const wrong: string[] = [];
const sizes: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const count = Math.ceil(requests / ROUNDS);
  const report = await fuzz(service.url, count, Number(values.seed) + round * count);
  wrong.push(...report.wrong);
  for (const [name, counts] of Object.entries(report.statuses)) {
    statuses[name] ??= {};
    for (const [status, n] of Object.entries(counts)) statuses[name][+status] = (statuses[name][+status] ?? 0) + n;
  }
  sizes.push(await memory());
  console.log(`${(round + 1) * count} requests, ${wrong.length} wrong statuses, ${sizes.at(-1)?.toFixed(0)} MB`);
}

console.table(statuses);
for (const line of wrong.slice(0, 20)) console.log(line);
const after = (await classify(service.url, input)).body;
const same = JSON.stringify(after) === JSON.stringify(before);
const growth = sizes[ROUNDS - 1] - sizes[ROUNDS / 2 - 1];
const { queue_length, running } = (await ask(`${service.url}/live`)).body;
service.child.kill("SIGTERM");
const end = await service.ended;
console.log(`wrong statuses: ${wrong.length}; exit code: ${end}; same answer as before: ${same}`);
console.log(`left in the queue: ${queue_length + running}; growth in the second half: ${growth.toFixed(1)} MB`);
const failed = wrong.length > 0 || end !== 0 || !same || queue_length + running > 0 || growth > 20;
process.exit(failed ? 1 : 0);
