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

/** Has more and more jobs on the compute thread. */
function awaits() {
  const x = torch.rand(400, 400);
  const again = () => torch.aio.matmul(x, x).then(again);
  for (let i = 0; i < 10; i++) again();
}

/** Computes for ever in a hook, for which the compute thread waits. */
function hooks() {
  const x = torch.ones(3, { requires_grad: true });
  x.register_hook(compute);
  torch.aio.backward(x.sum());
}

/** Ends its thread in a hook, for which the compute thread waits, and computes on the way. */
function exitsInHook() {
  const x = torch.ones(3, { requires_grad: true });
  x.register_hook(() => process.exit(7));
  torch.aio.backward(x.sum());
  process.on("exit", () => torch.enable_grad(() => torch.ones(3, { requires_grad: true }).sum().backward()));
}

const tasks = {
  ends: () => torch.ones(2).add(1),
  throws: () => {
    torch.ones(2).add(1);
    throw new Error("thrown in the worker");
  },
  exits: () => process.exit(7),
  exitsInHook,
  fails: () => torch.ones(2, 3).mm(torch.ones(2, 3)),
  compute,
  differentiate,
  awaits,
  hooks,
};

globalThis.kept = [torch.ones(3, { requires_grad: true }).mul(2), torch.nn, torch.ones(1000).numpy()];
parentPort.postMessage("begun");
tasks[workerData]();
