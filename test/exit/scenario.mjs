// One way for a process to end: node scenario.mjs NAME
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";

const load = () => import("../../dist/index.js");
const worker = (task) => new Worker(new URL("worker.mjs", import.meta.url), { workerData: task });

/** A worker that has begun its task. */
async function begun(task) {
  const result = worker(task);
  await once(result, "message");
  return result;
}

/** The exit code of a worker that does `task` to its end; Node may report its last message and its exit at once. */
async function exitCode(task) {
  const [code] = await once(worker(task), "exit");
  return code;
}

function check(condition) {
  if (!condition) process.exit(99);
}

async function computes() {
  const torch = await load();
  check(torch.ones(3).add(1).sum().item() === 6);
}

/** Begins a backward whose hook runs `hook`. */
async function inHook(hook) {
  const torch = await load();
  const x = torch.ones(3, { requires_grad: true });
  x.register_hook(hook);
  x.mul(2).sum().backward();
}

async function manyJobs() {
  const torch = await load();
  const x = torch.rand(500, 500, { requires_grad: true });
  for (let i = 0; i < 20; i++) torch.aio.matmul(x, x);
  for (let i = 0; i < 5; i++) torch.aio.backward(x.sum());
}

async function terminated(task) {
  const one = await begun(task);
  await sleep(20);
  check((await one.terminate()) === 1);
}

const scenarios = {
  "normal end": async () => {
    const torch = await load();
    globalThis.kept = torch.ones(3, { requires_grad: true }).mul(2);
  },
  "process.exit": async () => {
    await computes();
    process.exit(5);
  },
  "uncaught throw": async () => {
    await computes();
    setImmediate(() => {
      throw new Error("thrown");
    });
  },
  "uncaught error of libtorch": async () => {
    const torch = await load();
    torch.ones(2, 3).mm(torch.ones(2, 3));
  },
  "process.exit in a hook": () => inHook(() => process.exit(3)),
  "uncaught throw in a hook": () =>
    inHook(() => {
      throw new Error("thrown in a hook");
    }),
  "process.exit in an exit listener's tensor code": async () => {
    const torch = await load();
    process.on("exit", () => {
      torch.ones(3).add(1);
      process.exitCode = 6;
    });
  },
  "worker ends": async () => check((await exitCode("ends")) === 0),
  "worker throws": async () => {
    const one = worker("throws");
    const [error] = await once(one, "error");
    check(error.message === "thrown in the worker");
    await computes();
  },
  "worker has an error of libtorch": async () => {
    const one = worker("fails");
    const [error] = await once(one, "error");
    check(error.message.includes("mat1 and mat2 shapes cannot be multiplied"));
  },
  "worker exits": async () => check((await exitCode("exits")) === 7),
  "worker exits in a hook of torch.aio": async () => check((await exitCode("exitsInHook")) === 7),
  "worker terminated while computing": async () => {
    await computes();
    await terminated("compute");
    await computes();
  },
  "worker terminated while in backward": async () => {
    await computes();
    await terminated("differentiate");
    await computes();
  },
  "worker alone loads the addon, terminated": () => terminated("compute"),
  "worker first, then main": async () => {
    await terminated("compute");
    await computes();
  },
  "process.exit while a worker computes": async () => {
    await begun("compute");
    await computes();
    process.exit(4);
  },
  "process.exit while a worker is in backward": async () => {
    await begun("differentiate");
    process.exit(4);
  },
  "uncaught throw while a worker computes": async () => {
    await begun("compute");
    throw new Error("thrown");
  },
  "return with jobs of torch.aio pending": async () => {
    await manyJobs();
  },
  "process.exit with jobs of torch.aio pending": async () => {
    await manyJobs();
    process.exit(4);
  },
  "uncaught throw with jobs of torch.aio pending": async () => {
    await manyJobs();
    throw new Error("thrown");
  },
  "process.exit in a hook of torch.aio": async () => {
    const torch = await load();
    const x = torch.ones(3, { requires_grad: true });
    x.register_hook(() => process.exit(3));
    await torch.aio.backward(x.sum());
  },
  "process.exit in a hook of torch.aio, and listeners that compute": async () => {
    const torch = await load();
    const x = torch.ones(3, { requires_grad: true });
    x.register_hook(() => process.exit(3));
    const done = torch.aio.backward(x.sum());
    process.on("exit", () => {
      torch.enable_grad(() => torch.ones(3, { requires_grad: true }).sum().backward());
      torch.aio.ones(3);
    });
    await done;
  },
  "worker terminated with jobs of torch.aio pending": async () => {
    await terminated("awaits");
    await computes();
  },
  "worker terminated while a hook of torch.aio waits": async () => {
    await terminated("hooks");
    await computes();
  },
  "process.exit while a worker has jobs of torch.aio": async () => {
    await begun("awaits");
    process.exit(4);
  },
  "a DataLoader's workers, left alone": async () => {
    const torch = await load();
    const dataset = torch.utils.data.TensorDataset(torch.arange(100));
    const iterator = torch.utils.data.DataLoader(dataset, { num_workers: 2 })[Symbol.iterator]();
    check(iterator.next().value[0].item() === 0);
  },
  "20 workers one after another": async () => {
    for (let i = 0; i < 20; i++) check((await exitCode("ends")) === 0);
    await computes();
  },
  "20 workers at once, half of them terminated": async () => {
    await computes();
    const one = async (i) => (i % 2 ? terminated("compute") : check((await exitCode("ends")) === 0));
    await Promise.all(Array.from({ length: 20 }, (_, i) => one(i)));
    await computes();
  },
  "100 workers started and ended while computing": async () => {
    await computes();
    for (let i = 0; i < 25; i++) {
      const tasks = ["compute", "awaits", "hooks", "differentiate"];
      await Promise.all(tasks.map((task) => terminated(task)));
    }
    await computes();
  },
};

await scenarios[process.argv[2]]();
