// What the benchmarks in TypeScript share; measure.py is the same in Python. Each figure is a line `name: number unit`.
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

/** Measures the calls in a row of 0.3 s; garbage collection is part of it. */
export function measure(name, call) {
  const calls = Math.ceil(warmUp(call, sized(0.15, 0.05, 0), sized(300, 100, 1)) * sized(0.3, 0.1, 0));
  const started = nanoseconds();
  for (let i = 0; i < calls; i++) call();
  report(name, (nanoseconds() - started) / Math.max(calls, 1), "ns");
}

export const rss = () => process.memoryUsage.rss() / 2 ** 20;
export const peakRss = () => process.resourceUsage().maxRSS / 2 ** 10;

/** Runs a function, and gives the share of its time, in percent, that garbage collections took. */
export async function collecting(run) {
  let collected = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collected += duration;
  });
  observer.observe({ entryTypes: ["gc"] });
  const started = performance.now();
  run();
  const taken = performance.now() - started;
  await setImmediate(); // the entries arrive with the event loop's turn
  await setImmediate();
  observer.disconnect();
  return (100 * collected) / taken;
}

/** Repeats a training step, which returns its loss: what a step takes, the slowest ones, and memory. */
export async function train(step) {
  let loss;
  for (let i = 0; i < 20; i++) loss = step();
  report("loss after 20 steps", loss, "loss");
  warmUp(step, sized(1, 0.2, 0), sized(1000, 200, 1));

  const times = [];
  let total = 0;
  const share = await collecting(() => {
    const started = nanoseconds();
    const until = seconds() + sized(3, 0.5, 0);
    do {
      const before = performance.now();
      step();
      times.push(performance.now() - before);
    } while (seconds() < until || times.length < sized(1000, 100, 1));
    total = nanoseconds() - started;
  });
  times.sort((a, b) => a - b);
  report("step", total / times.length / 1e3, "us");
  report("p99.9 of steps", times[Math.ceil(times.length * 0.999) - 1] * 1e3, "us");
  report("RSS", rss(), "MB");
  report("peak RSS", peakRss(), "MB");
  report("garbage collection", share, "%");
}
