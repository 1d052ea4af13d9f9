// torch/export/_unlift.py: a program as a module that holds its parameters and buffers.

import { type CompiledGraph, Execution } from "../_export/serde/execution.js";
import type { Argument } from "../_export/serde/schema.js";
import { SerializeError } from "../_export/serde/serialize.js";
import type { Tensor } from "../_tensor.js";
import { run, takeSignal } from "../aio/run.js";
import { NotImplementedError, RuntimeError } from "../errors.js";
import { setField } from "../nn/modules/module/state.js";
import { Module } from "../nn/modules/module.js";
import { Parameter } from "../nn/parameter.js";
import { PyFloat } from "../python/float.js";
import { type Check, checkInputConstraints, guardsFn, type Inputs } from "./_guards.js";
import { flattenInputs } from "./_tree_utils.js";
import type { ExportedProgram, ModuleCallSignature, ProgramParts } from "./exported_program.js";
import { InputKind, OutputKind } from "./graph_signature.js";

/** Where in the module an input of the graph stands. */
interface Lifted {
  readonly owner: Module;
  readonly name: string;
}

/** What a module is called by, and what functions have of their own. */
const RESERVED = new Set(["forward", "forward_async", "prototype", "arguments", "caller"]);

/** The modules of a program by their names, made when they are asked for. */
class Tree {
  readonly #modules: Map<string, Module>;

  constructor(root: Module) {
    this.#modules = new Map([["", root]]);
  }

  #module(path: string): Module {
    const known = this.#modules.get(path);
    if (known) return known;
    const { owner, name } = this.place(path);
    const made = new Module();
    if (Object.hasOwn(owner, name) || RESERVED.has(name)) {
      throw new SerializeError(`a module of the program cannot be named ${path}`);
    }
    // Not register_module(): Python lets a child have the name of a method, "type" for one.
    setField(owner, name, made);
    this.#modules.set(path, made);
    return made;
  }

  place(target: string): Lifted {
    const parts = target.split(".");
    if (parts.length > 100) throw new SerializeError(`the name of a weight has ${parts.length} parts`);
    const name = parts.pop() as string;
    return { owner: this.#module(parts.join(".")), name };
  }
}

const read = ({ owner, name }: Lifted): Tensor => (owner as unknown as Record<string, Tensor>)[name];

/** What a module runs. */
interface Plan {
  readonly graph: CompiledGraph;
  readonly signature: ModuleCallSignature;
  /** For each input of the graph: the weight that it is; null for the user's. */
  readonly lifted: readonly (Lifted | null)[];
  /** For each output of the graph: what it is copied to, a weight or the user's input of this number; null for results. */
  readonly mutated: readonly (Lifted | number | null)[];
  /** The names of the graph's outputs. */
  readonly names: readonly string[];
  readonly check: Check;
}

/**
 * A program as a module: its parameters and buffers are the module's, under the names that they had in Python.
 *
 * It is called as the original module was, with keyword arguments as the last object.
 */
class GraphModule extends Module {
  readonly #plan: Plan;

  /** @internal */
  constructor(make: (self: Module) => Plan) {
    super();
    this.#plan = make(this as unknown as Module);
  }

  /**
   * Runs the program.
   *
   * Throws ValueError for inputs of another structure, and AssertionError or RuntimeError for sizes that it was not exported for.
   */
  // biome-ignore lint/suspicious/noExplicitAny: only the program knows
  override forward(...args: any[]): any {
    const leaves = flattenInputs(this.#plan.signature.in_spec, args);
    return this.#finish(this.#begin(leaves), leaves);
  }

  /**
   * The same as an awaitable: each operator of the program runs on the compute thread of `torch.aio`, in order, and the event loop
   * turns meanwhile. Calls run one after the other. The keyword `signal` takes an AbortSignal, which ends a call that has not begun.
   */
  // biome-ignore lint/suspicious/noExplicitAny: only the program knows
  async forward_async(...args: any[]): Promise<any> {
    const signal = takeSignal(args);
    const leaves = flattenInputs(this.#plan.signature.in_spec, args);
    let execution: Execution | null = null;
    return run(
      () => {
        execution ??= this.#begin(leaves);
        return this.#finish(execution, leaves);
      },
      false,
      signal,
      GraphModule.prototype.forward_async,
    );
  }

  /** Throws NotImplementedError: whether the module was being trained is part of the program. */
  override train(): never {
    throw new NotImplementedError("Calling train() is not supported yet.");
  }

  /** Throws NotImplementedError, as `train()` does. */
  override eval(): never {
    throw new NotImplementedError("Calling eval() is not supported yet.");
  }

  #begin(leaves: readonly unknown[]): Execution {
    const { graph, lifted, check } = this.#plan;
    check(leaves);
    let next = 0;
    return new Execution(
      graph,
      lifted.map((place) => (place === null ? leaves[next++] : read(place))),
    );
  }

  #finish(execution: Execution, leaves: readonly unknown[]): unknown {
    const { mutated, names, signature } = this.#plan;
    const outputs = execution.run();
    const copied = new Map<string, Tensor>();
    mutated.forEach((target, i) => {
      if (target === null) return;
      const to = (typeof target === "number" ? leaves[target] : read(target)) as Tensor;
      copied.set(names[i], to.copy_(outputs[i] as Tensor));
    });
    const results = outputs
      .flatMap((output, i) => (mutated[i] === null ? [copied.get(names[i]) ?? output] : []))
      .map((result) => (result instanceof PyFloat ? result.valueOf() : result));
    return signature.out_spec.unflatten(results);
  }
}

