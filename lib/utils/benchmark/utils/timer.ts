// torch/utils/benchmark/utils/timer.py

import * as accelerator from "../../../accelerator/index.js";
import { keywordClass, takeKeywords } from "../../../arguments/class.js";
import { def } from "../../../arguments/function.js";
import { float32 } from "../../../dtype.js";
import { NotImplementedError, ValueError } from "../../../errors.js";
import * as torch from "../../../index.js";
import { enumeration, type Member } from "../../../python/enum.js";
import { str } from "../../../python/repr.js";
import { tensor } from "../../../tensor_new.js";
import type { Keywords } from "../../../types.js";
import { Measurement, set_torch_threads, TaskSpec } from "./common.js";

/**
 * The time in seconds, when accelerators have done what they were given.
 *
 * `timer() -> float`
 */
export const timer = def("timer", [], (): number => {
  if (accelerator.is_available()) accelerator.synchronize();
  return performance.now() / 1000;
});

/** The language of a statement: PYTHON stands for JavaScript. */
export const Language = enumeration("Language", { PYTHON: 0, CPP: 1 });
export type Language = Member;

/** A statement: JavaScript as text, whose variables are those of `globals` and `setup`, or a function. */
export type Statement = string | (() => unknown);

type Globals = Readonly<Record<string, unknown>>;

/** Runs a statement so many times and tells how long that took. */
type Inner = (number: number, timer: () => number) => number;

/** Text without the indentation that all its lines share, as Python's textwrap.dedent(). */
function dedent(text: string): string {
  const lines = text.split("\n").map((line) => (line.trim() === "" ? "" : line));
  const margins = lines.filter((line) => line).map((line) => /^[ \t]*/.exec(line)?.[0] ?? "");
  let margin = margins[0] ?? "";
  for (const other of margins) while (!other.startsWith(margin)) margin = margin.slice(0, -1);
  return lines.map((line) => line.slice(margin.length)).join("\n");
}

const tidy = (text: string) => dedent(text).replace(/^\n/, "").trimEnd();

/** What a statement is in print: a function's is what it does. */
function textOf(stmt: Statement): string {
  if (typeof stmt === "string") return tidy(stmt);
  const text = Function.prototype.toString.call(stmt);
  const body = /^(?:\(\s*\)\s*=>|function\s*\w*\s*\(\s*\))\s*([\s\S]*)$/.exec(text)?.[1] ?? text;
  const block = /^\{([\s\S]*)\}$/.exec(body)?.[1];
  return tidy(block ?? body).trim();
}

function compile(stmt: Statement, setup: Statement, globals: Globals): Inner {
  if (typeof stmt === "function" || typeof setup === "function") {
    if (typeof stmt === "string" || (typeof setup === "string" && setup !== "pass" && setup !== "")) {
      throw new ValueError("a statement and its setup are either both functions or both text");
    }
    return (number, now) => {
      if (typeof setup === "function") setup();
      const start = now();
      for (let i = 0; i < number; i++) stmt();
      return now() - start;
    };
  }
  const code = (text: string) => (text === "pass" ? "" : text);
  const source = `return function inner(_number, _timer) {
${code(setup)}
const _t0 = _timer();
for (let _i = 0; _i < _number; _i++) {
${code(stmt)}
}
return _timer() - _t0;
}`;
  return new Function(...Object.keys(globals), source)(...Object.values(globals));
}

type Callback = (number: number, time: number) => unknown;

class TimerClass {
  readonly #inner: Inner;
  readonly #timer: () => number;
  readonly _task_spec: TaskSpec;

  constructor(
    stmt: Statement = "pass",
    setup: Statement = "pass",
    global_setup = "",
    now: () => number = timer,
    globals: Globals | null = null,
    label: string | null = null,
    sub_label: string | null = null,
    description: string | null = null,
    env: string | null = null,
    num_threads = 1,
    language: Language | string = Language.PYTHON,
  ) {
    if (typeof stmt !== "string" && typeof stmt !== "function") {
      throw new ValueError("Currently only a `str` stmt is supported.");
    }
    if (language === Language.CPP || language === "cpp" || language === "c++") {
      throw new NotImplementedError("a statement in C++ is compiled by torch.utils.cpp_extension, which needs Python");
    }
    if (language !== Language.PYTHON && !["py", "python"].includes(language as string)) {
      throw new ValueError(`Invalid language \`${str(language)}\`.`);
    }
    if (global_setup) {
      throw new ValueError(
        `global_setup is C++ only, got \`${global_setup}\`. Most likely this code can simply be moved to \`setup\`.`,
      );
    }
    this.#timer = now;
    this._task_spec = TaskSpec({
      stmt: textOf(stmt),
      setup: textOf(setup),
      global_setup,
      label,
      sub_label,
      description,
      env,
      num_threads,
    });
    const isText = typeof stmt === "string" && typeof setup === "string";
    this.#inner = isText
      ? compile(this._task_spec.stmt, this._task_spec.setup, { torch, ...globals })
      : compile(stmt, setup, {});
  }

  #timeit(number: number): number {
    // No operation takes less than a nanosecond, and nothing is divided by zero.
    return Math.max(this.#inner(number, this.#timer), 1e-9);
  }

