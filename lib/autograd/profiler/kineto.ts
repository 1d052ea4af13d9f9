// torch/csrc/autograd/profiler_kineto.h: what libtorch's profiler recorded

import { native, type StateHandle } from "../../binding.js";
import type { ProfilerEventDescription } from "../profiler_util/native.js";

/** An event as libtorch's profiler recorded it; its times are in nanoseconds from the start of the trace. */
export type KinetoEvent = { readonly [K in keyof ProfilerEventDescription]: () => ProfilerEventDescription[K] };

function kinetoEvent(description: ProfilerEventDescription): KinetoEvent {
  return Object.fromEntries(Object.entries(description).map(([name, value]) => [name, () => value])) as KinetoEvent;
}

/** A line of V8's text of a stack as Python writes one: the file, the line, the function. */
function stackEntry(line: string): string | null {
  const match = /^\s*at (?:(.*) \()?(.*?):(\d+):\d+\)?$/.exec(line);
  if (!match || match[2].startsWith("node:")) return null;
  const [, name = "<anonymous>", file, row] = match;
  return `${file.replace(/^file:\/\//, "")}(${row}): ${name.replace(/^async /, "")}`;
}

const isCall = ({ activity_type }: ProfilerEventDescription) =>
  activity_type === "cpu_op" || activity_type === "user_annotation";

/** Gives events the stacks that were gathered: both tell of the same calls on the thread, in order of their start. */
function addStacks(events: readonly ProfilerEventDescription[], handle: StateHandle): void {
  const { thread, names, places, stacks } = native.profilerStacks(handle);
  const entries = stacks.map((stack) =>
    stack
      .split("\n")
      .map(stackEntry)
      .filter((entry) => entry !== null),
  );
  const calls = events.filter((event) => isCall(event) && event.start_thread_id === thread);
  calls.sort((a, b) => a.start_ns - b.start_ns || a.correlation_id - b.correlation_id);
  for (let i = 0; i < calls.length && calls[i].name === names[i]; i++) calls[i].stack = [...entries[places[i]]];
}

/** What a profiler recorded: its events, and a trace that can be saved once. */
export class _ProfilerResult {
  readonly #result: StateHandle;
  readonly #stacks: StateHandle | null;
  #events: KinetoEvent[] | null = null;

  constructor([result, stacks]: [StateHandle, StateHandle | null]) {
    this.#result = result;
    this.#stacks = stacks;
  }

  /** The events, in the order of their start. */
  events(): KinetoEvent[] {
    if (this.#events === null) {
      const events = native.profilerEvents(this.#result);
      if (this.#stacks) addStacks(events, this.#stacks);
      this.#events = events.map(kinetoEvent);
    }
    return this.#events;
  }

  /** Writes the trace as a file for Chrome's trace viewer. */
  save(path: string): void {
    native.saveProfile(this.#result, path);
  }
}
