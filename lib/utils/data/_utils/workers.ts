// The worker threads of a DataLoader, and the queue of what they send: it can be waited for with and without turning the
// event loop.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { native } from "../../../binding.js";
import { RuntimeError } from "../../../errors.js";
import { modules } from "../../../location.js";
import { ForkingPickler } from "../../../multiprocessing/reductions.js";
import type { Answer, Request, WorkerData } from "./worker.js";

/** How often it is seen to that workers live, in milliseconds. */
export const MP_STATUS_CHECK_INTERVAL = 5000;

interface Member {
  readonly worker: Worker;
  readonly port: MessagePort;
  /** Its number among threads, once it has told that it lives. */
  thread: number | null;
  isFinished: boolean;
  hasExited: boolean;
}

type Given = Omit<WorkerData, "port" | "signal" | "worker_id" | "num_workers" | "objects">;

export class Workers {
  readonly #members: Member[] = [];
  readonly #received: Answer[] = [];
  readonly #signal = new Int32Array(new SharedArrayBuffer(8));
  readonly #dead: string[] = [];
  #wake: (() => void) | null = null;
  #isShutDown = false;

  /** `objects` makes the message for each worker. */
  constructor(num_workers: number, given: Given, objects: () => WorkerData["objects"]) {
    try {
      for (let worker_id = 0; worker_id < num_workers; worker_id++) {
        const data = { ...given, signal: this.#signal, worker_id, num_workers, objects: objects() };
        this.#members.push(this.#start(data));
      }
    } catch (error) {
      this.shutdown();
      throw error;
    }
  }

  #start(data: Omit<WorkerData, "port">): Member {
    const { port1: port, port2 } = new MessageChannel();
    const worker = new Worker(new URL("utils/data/_utils/worker_thread.js", modules), {
      workerData: { ...data, port: port2 },
      transferList: [port2],
    });
    const member: Member = { worker, port, thread: null, isFinished: false, hasExited: false };
    port.on("message", (answer: Answer) => {
      this.#receive(answer);
      this.#wake?.();
    });
    let reason = "";
    worker.on("error", (error) => {
      reason = error.stack ?? String(error);
    });
    worker.on("exit", (code) => {
      ForkingPickler.release(data.objects);
      this.#died(data.worker_id, reason || `exit code ${code}`);
      member.hasExited = true;
      if (this.#isShutDown) giveUp(member);
      this.#wake?.();
    });
    // Neither keeps the process from ending.
    port.unref();
    worker.unref();
    return member;
  }

  #receive(answer: Answer): void {
    if ("started" in answer) this.#members[answer.started].thread = answer.thread;
    else if ("died" in answer) this.#died(answer.died, answer.reason);
    else this.#received.push(answer);
  }

  #died(worker_id: number, reason: string): void {
    const member = this.#members[worker_id];
    if (member === undefined || member.isFinished) return;
    member.isFinished = true;
    this.#dead.push(`worker ${worker_id}: ${reason}`);
  }

  send(worker_id: number, request: Request): void {
    if (request === null) this.#members[worker_id].isFinished = true;
    this.#members[worker_id].port.postMessage(request);
  }

  /** What has been received, or undefined; throws RuntimeError if a worker has died. */
  poll(): Answer | undefined {
    for (const { port } of this.#members) {
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) this.#receive(next.message);
    }
    const answer = this.#received.shift();
    if (answer === undefined && this.#dead.length > 0) {
      throw new RuntimeError(`DataLoader worker exited unexpectedly (${this.#dead.splice(0).join("; ")})`);
    }
    return answer;
  }

  /** The next answer, for which this thread waits; throws RuntimeError after `timeout` seconds, if it is not 0. */
  receive(timeout: number): Answer {
    const deadline = timeout > 0 ? performance.now() + timeout * 1000 : Number.POSITIVE_INFINITY;
    for (;;) {
      const seen = Atomics.load(this.#signal, 0);
      const answer = this.poll();
      if (answer !== undefined) return answer;
      const left = deadline - performance.now();
      if (left <= 0) throw timedOut(timeout);
      if (Atomics.wait(this.#signal, 0, seen, Math.min(left, MP_STATUS_CHECK_INTERVAL)) === "timed-out") {
        this.#seeWhoLives();
      }
    }
  }

  /** The same, while the event loop turns. */
  async receive_async(timeout: number): Promise<Answer> {
    const deadline = timeout > 0 ? performance.now() + timeout * 1000 : Number.POSITIVE_INFINITY;
    for (;;) {
      const answer = this.poll();
      if (answer !== undefined) return answer;
      const left = deadline - performance.now();
      if (left <= 0) throw timedOut(timeout);
      await this.#message(left);
    }
  }

  #message(left: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = left < Number.POSITIVE_INFINITY ? setTimeout(() => this.#wake?.(), Math.ceil(left)) : undefined;
      for (const { port, worker } of this.#members) {
        port.ref();
        worker.ref();
      }
      this.#wake = () => {
        this.#wake = null;
        clearTimeout(timer);
        for (const { port, worker } of this.#members) {
          port.unref();
          worker.unref();
        }
        resolve();
      };
    });
  }

  /** Finds the workers that ended in a way of which they could not tell. */
  #seeWhoLives(): void {
    for (const [worker_id, { thread }] of this.#members.entries()) {
      if (thread !== null && !native.isThreadAlive(thread)) this.#died(worker_id, "terminated");
    }
  }

  /** Ends the workers, once; what they have sent is given up. */
  shutdown(): void {
    if (this.#isShutDown) return;
    this.#isShutDown = true;
    Atomics.store(this.#signal, 1, 1);
    for (const member of this.#members) {
      member.isFinished = true;
      member.port.postMessage(null);
    }
    for (const { port } of this.#members) {
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) this.#receive(next.message);
    }
    for (const answer of this.#received.splice(0)) if ("data" in answer) ForkingPickler.release(answer.data);
    for (const member of this.#members) if (member.hasExited) giveUp(member);
    // One that computes for long is ended by force.
    const force = setTimeout(() => {
      for (const { worker } of this.#members) void worker.terminate();
    }, MP_STATUS_CHECK_INTERVAL);
    force.unref();
    this.#wake?.();
  }
}

/** Frees what a worker that has exited sent, and nobody will receive. */
function giveUp({ thread }: Member): void {
  if (thread !== null) native.releaseSharedOf(thread);
}

function timedOut(timeout: number): RuntimeError {
  return new RuntimeError(`DataLoader timed out after ${timeout} seconds`);
}
