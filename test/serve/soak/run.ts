// npm run soak [-- --minutes 30]: mixed load; fails for a request that failed, memory that grows, or a request that SIGTERM lost.
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ask, classify, load, serve, trained } from "../service.js";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "30" } } });
const minutes = Number(values.minutes);
const CLIENTS = 16;
const POISON = { ids: [137] };

const service = await serve({ MODEL: trained(), WORKERS: "2", TIMEOUT: "300000" }, "test/serve/soak/server.ts");
const { url, child } = service;
const figure = async (name: string) => {
  const { body } = await ask(`${url}/metrics`);
  return Number(new RegExp(`^${name} (\\S+)`, "m").exec(body)?.[1]);
};

const WORDS = "hello my parcel has not arrived i was charged twice the app crashes thanks".split(" ");
const random = (end: number) => Math.floor(Math.random() * end);
/** Texts and ids of all lengths. */
function input(): unknown {
  const length = 1 + random(random(4) === 0 ? 200 : 20);
  if (random(2) === 0) return { ids: Array.from({ length }, () => random(100)) };
  return { text: Array.from({ length }, () => WORDS[random(WORDS.length)]).join(" ") };
}

let isOver = false;
/** Clients that go before they are answered. */
async function impatient(): Promise<void> {
  while (!isOver) {
    const signal = AbortSignal.timeout(1 + random(5));
    await classify(url, input(), { signal }).catch(() => undefined);
    await sleep(20);
  }
}

/** Megabytes a minute, by least squares. */
function slope(samples: readonly (readonly [minute: number, megabytes: number])[]): number {
  const mean = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const x = mean(samples.map(([minute]) => minute));
  const y = mean(samples.map(([, size]) => size));
  const covariance = mean(samples.map(([minute, size]) => (minute - x) * (size - y)));
  return covariance / mean(samples.map(([minute]) => (minute - x) ** 2));
}

const loaded = load(url, CLIENTS, input, () => isOver);
const others = impatient();
const begin = performance.now();
const elapsed = () => (performance.now() - begin) / 60_000;
const samples: [number, number][] = [];
while (elapsed() < minutes) {
  await sleep(Math.min(5000, minutes * 1000));
  samples.push([elapsed(), (await figure("process_resident_memory_bytes")) / 2 ** 20]);
  if (samples.length % 12 === 0) console.log(`${elapsed().toFixed(1)} min, ${samples.at(-1)?.[1].toFixed(0)} MB`);
}
isOver = true;
const { answered, wrong } = await loaded;
await others;
const WARM_UP = 5;
/** Before their first full collections, heaps grow. */
const growth = minutes >= 2 * WARM_UP ? slope(samples.filter(([minute]) => minute > WARM_UP)) : undefined;
console.log(`${answered} requests, ${wrong.length} failed`);
console.log(growth === undefined ? "too short to judge memory" : `memory: ${growth.toFixed(2)} MB/min after warm-up`);

// Killed workers: a request that ends its worker fails alone; one that is terminated fails those that it computed alone.
isOver = false;
const during = load(url, CLIENTS, input, () => isOver);
const KILLS = 3;
let poisoned = 0;
for (let i = 0; i < KILLS; i++) {
  await sleep(500);
  child.kill("SIGUSR2");
  await sleep(2000);
  if ((await classify(url, POISON)).status === 500) poisoned++;
}
await sleep(500);
isOver = true;
const killed = await during;
const until = performance.now() + 60_000;
while ((await figure("serve_workers_ready")) < 2 && performance.now() < until) await sleep(100);
const [ready, restarts] = [await figure("serve_workers_ready"), await figure("serve_worker_restarts_total")];
console.log(
  `killed workers: ${killed.answered} requests answered meanwhile, ${killed.wrong.length} failed in ${KILLS} terminated workers; ` +
    `${poisoned} of ${KILLS} requests that end their worker got 500; ${restarts} restarts, ${ready} workers ready`,
);

// SIGTERM under load, and requests on new connections until they are refused.
const term = load(url, CLIENTS, input, () => false);
const once = async () => {
  for (;;) {
    try {
      if ((await classify(url, input(), { agent: new http.Agent() })).status !== 200) return "a wrong status";
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  }
};
const fresh = once();
await sleep(500);
child.kill("SIGTERM");
const last = await term;
const end = await service.ended;
console.log(`SIGTERM: ${last.answered} answered, ${last.wrong.length} lost, ${last.refused} refused; exit code ${end}`);
console.log(`a client with a new connection for each request ended with ${await fresh}`);
for (const line of [...wrong, ...last.wrong, ...killed.wrong].slice(0, 10)) console.log(line);

const atMost = KILLS * 2 * 32;
const failed =
  wrong.length > 0 ||
  (growth !== undefined && !(growth < 1)) ||
  killed.wrong.some((line) => !line.startsWith("500")) ||
  killed.wrong.length > atMost ||
  poisoned < KILLS ||
  !(restarts >= KILLS * 2) ||
  ready !== 2 ||
  last.wrong.length > 0 ||
  end !== 0;
process.exit(failed ? 1 : 0);