/** The type of the modules of programs, whose parameters and buffers are fields. */
export type ExportedModule = Module &
  Pick<GraphModule, "forward" | "forward_async" | "train" | "eval"> & {
    // biome-ignore lint/suspicious/noExplicitAny: only the program knows
    readonly [name: string]: any;
  };

function nameOf(arg: Argument): string {
  if (arg.type === "as_tensor") return arg.value.name;
  return "";
}

/** Makes the module of a program. */
export function unlift(
  program: ExportedProgram,
  { serialized, state_dict, constants }: ProgramParts,
  graph: CompiledGraph,
  check_guards: boolean,
): ExportedModule {
  const { graph_signature, call_spec, range_constraints } = program;
  const { input_specs, output_specs } = graph_signature;
  const source = serialized.graph_module.graph;
  const isUsers = (i: number) => input_specs[i].kind === InputKind.USER_INPUT;
  const inputs: Inputs = {
    arguments: source.inputs.filter((_, i) => isUsers(i)),
    graph: source,
    ranges: range_constraints,
  };
  const hasGuards = check_guards && inputs.arguments.length > 0 && program.has_example_inputs;
  const check = hasGuards
    ? guardsFn(inputs, call_spec, serialized.guards_code)
    : checkInputConstraints(inputs, call_spec.in_spec);

  const make = (self: Module): Plan => {
    const tree = new Tree(self);
    const places = new Map<string, Lifted>();
    const lifted = input_specs.map(({ kind, target, persistent }, i): Lifted | null => {
      if (isUsers(i)) return null;
      if (target === null) throw new SerializeError(`the input ${source.inputs[i].type} of the program is not known`);
      const known = places.get(target);
      if (known) return known;
      const place = tree.place(target);
      const value = ((persistent !== false ? state_dict.get(target) : null) ?? constants.get(target)) as Tensor;
      register(place, kind, value, persistent);
      places.set(target, place);
      return place;
    });
    const users = inputs.arguments.map(nameOf);
    const mutated = output_specs.map(({ kind, target }): Lifted | number | null => {
      const isMutation =
        kind === OutputKind.BUFFER_MUTATION ||
        kind === OutputKind.PARAMETER_MUTATION ||
        kind === OutputKind.USER_INPUT_MUTATION;
      if (!isMutation || target === null) return null;
      const place = places.get(target) ?? users.indexOf(target);
      if (place === -1) throw new RuntimeError(`Could not find ${target} in either buffer or input nodes`);
      return place;
    });
    return { graph, signature: call_spec, lifted, mutated, names: source.outputs.map(nameOf), check };
  };
  return new GraphModule(make) as unknown as ExportedModule;
}

function register({ owner, name }: Lifted, kind: InputKind, value: Tensor, persistent: boolean | null): void {
  if (kind === InputKind.PARAMETER) {
    owner.register_parameter(name, value instanceof Parameter ? (value as Parameter) : new Parameter(value, false));
  } else if (kind === InputKind.BUFFER) {
    owner.register_buffer(name, value, persistent !== false);
  } else {
    if (name in owner) throw new SerializeError(`a constant of the program cannot be named ${name}`);
    const constant = value.requires_grad ? value.detach() : value;
    Object.defineProperty(owner, name, { value: constant, writable: true, configurable: true, enumerable: false });
  }
}
