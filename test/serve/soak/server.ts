// The service, with workers that can be ended: by a request, and from outside by SIGUSR2.
import type { Worker } from "node:worker_threads";
import { main } from "../../../examples/serve/server.js";

const workers = new Set<Worker>();
process.on("worker", (worker) => {
  workers.add(worker);
  worker.once("exit", () => workers.delete(worker));
});
process.on("SIGUSR2", () => {
  const [oldest] = workers;
  void oldest?.terminate();
});
await main({ worker: new URL("worker.mjs", import.meta.url) });
