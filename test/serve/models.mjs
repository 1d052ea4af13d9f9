// What the threads of the tests' WorkerPools load.
import { setTimeout as sleep } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import * as torch from "tstorch";

/** A runner that does what its input names. */
export default function load(factor = 1) {
  const weight = torch.full([2], factor);
  const does = {
    scale: (x) => torch.mul(x, weight),
    thread: () => threadId,
    threads: () => torch.get_num_threads(),
    throws: () => {
      throw new torch.IndexError("thrown in the worker");
    },
    exits: () => process.exit(9),
    fails: () => {
      setImmediate(() => {
        throw new Error("thrown outside of the task");
      });
      return sleep(10_000);
    },
    rejects: () => {
      Promise.reject(new Error("unhandled"));
      return sleep(10_000);
    },
    computes: () => {
      const x = torch.rand(64, 64);
      for (;;) x.mm(x);
    },
    sleeps: (ms) => sleep(ms, "slept"),
    detached: () => {
      const buffer = new ArrayBuffer(8);
      structuredClone(buffer, { transfer: [buffer] });
      return [torch.ones(2), buffer];
    },
    graph: () => torch.ones(2, { requires_grad: true }).mul(2),
  };
  return ([name, ...args]) => does[name](...args);
}

export const batches = () => (batch) => batch.map((x) => (x === "exit" ? process.exit(3) : [x, threadId]));

export const nothing = () => null;
export const broken = async () => {
  throw new torch.ValueError("no model");
};

/** Can be loaded by all threads but the first. */
export const second = (flag) => {
  if (Atomics.add(flag, 0, 1) === 0) throw new Error("the first time");
  return () => "loaded";
};
