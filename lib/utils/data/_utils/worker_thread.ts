// Where a worker thread of a DataLoader begins. It tells of a failure to load the rest, of which the loader, which waits
// without turning its event loop, would not know.

import { workerData } from "node:worker_threads";
import type { WorkerData } from "./worker.js";

const { port, signal, worker_id } = workerData as WorkerData;

function fail(reason: string): void {
  port.postMessage({ died: worker_id, reason });
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}

// Also after an uncaught error, and where the dataset calls process.exit().
process.on("exit", (code) => fail(`exit code ${code}`));

const { _worker_loop } = await import("./worker.js");
await _worker_loop(workerData as WorkerData);
