// Modes that hold for a while: torch.no_grad(() => ...), `using _ = torch.no_grad()`, and around async functions.

import { AsyncLocalStorage } from "node:async_hooks";
import { RuntimeError } from "./errors.js";

/** Turns a mode on and returns what turns it off again. */
export type Enter = () => () => void;

/** A mode that was entered: `using` or dispose() leaves it. */
export interface Entered extends Disposable {
  /** Leaves the mode. */
  dispose(): void;
}

const AsyncFunction = (async () => {}).constructor;
const laterFunctions = [async () => {}, function* () {}, async function* () {}].map((body) => body.constructor);

/** @internal Whether a function is async or a generator: its body, or a part of it, runs after the call. */
export function runsLater(body: unknown): boolean {
  return typeof body === "function" && laterFunctions.some((kind) => body instanceof kind);
}

/** A mode of a flow. */
interface Mode {
  enter: Enter;
  /** Turns the mode off; null while another flow runs. */
  leave: (() => void) | null;
  /** Around an async function: what such a function starts within has it too. */
  readonly around: boolean;
  /** What a statement set, whose next one takes its place; null for what is not a statement's. */
  readonly set: string | null;
}

/**
 * The main program, or what runs under the mode of an async function, with its modes from the outermost to the innermost.
 *
 * One flow runs at a time, and the thread has its modes: before each call into libtorch the thread is brought into line
 * with the flow whose code runs.
 */
interface Flow {
  readonly modes: Mode[];
  readonly outer: Flow | null;
  ended: boolean;
}

const main: Flow = { modes: [], outer: null, ended: false };
const storage = new AsyncLocalStorage<Flow>();
let current = main;

/** How many async functions run under a mode: while it is 0, nobody pays for them. */
let running = 0;

function flowOfCode(): Flow {
  let flow = storage.getStore() ?? main;
  while (flow.ended) flow = flow.outer as Flow;
  return flow;
}

/** @internal Brings the thread's modes into line with those of the code that runs; called before native calls. */
export function followAsync(): void {
  if (running > 0) follow(flowOfCode());
}

function follow(flow: Flow): void {
  if (flow === current) return;
  leaveFrom(0);
  current = flow;
  enterFrom(0);
}

function leaveFrom(start: number): void {
  const { modes } = current;
  for (let i = modes.length - 1; i >= start; i--) {
    modes[i].leave?.();
    modes[i].leave = null;
  }
}

function enterFrom(start: number): void {
  const { modes } = current;
  for (let i = start; i < modes.length; i++) modes[i].leave = modes[i].enter();
}

function push(enter: Enter): Mode {
  const mode = { enter, leave: enter(), around: false, set: null };
  current.modes.push(mode);
  return mode;
}

/** Leaves a mode of a flow, and what statements set since. */
function end(flow: Flow, mode: Mode): void {
  follow(flow);
  const at = flow.modes.indexOf(mode);
  leaveFrom(at);
  flow.modes.splice(at, 1);
  while (flow.modes.length > at && flow.modes[at].set !== null) flow.modes.splice(at, 1);
  enterFrom(at);
  if (flow !== main) follow(flowOfCode());
}

function runAsync<T>(enter: Enter, body: () => Promise<T>): Promise<T> {
  running++;
  const outer = current;
  const modes: Mode[] = outer.modes.filter((mode) => mode.around).map((mode) => ({ ...mode, leave: null }));
  modes.push({ enter, leave: null, around: true, set: null });
  const flow: Flow = { modes, outer, ended: false };
  const result = storage.run(flow, body);
  follow(outer);
  return result.finally(() => {
    flow.ended = true;
    follow(flowOfCode());
    running--;
  });
}

function enterNow(enter: Enter, name: string): Entered {
  const flow = current;
  let mode: Mode | null = push(enter);
  let awaited = false;
  const leave = () => {
    if (mode) end(flow, mode);
    mode = null;
  };
  queueMicrotask(() => {
    awaited = mode !== null;
    leave();
  });
  const dispose = () => {
    if (awaited) {
      throw new RuntimeError(
        `torch.${name} was still entered by \`using\` at an await, where it would hold for other code too; write torch.${name}(async () => { ... })`,
      );
    }
    leave();
  };
  return { dispose, [Symbol.dispose]: dispose };
}

/**
 * Runs a function under a mode and returns what it returns; without a function, enters the mode until it is disposed.
 *
 * Around an async function the mode holds until that settles. Throws RuntimeError for a generator function, whose body
 * would run outside of the mode.
 */
export function withMode<T>(name: string, enter: Enter, body: (() => T) | undefined): T | Entered {
  followAsync();
  if (body === undefined) return enterNow(enter, name);
  if (body instanceof AsyncFunction) return runAsync(enter, body as () => Promise<unknown>) as T;
  if (runsLater(body)) {
    throw new RuntimeError(
      `torch.${name} around a generator function would not hold for its body, which runs later; use it inside of the body`,
    );
  }
  const flow = current;
  const mode = push(enter);
  try {
    return body();
  } finally {
    end(flow, mode);
  }
}

/** Keeps what a statement set for when the flow is entered again, and for when a mode around the statement is left. */
function keep(name: string, enter: Enter, leave: () => void): void {
  const { modes } = current;
  const around = modes.at(-1)?.around;
  if (around === undefined) return;
  for (let i = modes.length - 1; i >= 0 && modes[i].set !== null; i--) {
    if (modes[i].set !== name) continue;
    modes[i].enter = enter;
    return;
  }
  modes.push({ enter, leave, around, set: name });
}

/**
 * Sets a mode for good: until the mode around the statement is left, where there is one, or the end of a `using` block.
 *
 * The name tells what is set.
 */
export function setMode(name: string, enter: Enter): Disposable {
  followAsync();
  const leave = enter();
  keep(name, enter, leave);
  const restore = () => {
    leave();
    return leave;
  };
  return {
    [Symbol.dispose]() {
      followAsync();
      keep(name, restore, restore());
    },
  };
}
