// What the tests of torch.multiprocessing and of DataLoader's workers import in other threads.
import { parentPort, threadId } from "node:worker_threads";
import * as torch from "tstorch";

export const square = (x) => x * x;
export const twice = (x) => x.mul(2);
export const inPlace = (x) => {
  x.add_(1);
};
export const add = async (a, b) => a + b;
export const thread = () => threadId;
export const fails = () => {
  throw new torch.IndexError("thrown in the worker");
};
export const exits = () => process.exit(9);
export const draws = () => torch.rand(2).tolist();
export const initial_seed = () => torch.initial_seed();
export const remember = (value) => {
  globalThis.remembered = value;
};
export const remembered = () => globalThis.remembered;

export class Net extends torch.nn.Module {
  constructor(width) {
    super();
    this.fc = torch.nn.Linear(2, width);
  }
  forward(x) {
    return this.fc(x);
  }
}
export const predict = (net, x) => net(x).detach();

/** Samples [i * i, i, a random number], with what `faults` names at an index. */
export class Squares extends torch.utils.data.Dataset {
  constructor(count, faults = {}) {
    super();
    this.count = count;
    this.faults = faults;
  }
  __len__() {
    return this.count;
  }
  __getitem__(index) {
    if (index === this.faults.throws) throw new torch.ValueError("bad sample");
    if (index === this.faults.exits) process.exit(3);
    if (index === this.faults.hangs) for (;;) torch.ones(2).add(1);
    if (index === this.faults.vanishes) process.reallyExit(2);
    return [index * index, index, torch.rand([]).item()];
  }
}

/** The numbers below `end`, of which each worker gives its share. */
export class Numbers extends torch.utils.data.IterableDataset {
  constructor(end) {
    super();
    this.end = end;
  }
  *__iter__() {
    const { id, num_workers } = torch.utils.data.get_worker_info() ?? { id: 0, num_workers: 1 };
    for (let i = id; i < this.end; i += num_workers) yield i;
  }
}

/** What workers know of themselves, and what worker_init_fn() left. */
export class Infos extends torch.utils.data.Dataset {
  __len__() {
    return 2;
  }
  __getitem__() {
    const { id, num_workers, seed, dataset } = torch.utils.data.get_worker_info();
    const difference = BigInt(seed) - BigInt(torch.initial_seed());
    return [id, num_workers, Number(difference), dataset instanceof Infos, globalThis.remembered];
  }
}
export const list = (samples) => samples;

if (parentPort && process.argv.includes("echo")) parentPort.on("message", (message) => parentPort.postMessage(message));
