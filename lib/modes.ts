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

// A mode around an async function holds for that function's continuations alone: they carry the list of their modes,
// and the thread is brought into line with the list before each call into libtorch.
const storage = new AsyncLocalStorage<readonly Enter[]>();
const NO_MODES: readonly Enter[] = [];
let current = NO_MODES;
let leaveCurrent: (() => void)[] = [];

/** How many async functions run under a mode: while it is 0, nobody pays for them. */
let running = 0;

/** @internal Brings the thread's modes into line with those of the running async function; called before native calls. */
export function followAsync(): void {
  if (running > 0) follow(storage.getStore() ?? NO_MODES);
}

function follow(modes: readonly Enter[]): void {
  if (modes === current) return;
  for (const leave of leaveCurrent.reverse()) leave();
  current = modes;
  leaveCurrent = modes.map((enter) => enter());
}

function runAsync<T>(enter: Enter, body: () => Promise<T>): Promise<T> {
  running++;
  const outer = storage.getStore() ?? NO_MODES;
  const finish = () => {
    follow(outer);
    if (--running === 0) follow(NO_MODES);
  };
  const result = storage.run([...outer, enter], body);
  follow(outer);
  return result.finally(finish);
}

function enterNow(enter: Enter, name: string): Entered {
  let leave: (() => void) | null = enter();
  let awaited = false;
  queueMicrotask(() => {
    if (leave === null) return;
    leave();
    leave = null;
    awaited = true;
  });
  const dispose = () => {
    if (awaited) {
      throw new RuntimeError(
        `torch.${name} was still entered by \`using\` at an await, where it would hold for other code too; write torch.${name}(async () => { ... })`,
      );
    }
    leave?.();
    leave = null;
  };
  return { dispose, [Symbol.dispose]: dispose };
}

/** Runs a function under a mode and returns what it returns; without a function, enters the mode until it is disposed. */
export function withMode<T>(name: string, enter: Enter, body: (() => T) | undefined): T | Entered {
  followAsync();
  if (body === undefined) return enterNow(enter, name);
  if (body instanceof AsyncFunction) return runAsync(enter, body as () => Promise<unknown>) as T;
  const leave = enter();
  try {
    return body();
  } finally {
    leave();
  }
}
