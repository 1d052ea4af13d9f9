// torch/profiler/profiler.py: ExecutionTraceObserver

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { takeKeywords } from "../arguments/class.js";
import { native } from "../binding.js";
import { callable } from "../callable.js";
import { print } from "../python/repr.js";
import { warn } from "../warnings.js";
import type { TraceObserver } from "./kineto_profile.js";

function temporaryFile(suffix: string): string {
  return path.join(fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-trace-")), `trace${suffix}`);
}

class ExecutionTraceObserverClass implements TraceObserver {
  #registered = false;
  #running = false;
  extra_resources_collection = false;
  resources_dir = "";
  output_file_path = "";
  output_file_path_observer = "";

  /** An observer that writes to a temporary file, where ENABLE_PYTORCH_EXECUTION_TRACE is "1"; else null. */
  static build_execution_trace_obs_from_env(): ExecutionTraceObserver | null {
    if (process.env.ENABLE_PYTORCH_EXECUTION_TRACE !== "1") return null;
    const observer = new ExecutionTraceObserverClass();
    observer.register_callback(temporaryFile(".et.json"));
    observer.set_extra_resource_collection(process.env.ENABLE_PYTORCH_EXECUTION_TRACE_EXTRAS === "1");
    return observer;
  }

  /** The folder of what a trace needs besides, beside the trace; null where there is none. */
  static get_resources_dir_for_et_path(trace_path: string, create_dir = false): string | null {
    const { dir, name } = path.parse(trace_path);
    const resource_dir = path.join(dir, `${name}_resources`);
    if (fs.existsSync(resource_dir)) return resource_dir;
    if (!create_dir) return null;
    try {
      fs.mkdirSync(resource_dir);
      return resource_dir;
    } catch {
      warn(`Execution trace exception when creating ${resource_dir}`);
      return null;
    }
  }

  /** Whether to keep what a trace needs besides, in a folder beside it. */
  set_extra_resource_collection(val: boolean): void {
    this.extra_resources_collection = val;
    if (val) this.get_resources_dir(true);
  }

  /** Adds the observer; it writes to this file, compressed where the name ends with ".gz". A process has one at a time. */
  register_callback(output_file_path: string): this {
    if (!this.#registered) {
      this.output_file_path = output_file_path;
      this.output_file_path_observer = output_file_path.endsWith(".gz") ? temporaryFile(".json") : output_file_path;
      this.#registered = native.addExecutionTraceObserver(this.output_file_path_observer);
    }
    return this;
  }

  get_resources_dir(can_create = false): string | null {
    if (!this.extra_resources_collection) return null;
    this.resources_dir ||=
      ExecutionTraceObserverClass.get_resources_dir_for_et_path(this.output_file_path, can_create) ?? "";
    return this.resources_dir || null;
  }

  /** Removes the observer and completes its file. */
  unregister_callback(): void {
    if (!this.#registered) return;
    this.stop();
    native.removeExecutionTraceObserver();
    if (this.output_file_path.endsWith("gz")) this.#compress();
    this.#registered = false;
  }

  #compress(): void {
    const { output_file_path_observer: from, output_file_path: to } = this;
    print(`Execution Trace: compressing ${from} to ${to}`);
    fs.writeFileSync(to, zlib.gzipSync(fs.readFileSync(from)));
    fs.rmSync(path.dirname(from), { recursive: true });
  }

  /** Whether the observer was added. */
  get is_registered(): boolean {
    return this.#registered;
  }

  /** Whether the observer records. */
  is_running(): boolean {
    return this.#running;
  }

  /** Begins to record. */
  start(): void {
    if (!this.#registered || this.#running) return;
    native.enableExecutionTraceObserver();
    this.#running = true;
  }

  /** Ends to record. */
  stop(): void {
    if (!this.#running) return;
    native.disableExecutionTraceObserver();
    this.#running = false;
  }

  /** Removes the observer and completes its file. */
  cleanup(): void {
    this.unregister_callback();
  }

  get_output_file_path(): string | null {
    return this.output_file_path || null;
  }
}

takeKeywords(
  "ExecutionTraceObserver",
  ExecutionTraceObserverClass,
  { build_execution_trace_obs_from_env: [], get_resources_dir_for_et_path: ["trace_path", "create_dir"] },
  { self: 0 },
);

takeKeywords("ExecutionTraceObserver", ExecutionTraceObserverClass.prototype, {
  cleanup: [],
  get_output_file_path: [],
  get_resources_dir: ["can_create"],
  is_running: [],
  register_callback: ["output_file_path"],
  set_extra_resource_collection: ["val"],
  start: [],
  stop: [],
  unregister_callback: [],
});

/**
 * Records the operators of a program as a graph, from which it can be replayed: by itself, or with a profiler that it is
 * given to.
 *
 * {@link https://docs.pytorch.org/docs/2.15/profiler.html}
 */
export const ExecutionTraceObserver = callable(ExecutionTraceObserverClass);
export type ExecutionTraceObserver = ExecutionTraceObserverClass;
