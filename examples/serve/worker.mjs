// What the threads import. A thread does not inherit tsx: a service that is compiled gives WorkerPool its worker.js at once.
import { register } from "tsx/esm/api";

register();
const { default: load } = await import("./worker.ts");
export default load;
