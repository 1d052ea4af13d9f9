// torch/export/exported_program.py

import { inspect } from "node:util";
import type { CompiledGraph } from "../_export/serde/execution.js";
import { compile } from "../_export/serde/graph.js";
import type * as schema from "../_export/serde/schema.js";
import { deserialize_signature, SerializeError } from "../_export/serde/serialize.js";
import { SymExpr } from "../_export/serde/sympy.js";
import { type TreeSpec, treespec_loads } from "../_export/serde/treespec.js";
import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { NotImplementedError, RuntimeError } from "../errors.js";
import type { Parameter } from "../nn/parameter.js";
import { dictOf } from "../serialization/values.js";
import { load } from "../serialization.js";
import { printReadable } from "./_print.js";
import { type ExportedModule, unlift } from "./_unlift.js";
import { type ExportGraphSignature, InputKind, OutputKind } from "./graph_signature.js";

/** The calling convention of a module. */
export interface ModuleCallSignature {
  readonly in_spec: TreeSpec;
  readonly out_spec: TreeSpec;
  readonly forward_arg_names: readonly string[] | null;
}

/** A module of the original program. */
export interface ModuleCallEntry {
  readonly fqn: string;
  readonly signature: ModuleCallSignature | null;
}

/** The values that a symbol of the program can have. */
export class ValueRanges {
  constructor(
    readonly lower: number,
    readonly upper: number,
  ) {}

  toString(): string {
    const bound = (x: number) => (Number.isFinite(x) ? String(x) : x < 0 ? "-int_oo" : "int_oo");
    return `VR[${bound(this.lower)}, ${bound(this.upper)}]`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** @internal What a program is made of. */
export interface ProgramParts {
  readonly json: string;
  readonly serialized: schema.ExportedProgram;
  readonly state_dict: Map<string, Tensor>;
  readonly constants: Map<string, Tensor>;
  readonly sampleInputs: Buffer | null;
}

const parts = new WeakMap<ExportedProgram, ProgramParts>();

/** @internal The parts that a program was made of. */
export const partsOf = (program: ExportedProgram): ProgramParts => parts.get(program) as ProgramParts;

/** What the sizes of a graph's values consist of. */
function partsOfSizes({ tensor_values, sym_int_values, sym_float_values, sym_bool_values }: schema.Graph): Set<string> {
  const sizes = [
    ...[...tensor_values.values()].flatMap(({ sizes, strides }) => [...sizes, ...strides]),
    ...sym_int_values.values(),
    ...sym_float_values.values(),
    ...sym_bool_values.values(),
  ];
  const texts = new Set(sizes.flatMap((size) => (size.type === "as_expr" ? [size.value.expr_str] : [])));
  return new Set([...texts].flatMap((text) => [...new SymExpr(text).parts()]));
}

function rangesOf({ range_constraints, graph_module }: schema.ExportedProgram): Map<string, ValueRanges> {
  const result = new Map<string, ValueRanges>();
  const parts = range_constraints.size > 0 ? partsOfSizes(graph_module.graph) : new Set();
  for (const [symbol, { min_val, max_val }] of range_constraints) {
    if (!parts.has(symbol)) continue;
    const lower = min_val === null ? Number.NEGATIVE_INFINITY : Number(min_val);
    const upper = max_val === null ? Number.POSITIVE_INFINITY : Number(max_val);
    result.set(symbol, new ValueRanges(lower, upper));
  }
  return result;
}

function callGraphOf({ module_call_graph, treespec_namedtuple_fields }: schema.GraphModule): ModuleCallEntry[] {
  const fields = new Map([...treespec_namedtuple_fields].map(([name, { field_names }]) => [name, field_names]));
  return module_call_graph.map(({ fqn, signature }) => ({
    fqn,
    signature: signature && {
      in_spec: treespec_loads(signature.in_spec, fields),
      out_spec: treespec_loads(signature.out_spec, fields),
      forward_arg_names: signature.forward_arg_names?.length ? signature.forward_arg_names : null,
    },
  }));
}

function asDict<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return dictOf(map) as Record<string, T>;
}

/**
 * A program that `torch.export.save()` wrote in Python: a graph of operators, and its weights.
 *
 * `program.module()` makes a module of it that can be called.
 *
 * {@link https://docs.pytorch.org/docs/2.15/user_guide/torch_compiler/export/api_reference.html}
 */
export class ExportedProgram {
  /** What the inputs and outputs of the graph are. */
  readonly graph_signature: ExportGraphSignature;
  /** The bounds of sizes that may vary, by the names of their symbols. */
  readonly range_constraints: Map<string, ValueRanges>;
  /** The modules of the original program; the first one stands for the whole. */
  readonly module_call_graph: readonly ModuleCallEntry[];
  readonly #compiled: CompiledGraph;
  #example_inputs: [args: unknown[], kwargs: unknown] | null | undefined;

  /** @internal */
  constructor(given: ProgramParts) {
    parts.set(this, given);
    const { graph_module } = given.serialized;
    this.graph_signature = deserialize_signature(graph_module.signature);
    this.range_constraints = rangesOf(given.serialized);
    this.module_call_graph = callGraphOf(graph_module);
    this.#validate(graph_module);
    this.#compiled = compile(graph_module.graph);
  }