  #measurement(number: number, times: number[]): Measurement {
    return Measurement(number, times, this._task_spec);
  }

  #withThreads<T>(body: () => T): T {
    return set_torch_threads(this._task_spec.num_threads, body);
  }

  /**
   * Measures so many runs at once, after a hundredth of them to warm up.
   *
   * {@link https://docs.pytorch.org/docs/2.15/benchmark_utils.html#torch.utils.benchmark.Timer.timeit}
   */
  timeit(number = 1000000): Measurement {
    return this.#withThreads(() => {
      this.#timeit(Math.max(Math.floor(number / 100), 2));
      return this.#measurement(number, [this.#timeit(number)]);
    });
  }

  /** Not there in Python either: blocked_autorange() is meant. */
  repeat(_repeat = -1, _number = -1): never {
    throw new NotImplementedError("See `Timer.blocked_autorange.`");
  }

  /** Not there in Python either: blocked_autorange() is meant. */
  autorange(_callback: Callback | null = null): never {
    throw new NotImplementedError("See `Timer.blocked_autorange.`");
  }

  #loop(
    number: number,
    stop_hook: (times: readonly number[]) => boolean,
    min_run_time: number,
    max_run_time: number | null,
    callback: Callback | null,
  ): number[] {
    let total_time = 0;
    let can_stop = false;
    const times: number[] = [];
    return this.#withThreads(() => {
      while (total_time < min_run_time || !can_stop) {
        const time_spent = this.#timeit(number);
        times.push(time_spent);
        total_time += time_spent;
        callback?.(number, time_spent);
        can_stop = stop_hook(times);
        if (max_run_time && total_time > max_run_time) break;
      }
      return times;
    });
  }

  /** How many runs there must be for the clock not to count; they warm up, too. */
  #estimateBlockSize(min_run_time: number): number {
    return this.#withThreads(() => {
      const empty = [0, 0, 0, 0, 0].map(() => this.#timeit(0));
      const overhead = tensor(empty, { dtype: float32 }).median().item() as number;
      let number = 1;
      while (true) {
        const time_taken = this.#timeit(number);
        if (overhead / time_taken <= 1e-4 && time_taken >= min_run_time / 1000) return number;
        if (time_taken > min_run_time || number * 10 > 2147483647) return number;
        number *= 10;
      }
    });
  }

  /**
   * Measures blocks of runs, so many that the clock does not count, for `min_run_time` seconds.
   *
   * {@link https://docs.pytorch.org/docs/2.15/benchmark_utils.html#torch.utils.benchmark.Timer.blocked_autorange}
   */
  blocked_autorange(keywords?: Keywords<{ callback?: Callback | null; min_run_time?: number }>): Measurement;
  blocked_autorange(callback?: Callback | null, min_run_time?: number): Measurement;
  blocked_autorange(callback: unknown = null, min_run_time = 0.2): Measurement {
    const number = this.#estimateBlockSize(min_run_time);
    const times = this.#loop(number, () => true, min_run_time, null, callback as Callback | null);
    return this.#measurement(number, times);
  }

  /**
   * Measures blocks of runs until their quartiles lie within a share of the median, or `max_run_time` has passed.
   *
   * {@link https://docs.pytorch.org/docs/2.15/benchmark_utils.html#torch.utils.benchmark.Timer.adaptive_autorange}
   */
  adaptive_autorange(keywords?: Keywords<{ threshold?: number } & AdaptiveKeywords>): Measurement;
  adaptive_autorange(threshold: number, keywords?: Keywords<AdaptiveKeywords>): Measurement;
  adaptive_autorange(
    threshold: unknown = 0.1,
    min_run_time: unknown = 0.01,
    max_run_time = 10.0,
    callback: Callback | null = null,
  ): Measurement {
    const number = this.#estimateBlockSize(0.05);
    const isEnough = (times: readonly number[]) =>
      times.length > 3 && this.#measurement(number, [...times]).meets_confidence(threshold as number);
    return this.#measurement(number, this.#loop(number, isEnough, min_run_time as number, max_run_time, callback));
  }

  /** Throws NotImplementedError: valgrind counts the instructions of CPython and of an interpreter's subprocess. */
  collect_callgrind(): never {
    throw new NotImplementedError("Callgrind counts the instructions of a Python process; there is none here");
  }
}

interface AdaptiveKeywords {
  min_run_time?: number;
  max_run_time?: number;
  callback?: Callback | null;
}

takeKeywords("Timer", TimerClass.prototype, {
  autorange: ["callback"],
  collect_callgrind: ["number", "*", "repeats", "collect_baseline", "retain_out_file"],
  repeat: ["repeat", "number"],
  timeit: ["number"],
  blocked_autorange: ["callback", "min_run_time"],
  adaptive_autorange: ["threshold", "*", "min_run_time", "max_run_time", "callback"],
});

/**
 * Measures how long a statement takes: JavaScript as text, with the variables of `globals`, or a function. It warms up,
 * waits for accelerators, and sets the number of libtorch's threads.
 *
 * `label`, `sub_label`, `description` and `env` are for `Compare`, which prints many measurements as a table.
 *
 * {@link https://docs.pytorch.org/docs/2.15/benchmark_utils.html#torch.utils.benchmark.Timer}
 */
export const Timer = keywordClass<TimerClass>("Timer")(TimerClass, [
  "stmt",
  "setup",
  "global_setup",
  "timer",
  "globals",
  "label",
  "sub_label",
  "description",
  "env",
  "num_threads",
  "language",
]);
export type Timer = TimerClass;
