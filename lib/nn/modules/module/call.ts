// Module.__call__: `forward` and the hooks around it.

import { Tensor } from "../../../_tensor.js";
import { isPlainObject } from "../../../arguments/function.js";
import type { Node } from "../../../autograd/graph.js";
import { RuntimeError } from "../../../errors.js";
import { inScope } from "../../../jit/_state.js";
import { repr } from "../../../python/repr.js";
import { BackwardHook as BackwardHookOfCall } from "../../../utils/hooks.js";
import type { Module } from "../module.js";
import { type BackwardHook, type ForwardEntry, globalHooks, Hooks, type Kwargs } from "./hooks.js";
import { members, type State } from "./state.js";

const NO_HOOKS = new Hooks();

/** Calls a module that has hooks, or for the first time. */
export function callModule(module: Module, state: State, args: unknown[]): unknown {
  // From now on a plain tensor that is assigned to a buffer's field is a buffer too.
  members(module, "buffer");
  const hooks = state.hooks ?? NO_HOOKS;
  if (!hooks.onCalls && !globalHooks.onCalls) {
    state.plain = true;
    return module.forward(...args);
  }
  return new HookedCall(module, hooks, args).run();
}

/** One call of a module, as far as it has come. */
class HookedCall {
  readonly module: Module;
  readonly hooks: Hooks;
  args: unknown[];
  kwargs: Kwargs;
  result: unknown = null;
  /** The hooks with `always_call` that were called already. */
  readonly called = new Set<ForwardEntry>();

  constructor(module: Module, hooks: Hooks, args: unknown[]) {
    this.module = module;
    this.hooks = hooks;
    const last = args[args.length - 1];
    this.kwargs = isPlainObject(last) ? last : {};
    this.args = isPlainObject(last) ? args.slice(0, -1) : args;
  }

  run(): unknown {
    try {
      return this.#run();
    } catch (error) {
      this.#callRemaining();
      throw error;
    }
  }

  #run(): unknown {
    const [full, notFull] = backwardHooks(this.hooks);
    const pre = [...globalHooks.backward_pre.values(), ...this.hooks.backward_pre.values()];
    for (const entry of [...globalHooks.forward_pre.values(), ...this.hooks.forward_pre.values()]) this.#callPre(entry);
    const backward = full.length + pre.length > 0 ? new BackwardHookOfCall(this.module, full, pre) : null;
    if (backward) this.args = backward.setup_input_hook(this.args);
    const hasKwargs = Object.keys(this.kwargs).length > 0;
    this.result = inScope(this.module, () => this.module.forward(...this.args, ...(hasKwargs ? [this.kwargs] : [])));
    for (const entry of [...globalHooks.forward.values(), ...this.hooks.forward.values()]) this.#callPost(entry);
    if (backward) {
      if (!(this.result instanceof Tensor) && !Array.isArray(this.result)) {
        process.emitWarning(
          `For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received ${typeof this.result}`,
        );
      }
      this.result = backward.setup_output_hook(this.result);
    }
    if (notFull.length > 0) this.#registerNotFull(notFull);
    return this.result;
  }

  #callPre({ hook, with_kwargs }: ForwardEntry): void {
    if (!with_kwargs) {
      const replaced = hook(this.module, this.args);
      if (replaced !== undefined && replaced !== null) this.args = Array.isArray(replaced) ? replaced : [replaced];
      return;
    }
    const replaced = hook(this.module, this.args, this.kwargs);
    if (replaced === undefined || replaced === null) return;
    if (!Array.isArray(replaced) || replaced.length !== 2) {
      throw new RuntimeError(
        `forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got ${repr(replaced)}.`,
      );
    }
    [this.args, this.kwargs] = replaced as [unknown[], Kwargs];
  }

  #callPost(entry: ForwardEntry): void {
    if (entry.always_call) this.called.add(entry);
    const { hook, with_kwargs } = entry;
    const given = with_kwargs ? [this.args, this.kwargs] : [this.args];
    this.result = hook(this.module, ...given, this.result) ?? this.result;
  }

  /** After an error: the hooks that are always called; what they throw themselves is told in a warning. */
  #callRemaining(): void {
    for (const [owner, entries] of [
      ["global module", globalHooks.forward],
      ["module", this.hooks.forward],
    ] as const) {
      for (const entry of entries.values()) {
        if (!entry.always_call || this.called.has(entry)) continue;
        try {
          this.#callPost(entry);
        } catch (error) {
          process.emitWarning(
            `${owner} forward hook with \`\`always_call=True\`\` raised an exception that was silenced as another error was raised in forward: ${(error as Error).message}`,
          );
        }
      }
    }
  }

  /** Puts the old kind of backward hooks on the node that made the first output. */
  #registerNotFull(hooks: BackwardHook[]): void {
    let output = this.result;
    while (!(output instanceof Tensor)) {
      output = isPlainObject(output)
        ? Object.values(output).find((value) => value instanceof Tensor)
        : (output as unknown[])[0];
    }
    const node = output.grad_fn;
    if (node === null) return;
    for (const hook of hooks) {
      node.register_hook((grad_input, grad_output) => hook(this.module, grad_input, grad_output));
    }
    warnNotFull(this.args, this.result, node);
  }
}

/** Warns where the old kind of backward hooks misses gradients. */
function warnNotFull(args: unknown[], result: unknown, grad_fn: Node): void {
  const problem = problemOf(args, result, grad_fn);
  if (problem !== null) process.emitWarning(problem, "FutureWarning");
}

function problemOf(inputs: unknown[], result: unknown, grad_fn: Node): string | null {
  const outputs = Array.isArray(result) ? result : [result];
  const gone = "is deprecated and will be removed in future versions. This hook will be missing some";
  const instead = "Please use register_full_backward_hook to get the documented behavior.";
  if (!outputs.every(isTensor)) {
    return `Using non-full backward hooks on a Module that does not return a single Tensor or a tuple of Tensors ${gone} of the grad_output. ${instead}`;
  }
  if (!inputs.every(isTensor)) {
    return `Using non-full backward hooks on a Module that does not take as input a single Tensor or a tuple of Tensors ${gone} of the grad_input. ${instead}`;
  }
  const nodes = distinct(outputs.map((output) => output.grad_fn));
  if (!nodes.some((node) => node.equals(grad_fn))) {
    return `Using a non-full backward hook when outputs are nested in python data structure ${gone} grad_output.`;
  }
  if (nodes.length > 1) {
    return `Using a non-full backward hook when outputs are generated by different autograd Nodes ${gone} grad_output. ${instead}`;
  }
  const before = distinct(inputs.map((input) => input.grad_fn));
  const next = distinct(grad_fn.next_functions.map(([node]) => node));
  const same = before.length === next.length && before.every((node) => next.some((other) => other.equals(node)));
  return same
    ? null
    : `Using a non-full backward hook when the forward contains multiple autograd Nodes ${gone} grad_input. ${instead}`;
}

const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

function distinct(nodes: (Node | null)[]): Node[] {
  const found: Node[] = [];
  for (const node of nodes) if (node !== null && !found.some((other) => other.equals(node))) found.push(node);
  return found;
}

/** The full backward hooks and the others: of all modules, then of this one. */
function backwardHooks(hooks: Hooks): [full: BackwardHook[], notFull: BackwardHook[]] {
  const of = (full: boolean) =>
    [globalHooks, hooks].flatMap((one) => (one.is_full_backward_hook === full ? [...one.backward.values()] : []));
  return [of(true), of(false)];
}
