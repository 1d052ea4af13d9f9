// A process that ends although it has a WorkerPool that nobody closed, and a Batcher that waited for a long time.
import { Batcher, WorkerPool } from "tstorch/serve";

const pool = new WorkerPool(new URL("./models.mjs", import.meta.url), { num_workers: 1 });
const batcher = new Batcher((batch) => batch, { max_wait: 3_600_000, max_batch_size: 2 });
await Promise.all([batcher.call(1), batcher.call(2)]);
batcher.call(3, { timeout: 1 }).catch(() => undefined);
console.log(await pool.run(["sleeps", 5]));
