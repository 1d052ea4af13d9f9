// checkpoint(..., { debug: true }): which operators ran in each of the two calls, and from where.

import type { Tensor } from "../../_tensor.js";
import { mode } from "../../arguments/mode.js";
import { native } from "../../binding.js";
import { type Entered, withMode } from "../../modes.js";
import { repr, str } from "../../python/repr.js";
import { handleOf, TensorBase } from "../../tensor_base.js";
import { enterDispatchMode, type Operation } from "../_python_dispatch.js";
import { errorText } from "./messages.js";
import type { Context } from "./non_reentrant.js";

let enabled: boolean | null = null;

/** Whether a checkpoint is debugged that was asked for that, or not. */
export const isDebugged = (debug: boolean): boolean => enabled ?? debug;

/** The type of set_checkpoint_debug_enabled(). */
export interface SetCheckpointDebugEnabled {
  <T>(enabled: boolean | null, body: () => T): T;
  (enabled: boolean | null): Entered;
}

/**
 * A mode that sets for all checkpoints whether their errors tell which operators ran, whatever each was given as `debug`;
 * null leaves it to them.
 *
 * {@link https://docs.pytorch.org/docs/2.15/checkpoint.html#torch.utils.checkpoint.set_checkpoint_debug_enabled}
 */
export const set_checkpoint_debug_enabled: SetCheckpointDebugEnabled = mode(
  "utils.checkpoint.set_checkpoint_debug_enabled",
  ["enabled"],
  (value: boolean | null) => () => {
    const before = enabled;
    enabled = value;
    return () => {
      enabled = before;
    };
  },
);

/** The operators of one call, a line for each, and where each was called. */
class Log {
  readonly lines: string[] = [];
  readonly #stacks: string[][] = [];
  readonly #seen: Tensor[] = [];

  #shortid(tensor: Tensor): number {
    const known = this.#seen.findIndex((other) => native.isSame(handleOf(other), handleOf(tensor)));
    return known === -1 ? this.#seen.push(tensor) - 1 : known;
  }

  #format(value: unknown, withType: boolean): unknown {
    if (Array.isArray(value)) return value.map((element) => this.#format(element, withType));
    if (!(value instanceof TensorBase)) return repr(value);
    const tensor = value as Tensor;
    const type = withType ? `: ${tensor.dtype.abbr}[${[...tensor.shape].join(", ")}]` : "";
    return `$${this.#shortid(tensor)}${type}`;
  }

  add({ func, args }: Operation, output: unknown): void {
    const given = args.map((arg) => str(this.#format(arg, false))).join(", ");
    this.lines.push(`${str(this.#format(output, true))} = torch._ops.${func}(${given})`);
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 50;
    const frames = new Error().stack?.split("\n") ?? [];
    Error.stackTraceLimit = stackTraceLimit;
    this.#stacks.push(frames.flatMap(frameText));
  }

  traces(label: string): string {
    const traces = this.lines.map((line, i) => {
      const stack = this.#stacks[i].map((frame) => `${frame}\n`).join("");
      return `${line}   (${i + 1} of ${this.lines.length} in ${label})\n\n${stack}\n\n`;
    });
    return traces.join("");
  }

  context(): Context {
    const enter = enterDispatchMode({ before: () => true, after: (operation, output) => this.add(operation, output) });
    return (body) => withMode("LoggingTensorMode", enter, body) as ReturnType<typeof body>;
  }
}

/** `file:line:name` of a line of a stack, but for Node.js's own. */
function frameText(line: string): string[] {
  const frame = /^ +at (?:(.*) \()?(?:file:\/\/)?((?!node:|native).*):(\d+):\d+\)?$/.exec(line);
  return frame ? [`${frame[2]}:${frame[3]}:${frame[1] ?? "<anonymous>"}`] : [];
}

/** The two modes of a checkpoint that is debugged, and the text of an error in it. */
export function debugContexts(): { contexts: [forward: Context, recompute: Context]; message: () => string } {
  const [forward, recompute] = [new Log(), new Log()];
  const message = () =>
    errorText({
      forward_traces: forward.traces("original"),
      recompute_traces: recompute.traces("recompute"),
      forward_ops: forward.lines.join("\n"),
      recompute_ops: recompute.lines.join("\n"),
    });
  return { contexts: [forward.context(), recompute.context()], message };
}
