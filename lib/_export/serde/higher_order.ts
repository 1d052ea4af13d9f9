// torch/_higher_order_ops: the operators that call graphs, as far as programs have them.

import { autocast } from "../../amp/autocast_mode.js";
import { set_grad_enabled } from "../../autograd/grad_mode.js";
import { deferral } from "../../deferral.js";
import type { dtype } from "../../dtype.js";
import { RuntimeError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { typeName } from "../../python/objects.js";
import { TensorBase } from "../../tensor_base.js";
import type { Tensor } from "../../types.js";
import { type CompiledGraph, Execution } from "./execution.js";
import { SerializeError } from "./union.js";

/** An argument of a higher order operator. */
export type HigherOrderArgument =
  | { readonly read: (values: readonly unknown[]) => unknown }
  | { readonly graph: CompiledGraph };

/** Runs a node. What it has begun it keeps in `execution.begun`: it is called again where it was left by an exception. */
type Run = (execution: Execution) => unknown;
type Make = (args: readonly HigherOrderArgument[], target: string) => Run;
type ReadValue = (execution: Execution) => unknown;

/** The arguments of one node, each of the kind that is asked for. */
class Arguments {
  readonly #args: readonly HigherOrderArgument[];
  readonly #target: string;

  constructor(args: readonly HigherOrderArgument[], target: string) {
    this.#args = args;
    this.#target = target;
  }

  graph(i: number): CompiledGraph {
    const arg = this.#args[i];
    if (arg === undefined || !("graph" in arg)) throw this.#wrong(i, "a graph");
    return arg.graph;
  }

  value(i: number): ReadValue {
    const arg = this.#args[i];
    if (arg === undefined || !("read" in arg)) throw this.#wrong(i, "a value");
    return ({ values }) => arg.read(values);
  }

  /** A list of values; an empty one where the argument is missing. */
  list(i: number): (execution: Execution) => unknown[] {
    if (i >= this.#args.length) return () => [];
    const read = this.value(i);
    return (execution) => {
      const value = read(execution);
      if (Array.isArray(value)) return value;
      throw new RuntimeError(`argument ${i} of ${this.#target} must be a list, not ${typeName(value)}`);
    };
  }

  /** The arguments from one on. */
  rest(from: number): (execution: Execution) => unknown[] {
    const reads = this.#args.slice(from).map((_, i) => this.value(from + i));
    return (execution) => reads.map((read) => read(execution));
  }

  #wrong(i: number, what: string): SerializeError {
    return new SerializeError(`argument ${i} of ${this.#target} must be ${what}`);
  }
}

function resultOf(graph: CompiledGraph, inner: Execution): unknown {
  const outputs = inner.run();
  return graph.isSingle ? outputs[0] : outputs;
}

function checkCount(graph: CompiledGraph, inputs: readonly unknown[], target: string): void {
  if (graph.inputs.length === inputs.length) return;
  throw new RuntimeError(`a graph of ${target} takes ${graph.inputs.length} inputs, but gets ${inputs.length}`);
}

/** Keeps what a node has begun: the native calls before are not made again when it is called again. */
function keep<T>(execution: Execution, begun: T): T {
  execution.begun = begun;
  deferral?.commit();
  return begun;
}

/** A graph that is called once. */
function once(graph: CompiledGraph, inputs: (execution: Execution) => unknown[], target: string): Run {
  return (execution) => {
    if (execution.begun === null) {
      const given = inputs(execution);
      checkCount(graph, given, target);
      execution.begun = new Execution(graph, given);
    }
    return resultOf(graph, execution.begun as Execution);
  };
}

function truth(x: unknown): boolean {
  return Boolean(x instanceof TensorBase ? (x as Tensor).item() : x);
}

const cond: Make = (given, target) => {
  const args = new Arguments(given, target);
  const [pred, yes, no, operands] = [args.value(0), args.graph(1), args.graph(2), args.list(3)];
  return (execution) => {
    if (execution.begun === null) {
      const graph = truth(pred(execution)) ? yes : no;
      const inputs = operands(execution);
      checkCount(graph, inputs, target);
      keep(execution, { graph, inner: new Execution(graph, inputs) });
    }
    const { graph, inner } = execution.begun as { graph: CompiledGraph; inner: Execution };
    return resultOf(graph, inner);
  };
};

interface Loop {
  carried: unknown[];
  readonly additional: unknown[];
  /** The condition or the body, whichever runs. */
  inner: Execution | null;
  isBody: boolean;
}

const while_loop: Make = (given, target) => {
  const args = new Arguments(given, target);
  const [condition, body, carried, additional] = [args.graph(0), args.graph(1), args.list(2), args.list(3)];
  return (execution) => {
    const loop = (execution.begun ??
      keep(execution, {
        carried: carried(execution),
        additional: additional(execution),
        inner: null,
        isBody: false,
      })) as Loop;
    for (;;) {
      const graph = loop.isBody ? body : condition;
      const inputs = [...loop.carried, ...loop.additional];
      checkCount(graph, inputs, target);
      loop.inner ??= new Execution(graph, inputs);
      const outputs = loop.inner.run();
      if (!loop.isBody && !truth(outputs[0])) return loop.carried;
      if (loop.isBody) loop.carried = outputs;
      loop.isBody = !loop.isBody;
      loop.inner = null;
      keep(execution, loop);
    }
  };
};

interface Mapping {
  readonly rows: readonly Tensor[][];
  readonly results: unknown[][];
  inner: Execution | null;
}

const map_impl: Make = (given, target) => {
  const args = new Arguments(given, target);
  const [graph, xs, others] = [args.graph(0), args.list(1), args.list(2)];
  return (execution) => {
    const mapping = (execution.begun ??
      keep(execution, {
        rows: (xs(execution) as Tensor[]).map((x) => [...torch.unbind(x)]),
        results: [],
        inner: null,
      })) as Mapping;
    const count = mapping.rows[0]?.length ?? 0;
    while (mapping.results.length < count) {
      const i = mapping.results.length;
      const inputs = [...mapping.rows.map((rows) => rows[i]), ...others(execution)];
      checkCount(graph, inputs, target);
      mapping.inner ??= new Execution(graph, inputs);
      mapping.results.push(mapping.inner.run());
      mapping.inner = null;
    }
    const stacked = graph.outputs.map((_, i) => torch.stack(mapping.results.map((one) => one[i]) as Tensor[]));
    return graph.isSingle ? stacked[0] : stacked;
  };
};

const wrap_with_set_grad_enabled: Make = (given, target) => {
  const args = new Arguments(given, target);
  const enabled = args.value(0);
  const run = once(args.graph(1), args.rest(2), target);
  return (execution) => set_grad_enabled(truth(enabled(execution)), () => run(execution));
};

const wrap_with_autocast: Make = (given, target) => {
  const args = new Arguments(given, target);
  const [device_type, type, enabled, cache] = [0, 1, 2, 3].map((i) => args.value(i));
  const run = once(args.graph(4), args.rest(5), target);
  return (execution) => {
    const keywords = {
      dtype: type(execution) as dtype | null,
      enabled: truth(enabled(execution)),
      cache_enabled: cache(execution) as boolean | null,
    };
    return autocast(String(device_type(execution)), keywords, () => run(execution));
  };
};

/** One that calls its graph with its other arguments from a place on. */
const calling =
  (graph: number, from: number): Make =>
  (given, target) => {
    const args = new Arguments(given, target);
    return once(args.graph(graph), args.rest(from), target);
  };

const strict_mode: Make = (given, target) => {
  const args = new Arguments(given, target);
  return once(args.graph(0), args.list(1), target);
};

/** The operators by the names that graphs have for them. */
export const higherOrder: ReadonlyMap<string, Make> = new Map(
  Object.entries({
    cond,
    while_loop,
    map_impl,
    wrap_with_set_grad_enabled,
    wrap_with_autocast,
    invoke_subgraph: calling(0, 2),
    tag_activation_checkpoint: calling(0, 1),
    strict_mode,
    run_const_graph: strict_mode,
  }).map(([name, make]) => [`torch.ops.higher_order.${name}`, make]),
);
