// One run of a program's graph: the values of its nodes, and how far it has come.

import { deferral } from "../../deferral.js";
import { TensorBase } from "../../tensor_base.js";

/** One node of a graph, made ready to run. */
export interface Step {
  /** Reads the values that it needs, and stores those that it gives. */
  readonly run: (execution: Execution) => void;
  /** The places of values that no later step reads. */
  readonly last: readonly number[];
}

/** A graph, made ready to run. */
export interface CompiledGraph {
  /** The places of the inputs; -1 for a constant one. */
  readonly inputs: readonly number[];
  readonly steps: readonly Step[];
  readonly outputs: readonly ((values: readonly unknown[]) => unknown)[];
  /** How many values there are. */
  readonly size: number;
  /** Whether it gives its only output itself, not a list of it. */
  readonly isSingle: boolean;
}

/**
 * A run that can be left between two steps and gone on with: on the compute thread each native call is a job, and the
 * step that waits for one is left by an exception.
 *
 * Tensors are freed when the last step that reads them is done, if the graph made them.
 */
export class Execution {
  readonly values: unknown[];
  /** What the current step has begun, for when it is run again. */
  begun: unknown = null;
  readonly #graph: CompiledGraph;
  /** How many values are a tensor; those of the caller are among them once more. */
  readonly #uses = new Map<TensorBase, number>();
  #next = 0;

  constructor(graph: CompiledGraph, inputs: readonly unknown[]) {
    this.#graph = graph;
    this.values = new Array(graph.size).fill(undefined);
    graph.inputs.forEach((place, i) => {
      if (inputs[i] instanceof TensorBase) this.#uses.set(inputs[i], 1);
      if (place >= 0) this.store(place, inputs[i]);
    });
  }

  store(place: number, value: unknown): void {
    this.values[place] = value;
    if (value instanceof TensorBase) this.#uses.set(value, (this.#uses.get(value) ?? 0) + 1);
  }

  #release(place: number): void {
    const value = this.values[place];
    this.values[place] = undefined;
    if (!(value instanceof TensorBase)) return;
    const uses = (this.#uses.get(value) as number) - 1;
    if (uses > 0) {
      this.#uses.set(value, uses);
      return;
    }
    this.#uses.delete(value);
    value.dispose();
  }

  /** Runs the steps that are left; returns the outputs. */
  run(): unknown[] {
    const { steps, outputs } = this.#graph;
    for (; this.#next < steps.length; this.#next++) {
      const step = steps[this.#next];
      step.run(this);
      this.begun = null;
      deferral?.commit();
      for (const place of step.last) this.#release(place);
    }
    return outputs.map((read) => read(this.values));
  }
}
