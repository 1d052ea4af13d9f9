// A process that ends although it has a WorkerPool that nobody closed.
import { WorkerPool } from "tstorch/serve";

const pool = new WorkerPool(new URL("./models.mjs", import.meta.url), { num_workers: 1 });
console.log(await pool.run(["sleeps", 5]));
