// One worker thread: does what `workerData` names, and says when it has begun.
import { parentPort, workerData } from "node:worker_threads";
import * as torch from "../../dist/index.js";

/** Computes for ever. */
function compute() {
  const x = torch.rand(64, 64);
  for (;;) x.mm(x).add(1).sum().item();
}

/** Runs backward for ever, with a hook that calls JavaScript. */
function differentiate() {
  const x = torch.rand(64, 64, { requires_grad: true });
  x.register_hook((grad) => grad.mul(2));
  for (;;) x.mm(x).sum().backward();
}

const tasks = {
  ends: () => torch.ones(2).add(1),
  throws: () => {
    torch.ones(2).add(1);
    throw new Error("thrown in the worker");
  },
  exits: () => process.exit(7),
  fails: () => torch.ones(2, 3).mm(torch.ones(2, 3)),
  compute,
  differentiate,
};

globalThis.kept = [torch.ones(3, { requires_grad: true }).mul(2), torch.nn, torch.ones(1000).numpy()];
parentPort.postMessage("begun");
tasks[workerData]();
