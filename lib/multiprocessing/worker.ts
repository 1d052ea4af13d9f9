// What a worker of a Pool runs: tasks that come as messages, one after the other.

import { parentPort, workerData } from "node:worker_threads";
import { errorParts } from "../_utils.js";
import { ForkingPickler } from "./reductions.js";

type Call = [func: (...args: unknown[]) => unknown, args: unknown[]];

async function perform(message: unknown): Promise<unknown> {
  const [func, args] = (await ForkingPickler.loads_async(message)) as Call;
  return func(...args);
}

const ready = workerData === null ? Promise.resolve() : perform(workerData);
// A failure of the initializer is told by each task.
ready.catch(() => undefined);

parentPort?.on("message", async (message: unknown) => {
  let answer: object;
  try {
    await ready;
    answer = { result: ForkingPickler.dumps(await perform(message)) };
  } catch (error) {
    answer = { error: errorParts(error) };
  }
  parentPort?.postMessage(answer);
});
