// What a thread of a WorkerPool runs: it loads a model, then computes the tasks that come as messages.

import { parentPort, workerData } from "node:worker_threads";
import { errorParts } from "../_utils.js";
import { ForkingPickler } from "../multiprocessing/reductions.js";
import { set_num_threads } from "../torch_functions/settings.js";
import type { Answer, WorkerData } from "./worker_pool.js";

type Compute = (input: unknown) => unknown;

async function load({ url, name, args, num_threads }: WorkerData): Promise<Compute> {
  set_num_threads(num_threads);
  const module = await import(url);
  const compute = await module[name](...((await ForkingPickler.loads_async(args)) as unknown[]));
  if (typeof compute !== "function") throw new TypeError(`'${name}' of ${url} gave no function`);
  return compute;
}

const answer = (message: Answer) => parentPort?.postMessage(message);

try {
  const compute = await load(workerData as WorkerData);
  parentPort?.on("message", async (message: unknown) => {
    try {
      const result = ForkingPickler.dumps(await compute(await ForkingPickler.loads_async(message)));
      try {
        answer({ result });
      } catch (error) {
        ForkingPickler.release(result);
        throw error;
      }
    } catch (error) {
      answer({ error: errorParts(error) });
    }
  });
  answer({ ready: true });
} catch (error) {
  answer({ failed: errorParts(error) });
}
