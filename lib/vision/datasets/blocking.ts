// Lets a constructor or `__getitem__` wait for what Node.js does asynchronously only: a thread does it meanwhile.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { RuntimeError } from "../../errors.js";
import { modules } from "../../location.js";

/** An answer of the thread. */
export type Answer = { value: unknown } | { error: { message: string; code?: string } };

let thread: { port: MessagePort; signal: Int32Array } | undefined;

function start(): { port: MessagePort; signal: Int32Array } {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("vision/datasets/blocking_worker.js", modules), {
    workerData: { port: port2, signal },
    transferList: [port2],
    execArgv: [],
  });
  worker.unref();
  worker.on("exit", () => {
    thread = undefined;
  });
  port1.unref();
  return { port: port1, signal };
}

/** The result of one of the thread's tasks, by its name. Throws RuntimeError, with the `code` of the error there. */
export function block(task: string, ...args: unknown[]): unknown {
  thread ??= start();
  const { port, signal } = thread;
  Atomics.store(signal, 0, 0);
  port.postMessage({ task, args });
  Atomics.wait(signal, 0, 0);
  const answer = receiveMessageOnPort(port)?.message as Answer;
  if ("value" in answer) return answer.value;
  const { message, code } = answer.error;
  throw Object.assign(new RuntimeError(message), code === undefined ? {} : { code });
}
