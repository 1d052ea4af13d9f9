// What the benchmarks in TypeScript share; measure.py is the same in Python. Each figure is a line `name: number unit`.
import fs from "node:fs";
import { PerformanceObserver } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";

/** One of three values, by the length of the run: BENCH_LENGTH is "full", "quick" for a look, or "once" for a test. */
export function sized(full, quick, once) {
  return { full, quick, once }[process.env.BENCH_LENGTH ?? "full"];
}

// Of a machine that others use as well, the time of this process says more than the clock on the wall.
const nanoseconds = {
  wall: () => Number(process.hrtime.bigint()),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) * 1e3;
  },
}[process.env.BENCH_CLOCK ?? "wall"];

const seconds = () => performance.now() / 1e3;

/** Into how many slices a measurement is cut; the twins measure one slice each in turn. */
const SLICES = sized(9, 3, 1);

/** Lets the twin run and waits until it has done its slice: a line "turn" to suite/rounds.ts, which answers with a byte. */
function turn() {
  if (process.env.BENCH_TURNS === undefined) return;
  fs.writeSync(1, "turn\n");
  fs.readSync(0, new Uint8Array(1));
}

export function report(name, value, unit) {
  console.log(`${name}: ${value >= 100 ? value.toFixed(0) : Number(value.toPrecision(4))} ${unit}`);
}

/** Calls a function for so long, and on until so many calls or three seconds; returns how many calls a second takes. */
function warmUp(call, least, leastCalls) {
  const started = seconds();
  let taken = 0;
  let calls = 0;
  do {
    call();
    calls++;
    taken = seconds() - started;
  } while (taken < least || (calls < leastCalls && taken < 3));
  return calls / taken;
}

/** Measures the calls in a row of 0.3 s, in slices; garbage collection is part of it. */
export function measure(name, call) {
  const rate = warmUp(call, sized(0.15, 0.05, 0), sized(300, 100, 1));
  const calls = Math.max(1, Math.ceil((rate * sized(0.3, 0.1, 0)) / SLICES));
  for (let slice = 0; slice < SLICES; slice++) {
    turn();
    for (let i = 0; i < calls / 10; i++) call(); // the twin had the caches
    const started = nanoseconds();
    for (let i = 0; i < calls; i++) call();
    report(name, (nanoseconds() - started) / calls, "ns");
  }
}

export const rss = () => process.memoryUsage.rss() / 2 ** 20;
export const peakRss = () => process.resourceUsage().maxRSS / 2 ** 10;

/** Runs a function, and gives how many milliseconds garbage collections took. */
export async function collecting(run) {
  let collected = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collected += duration;
  });
  observer.observe({ entryTypes: ["gc"] });
  run();
  await setImmediate(); // the entries arrive with the event loop's turn
  await setImmediate();
  observer.disconnect();
  return collected;
}

/** Repeats a training step, which returns its loss: what a step takes, the slowest ones, and memory. */
export async function train(step) {
  let loss;
  for (let i = 0; i < 20; i++) loss = step();
  report("loss after 20 steps", loss, "loss");
  warmUp(step, sized(1, 0.2, 0), sized(1000, 200, 1));

  const times = [];
  let running = 0;
  const collected = await collecting(() => {
    for (let slice = 0; slice < SLICES; slice++) {
      turn();
      step(); // the twin had the caches
      const begin = performance.now();
      const started = nanoseconds();
      const until = seconds() + sized(3, 0.5, 0) / SLICES;
      const least = sized(1000, 100, 1) / SLICES;
      let steps = 0;
      do {
        const before = performance.now();
        step();
        times.push(performance.now() - before);
        steps++;
      } while (seconds() < until || steps < least);
      report("step", (nanoseconds() - started) / steps / 1e3, "us");
      running += performance.now() - begin;
    }
  });
  times.sort((a, b) => a - b);
  report("p99.9 of steps", times[Math.ceil(times.length * 0.999) - 1] * 1e3, "us");
  report("RSS", rss(), "MB");
  report("peak RSS", peakRss(), "MB");
  report("garbage collection", (100 * collected) / running, "%");
}
