// GraphModuleDeserializer of torch/_export/serde/serialize.py: a serialized graph made ready to run.

import { type Operand, prepare } from "../../_ops/prepare.js";
import { native, type SchemaDescription } from "../../binding.js";
import { RuntimeError } from "../../errors.js";
import { Complex } from "../../python/complex.js";
import type { CompiledGraph, Execution, Step } from "./execution.js";
import { type HigherOrderArgument, higherOrder } from "./higher_order.js";
import type { Argument, Graph, Node, SymArgument } from "./schema.js";
import {
  deserialize_device,
  deserialize_layout,
  deserialize_memory_format,
  deserialize_scalar_type,
} from "./serialize.js";
import { float, symOps } from "./sym_ops.js";
import { SerializeError } from "./union.js";

type Values = readonly unknown[];
type ReadValue = (values: Values) => unknown;
/** Stores what a node gave in the places of its outputs. */
type Store = (execution: Execution, result: unknown) => void;

/** Operators that reach beyond tensors: a program of a file must not open others. */
const REFUSED = new Set(["aten::from_file"]);

const isConstant = (operand: Operand): operand is Extract<Operand, { constant: unknown }> => "constant" in operand;

/** What reads an operand. */
const reader = (operand: Operand): ReadValue => ("read" in operand ? operand.read : () => operand.constant);

/** A list of operands as one. */
function listOf(operands: readonly Operand[]): Operand {
  if (operands.every(isConstant)) return { constant: operands.map(({ constant }) => constant) };
  const readers = operands.map(reader);
  return { read: (values) => readers.map((read) => read(values)) };
}

/** The overload that a target names, "torch.ops.aten.add.Tensor"; null if there is none. */
function findOverload(target: string): { name: string; description: SchemaDescription } | null {
  const found = /^torch\.ops\.([^.]+)\.([^.]+)\.([^.]+)$/.exec(target);
  if (!found) return null;
  const [, namespace, operator, overload] = found;
  const name = `${namespace}::${operator}`;
  const descriptions = native.operatorSchemas(name);
  const description = descriptions.find((one) => (one.overload || "default") === overload);
  return description && !REFUSED.has(name) ? { name, description } : null;
}

function unsupported(target: string): SerializeError {
  if (target.startsWith("torch.ops.higher_order.")) {
    return new SerializeError(`the program calls ${target}, a higher order operator that tstorch does not run`);
  }
  return new SerializeError(
    `We failed to resolve ${target} to an operator. If it is a custom operator, load its library before by torch.ops.load_library(); functions of Python's cannot be called.`,
  );
}

class Compiler {
  readonly #graph: Graph;
  readonly #places = new Map<string, number>();
  /** For each place the last step that reads it, or that stores it. */
  readonly #lastUse: number[] = [];
  #step = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  compile(): CompiledGraph {
    const { nodes, is_single_tensor_return: isSingle } = this.#graph;
    const inputs = this.#graph.inputs.map((input) => this.#input(input));
    const runs = nodes.map((node, i) => {
      this.#step = i;
      try {
        return this.#node(node);
      } catch (error) {
        if (error instanceof SerializeError || !(error instanceof Error)) throw error;
        throw new SerializeError(
          `Failed deserializing node ${node.name ?? i}, which calls ${node.target}: ${error.message}`,
          { cause: error },
        );
      }
    });
    this.#step = nodes.length;
    const outputs = this.#graph.outputs.map((output) => reader(this.operand(output)));
    if (isSingle && outputs.length !== 1) {
      throw new SerializeError(`expected single output for single_tensor_return, got ${outputs.length}`);
    }
    const last: number[][] = nodes.map(() => []);
    for (const [place, step] of this.#lastUse.entries()) last[step]?.push(place);
    const steps = runs.map((run, i): Step => ({ run, last: last[i] }));
    return { inputs, steps, outputs, size: this.#places.size, isSingle };
  }

  #define(name: string): number {
    if (this.#places.has(name)) throw new SerializeError(`Node ${name} has already been deserialized before.`);
    const place = this.#places.size;
    this.#places.set(name, place);
    this.#lastUse.push(this.#step);
    return place;
  }

  #use(name: string): Operand {
    const place = this.#places.get(name);
    if (place === undefined) throw new SerializeError(`the graph uses ${JSON.stringify(name)} before it is defined`);
    this.#lastUse[place] = this.#step;
    return { read: (values) => values[place] };
  }

