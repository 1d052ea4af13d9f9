// Loads a package and runs it, as a process (the path is its argument) and as a worker (its data).
import { parentPort, workerData } from "node:worker_threads";
import * as torch from "tstorch";
import { aoti_load_package } from "tstorch/_inductor";

const model = aoti_load_package(workerData ?? process.argv[2]);
const { shape } = model(torch.ones(2, 4));
if (parentPort) parentPort.postMessage([...shape]);
else console.log(String(shape));
