// The table of a model's layers, as the package torchinfo prints it.

import { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { no_grad } from "../autograd/grad_mode.js";
import type { Module } from "../nn/modules/module.js";
import { Printed } from "../python/printed.js";

/** A layer of a model. */
export interface Layer {
  /** The class and, in parentheses, the name. */
  readonly name: string;
  /** How deep the layer is in the model, whose own depth is 0. */
  readonly depth: number;
  /** The shapes of what the layer returned when it was called last; empty if it was not called. */
  output_size: number[][];
  /** The number of elements of all parameters, those of the layers inside too. */
  readonly num_params: number;
}

/** What `summary()` gives; it prints as the table. */
export class ModelStatistics extends Printed {
  readonly layers: readonly Layer[];
  readonly total_params: number;
  readonly trainable_params: number;

  constructor(layers: readonly Layer[], total_params: number, trainable_params: number) {
    super();
    this.layers = layers;
    this.total_params = total_params;
    this.trainable_params = trainable_params;
  }

  override __repr__(): string {
    return table(this);
  }
}

function shapesOf(output: unknown): number[][] {
  if (output instanceof Tensor) return [[...output.shape]];
  if (Array.isArray(output)) return output.flatMap(shapesOf);
  if (typeof output !== "object" || output === null) return [];
  return Object.values(output).flatMap(shapesOf);
}

/** How many elements tensors have; a shared one counts once. */
function count(tensors: Iterable<Tensor>): number {
  let elements = 0;
  for (const tensor of new Set(tensors)) elements += tensor.numel();
  return elements;
}

const thousands = (n: number) => `${n}`.replace(/\B(?=(\d{3})+$)/g, ",");

function table({ layers, total_params, trainable_params }: ModelStatistics): string {
  const rows = layers.map(({ name, depth, output_size, num_params }) => [
    `${"│    ".repeat(Math.max(depth - 1, 0))}${depth > 0 ? "├─" : ""}${name}`,
    output_size.length ? output_size.map((shape) => `[${shape.join(", ")}]`).join(", ") : "--",
    num_params ? thousands(num_params) : "--",
  ]);
  const all = [["Layer (type (name))", "Output Shape", "Param #"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column].length)) + 2);
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join("")
      .trimEnd();
  const rule = "=".repeat(widths.reduce((sum, width) => sum + width));
  return [
    rule,
    line(all[0]),
    rule,
    ...rows.map(line),
    rule,
    `Total params: ${thousands(total_params)}`,
    `Trainable params: ${thousands(trainable_params)}`,
    `Non-trainable params: ${thousands(total_params - trainable_params)}`,
    rule,
  ].join("\n");
}

/**
 * A table of a model's layers: their output shapes for these inputs and how many parameters they have.
 *
 * The model runs once, in evaluation mode and without gradients, on one input or a list of them; without inputs there are
 * no shapes. Print the result, or take the figures from its fields.
 *
 * {@link https://github.com/TylerYep/torchinfo}
 */
export const summary = def(
  "summary",
  ["model", "input_data", "depth"],
  (
    model: Module,
    input_data: Tensor | readonly unknown[] | null = null,
    depth = Number.POSITIVE_INFINITY,
  ): ModelStatistics => {
    const layers: Layer[] = [];
    const handles: { remove(): void }[] = [];
    const visit = (module: Module, name: string, level: number): void => {
      const type = module.constructor.name;
      const layer: Layer = {
        name: name ? `${type} (${name})` : type,
        depth: level,
        output_size: [],
        num_params: count(module.parameters()),
      };
      layers.push(layer);
      handles.push(
        module.register_forward_hook((_module: unknown, _args: unknown[], output: unknown) => {
          layer.output_size = shapesOf(output);
        }),
      );
      if (level < depth) for (const [key, child] of module.named_children()) visit(child, key, level + 1);
    };
    const modes = [...model.modules()].map((module) => [module, module.training] as const);
    try {
      visit(model, "", 0);
      if (input_data !== null) {
        const inputs = input_data instanceof Tensor ? [input_data] : input_data;
        model.eval();
        no_grad(() => (model as unknown as (...args: unknown[]) => unknown)(...inputs));
      }
    } finally {
      for (const handle of handles) handle.remove();
      for (const [module, training] of modes) module.training = training;
    }
    const parameters = [...model.parameters()];
    const trainable = parameters.filter((parameter) => parameter.requires_grad);
    return new ModelStatistics(layers, count(parameters), count(trainable));
  },
);