  #input(input: Argument): number {
    switch (input.type) {
      case "as_tensor":
      case "as_custom_obj":
        return this.#define(input.value.name);
      case "as_sym_int":
      case "as_sym_float":
      case "as_sym_bool":
        if (input.value.type === "as_name") return this.#define(input.value.value);
        throw new SerializeError("Deserializing a constant symint as an input");
      case "as_int":
      case "as_float":
      case "as_bool":
      case "as_none":
      case "as_string":
        return -1;
      default:
        throw new SerializeError(`Invalid input type ${input.type}`);
    }
  }

  #symbol(value: SymArgument): Operand {
    if (value.type === "as_name") return this.#use(value.value);
    return { constant: value.type === "as_float" ? float(value.value) : value.value };
  }

  /** What an argument stands for. */
  operand(arg: Argument): Operand {
    switch (arg.type) {
      case "as_none":
        return { constant: null };
      case "as_tensor":
        return this.#use(arg.value.name);
      case "as_tensors":
        return listOf(arg.value.map(({ name }) => this.#use(name)));
      case "as_nested_tensors":
        return listOf(arg.value.map((inner) => listOf(inner.map(({ name }) => this.#use(name)))));
      case "as_optional_tensor":
        return arg.value.type === "as_tensor" ? this.#use(arg.value.value.name) : { constant: null };
      case "as_optional_tensors":
        return listOf(
          arg.value.map((one) => (one.type === "as_tensor" ? this.#use(one.value.name) : { constant: null })),
        );
      case "as_sym_int":
      case "as_sym_float":
      case "as_sym_bool":
        return this.#symbol(arg.value);
      case "as_sym_ints":
      case "as_sym_floats":
      case "as_sym_bools":
        return listOf(arg.value.map((one: SymArgument) => this.#symbol(one)));
      case "as_float":
        return { constant: float(arg.value) };
      case "as_floats":
        return { constant: arg.value.map(float) };
      case "as_float_lists":
        return { constant: arg.value.map((one) => one.map(float)) };
      case "as_complex":
        return { constant: new Complex(arg.value.real, arg.value.imag) };
      case "as_scalar_type":
        return { constant: deserialize_scalar_type(arg.value) };
      case "as_memory_format":
        return { constant: deserialize_memory_format(arg.value) };
      case "as_layout":
        return { constant: deserialize_layout(arg.value) };
      case "as_device":
        return { constant: deserialize_device(arg.value) };
      case "as_custom_obj":
        if (this.#places.has(arg.value.name)) return this.#use(arg.value.name);
        throw new SerializeError(
          `the program uses an object of class ${arg.value.class_fqn}, which tstorch cannot make`,
        );
      case "as_graph":
      case "as_operator":
      case "as_string_to_argument":
        throw new SerializeError(`an argument of the kind ${arg.type} belongs to higher order operators alone`);
      default:
        return { constant: arg.value };
    }
  }

  #node(node: Node): (execution: Execution) => void {
    const { target } = node;
    const symOp = symOps.get(target);
    if (symOp) {
      const readers = node.inputs.map(({ arg }) => reader(this.operand(arg)));
      const store = this.#outputs(node);
      return (execution) => store(execution, symOp(...readers.map((read) => read(execution.values))));
    }
    const found = findOverload(target);
    if (found) {
      const operands = new Map(node.inputs.map(({ name, arg }) => [name, this.operand(arg)]));
      const call = prepare(found.name, found.description, operands);
      const store = this.#outputs(node);
      return (execution) => store(execution, call(execution.values));
    }
    const make = higherOrder.get(target);
    if (!make) throw unsupported(target);
    const args = node.inputs.map(({ arg }) => this.#higherOrderArgument(arg));
    const call = make(args, target);
    const store = this.#outputs(node);
    return (execution) => store(execution, call(execution));
  }

  #higherOrderArgument(arg: Argument): HigherOrderArgument {
    if (arg.type !== "as_graph") return { read: reader(this.operand(arg)) };
    return { graph: new Compiler(arg.value.graph).compile() };
  }

  /** What stores the result of a node. */
  #outputs({ outputs, target, is_hop_single_tensor_return: isSingleTensor }: Node): Store {
    const stores = outputs.map((output) => this.#output(output));
    const isListOfOne =
      target.startsWith("torch.ops.higher_order.") && isSingleTensor === false && outputs[0]?.type !== "as_none";
    if (stores.length === 0) return () => {};
    if (stores.length === 1 && !(isListOfOne && outputs[0].type !== "as_tensors")) return stores[0];
    return (execution, result) => {
      for (const [i, value] of eachOf(result, stores.length, target).entries()) stores[i](execution, value);
    };
  }

  #output(output: Argument): Store {
    switch (output.type) {
      case "as_none":
        return () => {};
      case "as_tensor": {
        const place = this.#define(output.value.name);
        return (execution, result) => execution.store(place, result);
      }
      case "as_optional_tensor":
        return output.value.type === "as_none"
          ? () => {}
          : this.#output({ type: "as_tensor", value: output.value.value });
      case "as_sym_int":
      case "as_sym_bool":
        return this.#symbolOutput(output.value, (value) => value);
      case "as_sym_float":
        return this.#symbolOutput(output.value, (value) => (typeof value === "number" ? float(value) : value));
      case "as_tensors": {
        const places = output.value.map(({ name }) => this.#define(name));
        return (execution, result) => {
          for (const [i, value] of eachOf(result, places.length, "an operator").entries()) {
            execution.store(places[i], value);
          }
        };
      }
      default:
        throw new SerializeError(`Unimplemented node output type: ${output.type}`);
    }
  }

  #symbolOutput(value: SymArgument, convert: (value: unknown) => unknown): Store {
    if (value.type !== "as_name") return () => {};
    const place = this.#define(value.value);
    return (execution, result) => execution.store(place, convert(result));
  }
}

function eachOf(result: unknown, count: number, target: string): unknown[] {
  if (Array.isArray(result) && result.length === count) return result;
  const given = Array.isArray(result) ? result.length : 1;
  throw new RuntimeError(`${target} gave ${given} results, where the program has ${count}`);
}

/** Makes a graph ready to run. Throws SerializeError that tells what in it cannot be run. */
export function compile(graph: Graph): CompiledGraph {
  return new Compiler(graph).compile();
}
