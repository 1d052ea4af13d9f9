// The service: trains or loads the model, starts the workers, answers until SIGTERM. `npm run serve`
import fs from "node:fs";
import type http from "node:http";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { FastifyInstance } from "fastify";
import { Batcher, WorkerPool } from "tstorch/serve";
import { build } from "./app.js";
import { Metrics } from "./metrics.js";
import { type Input, TextClassifier } from "./model.js";
import { train } from "./train.js";

/** The settings, as environment variables give them. */
export const settings = (env = process.env) => ({
  host: env.HOST ?? "127.0.0.1",
  port: Number(env.PORT ?? 3000),
  /** A file that train.ts has written; without one the model is trained now. */
  model: env.MODEL,
  workers: Number(env.WORKERS ?? Math.max(os.availableParallelism() - 1, 1)),
  threads: Number(env.THREADS ?? 1),
  max_batch_size: Number(env.MAX_BATCH_SIZE ?? 32),
  max_wait: Number(env.MAX_WAIT ?? 0),
  max_queue: Number(env.MAX_QUEUE ?? 1024),
  timeout: Number(env.TIMEOUT ?? 5000),
  /** Milliseconds between the signal and the end of listening, in which a load balancer takes note of /readyz. */
  grace: Number(env.GRACE ?? 500),
  /** Milliseconds after which connections that are not used are ended. */
  linger: Number(env.LINGER ?? 500),
  worker: new URL("worker.mjs", import.meta.url),
});

export interface Service {
  app: FastifyInstance;
  /** Answers what was accepted, then ends. */
  stop(): Promise<void>;
}

/**
 * Takes no more connections, and lets those that are open be used once more: their answers end them. http.Server's own close() would
 * end idle ones at once, and with them requests that are on their way.
 */
async function stopListening(server: http.Server, linger: number): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve)); // what the kernel has connected is accepted by now
  net.Server.prototype.close.call(server);
  const connections = promisify(server.getConnections.bind(server));
  const end = performance.now() + linger;
  while (performance.now() < end && (await connections()) > 0) await sleep(10);
}

export async function start(given: Partial<ReturnType<typeof settings>> = {}): Promise<Service> {
  const options = { ...settings(), ...given };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-serve-"));
  const file = options.model ?? path.join(folder, "model.pt");
  if (!options.model) train().save(file);
  const { words, labels } = TextClassifier.load(file);

  const pool = new WorkerPool<Input[], number[][]>(options.worker, {
    args: [file],
    num_workers: options.workers,
    num_threads: options.threads,
    task_timeout: 30_000,
  });
  await pool.ready();

  const metrics = new Metrics();
  const { max_batch_size, max_wait, max_queue, timeout } = options;
  const batcher = new Batcher(pool.run, {
    ...{ max_batch_size, max_wait, max_queue, timeout, on_batch: metrics.observeBatch },
    concurrency: options.workers,
    isolate: () => true, // a request that ends its worker is found too; the others are computed once more
  });
  metrics.watch(batcher, pool);

  let state: "serving" | "leaving" | "draining" = "serving";
  const isReady = () => state === "serving" && pool.statistics().ready > 0;
  const app = build({
    ...{ batcher, labels, metrics, num_words: words.length, isReady },
    isDraining: () => state === "draining",
  });
  await app.listen({ host: options.host, port: options.port });

  const stop = async () => {
    state = "leaving";
    await sleep(options.grace);
    state = "draining";
    await stopListening(app.server, options.linger);
    await app.close();
    await batcher.close();
    await pool.close();
    fs.rmSync(folder, { recursive: true });
  };
  return { app, stop };
}

/** Starts, tells where, and stops at SIGTERM or SIGINT. */
export async function main(given: Partial<ReturnType<typeof settings>> = {}): Promise<void> {
  const service = await start(given);
  const [{ address, port }] = service.app.addresses() as AddressInfo[];
  console.log(`listening on http://${address}:${port}`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void service.stop());
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