  #validate({ graph }: schema.GraphModule): void {
    const { input_specs, output_specs } = this.graph_signature;
    const fail = (what: string) => {
      throw new SerializeError(`the program contradicts itself: ${what}`);
    };
    const count = (what: string, a: number, b: number) => {
      if (a !== b) fail(`its graph has ${a} ${what}, its signature ${b}`);
    };
    count("inputs", graph.inputs.length, input_specs.length);
    count("outputs", graph.outputs.length, output_specs.length);
    const { in_spec, out_spec } = this.call_spec;
    const users = input_specs.filter(({ kind }) => kind === InputKind.USER_INPUT).length;
    const results = output_specs.filter(({ kind }) => kind === OutputKind.USER_OUTPUT).length;
    if (in_spec.num_leaves !== users) fail(`it is called with ${in_spec.num_leaves} inputs, its graph takes ${users}`);
    if (out_spec.num_leaves !== results) fail(`it returns ${out_spec.num_leaves} values, its graph ${results}`);
    const [args, kwargs] = in_spec.children;
    if (in_spec.children.length !== 2 || args.type?.name !== "tuple" || kwargs.type?.name !== "dict") {
      fail("it is called with neither args nor kwargs");
    }
    const { state_dict, constants } = partsOf(this);
    for (const { kind, target, persistent } of input_specs) {
      if (target === null) continue;
      const isState = kind === InputKind.PARAMETER || (kind === InputKind.BUFFER && persistent !== false);
      if (!(isState && state_dict.has(target)) && !constants.has(target)) fail(`its weight ${target} is missing`);
    }
  }

  /** The parameters and persistent buffers. */
  get state_dict(): Record<string, Tensor> {
    return asDict(partsOf(this).state_dict);
  }

  /** The tensors that are neither: constants, and buffers that are not persistent. */
  get constants(): Record<string, Tensor> {
    return asDict(partsOf(this).constants);
  }

  get tensor_constants(): Record<string, Tensor> {
    return this.constants;
  }

  /** The shapes of inputs, args and kwargs, and of outputs. */
  get call_spec(): ModuleCallSignature {
    const [first] = this.module_call_graph;
    if (first?.fqn === "" && first.signature) return first.signature;
    throw new SerializeError("the program does not say how it is called");
  }

  /** @internal Whether example inputs were saved; to read them may fail. */
  get has_example_inputs(): boolean {
    return partsOf(this).sampleInputs !== null;
  }

  /** The args and kwargs that the program was exported with; null if they were not saved. */
  get example_inputs(): [args: unknown[], kwargs: unknown] | null {
    if (this.#example_inputs === undefined) {
      const { sampleInputs } = partsOf(this);
      this.#example_inputs = sampleInputs === null ? null : load(sampleInputs);
    }
    return this.#example_inputs as [unknown[], unknown] | null;
  }

  /** The dialect of the operators: "TRAINING" as exported, "ATEN" after `run_decompositions()`. */
  get dialect(): string {
    return partsOf(this).serialized.verifiers[0] ?? "ATEN";
  }

  get verifiers(): readonly string[] {
    return partsOf(this).serialized.verifiers;
  }

  *parameters(): Generator<Parameter> {
    for (const [, parameter] of this.named_parameters()) yield parameter;
  }

  *named_parameters(): Generator<[string, Parameter]> {
    const { state_dict } = partsOf(this);
    for (const name of this.graph_signature.parameters) yield [name, state_dict.get(name) as Parameter];
  }

  *buffers(): Generator<Tensor> {
    for (const [, buffer] of this.named_buffers()) yield buffer;
  }

  *named_buffers(): Generator<[string, Tensor]> {
    const { state_dict, constants } = partsOf(this);
    const temporary = new Set(this.graph_signature.non_persistent_buffers);
    for (const name of this.graph_signature.buffers) {
      const found = temporary.has(name) ? undefined : state_dict.get(name);
      yield [name, (found ?? constants.get(name)) as Tensor];
    }
  }

  /**
   * A module that runs the program, with the program's own parameters and buffers.
   *
   * With `check_guards` the inputs' sizes are checked by the conditions under which the program was exported; they throw
   * AssertionError, and RuntimeError without.
   */
  module(check_guards: boolean | { check_guards?: boolean } = true): ExportedModule {
    const checked = typeof check_guards === "boolean" ? check_guards : (check_guards.check_guards ?? true);
    return unlift(this, partsOf(this), this.#compiled, checked);
  }

  /** The graph as Python code, its signature, and the bounds of its sizes. */
  toString(): string {
    const { graph } = partsOf(this).serialized.graph_module;
    const indented = (text: string) => text.replace(/\n/g, "\n    ");
    const names = this.graph_signature.input_specs.map(({ arg }) => arg.name);
    const ranges = [...this.range_constraints].map(([symbol, range]) => `${symbol}: ${range}`).join(", ");
    return `ExportedProgram:\n    ${indented(printReadable(graph, "GraphModule", names))}\nGraph signature:${indented(String(this.graph_signature))}\nRange constraints: {${ranges}}\n`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** Not to be had: what an operator is made of is written in Python. */
  run_decompositions(): never {
    throw new NotImplementedError(
      "run_decompositions() needs Python: decompose the program there, before torch.export.save()",
    );
  }

  /** @internal What calls of the program itself throw, as in Python. */
  __call__(): never {
    throw new RuntimeError(
      "Unable to call ExportedProgram directly. You should use `exported_program.module()` instead.",
    );
  }
}

takeKeywords("ExportedProgram", ExportedProgram.prototype, {
  buffers: [],
  module: ["check_guards"],
  named_buffers: [],
  named_parameters: [],
  parameters: [],
  run_decompositions: ["decomp_table", "decompose_custom_triton_ops"],
});
