// torch/export/graph_signature.py

import { inspect } from "node:util";
import { repr } from "../python/repr.js";

class Argument {
  /** The name in the graph; empty for a constant without one. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A tensor that a program takes or gives. */
export class TensorArgument extends Argument {}
/** What keeps effects in their order. */
export class TokenArgument extends Argument {}
/** An int that may vary. */
export class SymIntArgument extends Argument {}
/** A float that may vary. */
export class SymFloatArgument extends Argument {}
/** A bool that may vary. */
export class SymBoolArgument extends Argument {}

/** An object of a class of C++. */
export class CustomObjArgument extends Argument {
  constructor(
    name: string,
    readonly class_fqn: string,
  ) {
    super(name);
  }
}

/** A number, text, bool or null that is part of the program. */
export class ConstantArgument extends Argument {
  constructor(
    name: string,
    readonly value: unknown,
  ) {
    super(name);
  }
}

/** What a program takes or gives: a tensor, a size, or a constant. */
export type ArgumentSpec =
  | TensorArgument
  | SymIntArgument
  | SymFloatArgument
  | SymBoolArgument
  | ConstantArgument
  | CustomObjArgument
  | TokenArgument;

/**
 * What an input of the graph is.
 *
 * {@link https://docs.pytorch.org/docs/2.15/user_guide/torch_compiler/export/api_reference.html}
 */
export enum InputKind {
  USER_INPUT = 1,
  PARAMETER = 2,
  BUFFER = 3,
  CONSTANT_TENSOR = 4,
  CUSTOM_OBJ = 5,
  TOKEN = 6,
}

/** What an output of the graph is. */
export enum OutputKind {
  USER_OUTPUT = 1,
  LOSS_OUTPUT = 2,
  BUFFER_MUTATION = 3,
  PARAMETER_MUTATION = 4,
  GRADIENT_TO_PARAMETER = 5,
  GRADIENT_TO_USER_INPUT = 6,
  USER_INPUT_MUTATION = 7,
  TOKEN = 8,
}

const targetText = (target: string | null) => (target === null ? "" : ` target='${target}'`);

/** One input of the graph. */
export class InputSpec {
  constructor(
    readonly kind: InputKind,
    readonly arg: ArgumentSpec,
    /** The parameter, buffer or constant that it is. */
    readonly target: string | null,
    /** Of a buffer: whether it is in the state dict. */
    readonly persistent: boolean | null = null,
  ) {}

  toString(): string {
    const persistent = this.persistent === null ? "" : ` persistent=${repr(this.persistent)}`;
    return `${this.arg.name}: ${InputKind[this.kind]}${targetText(this.target)}${persistent}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** One output of the graph. */
export class OutputSpec {
  constructor(
    readonly kind: OutputKind,
    readonly arg: ArgumentSpec,
    /** The parameter, buffer or input that is changed. */
    readonly target: string | null,
  ) {}

  toString(): string {
    return `${this.arg.name}: ${OutputKind[this.kind]}${targetText(this.target)}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

interface Spec<Kind> {
  readonly kind: Kind;
  readonly arg: ArgumentSpec;
  readonly target: string | null;
}

function targets<Kind>(specs: readonly Spec<Kind>[], kind: Kind): string[] {
  return specs.flatMap((spec) => (spec.kind === kind && spec.target !== null ? [spec.target] : []));
}

function targetsByName<Kind>(specs: readonly Spec<Kind>[], kind: Kind): Map<string, string> {
  return new Map(
    specs.flatMap((spec) => (spec.kind === kind && spec.target !== null ? [[spec.arg.name, spec.target]] : [])),
  );
}

const names = (specs: readonly Spec<unknown>[]) =>
  specs.map(({ arg }) => (arg instanceof ConstantArgument ? arg.value : arg.name));

/** What the inputs and outputs of a program's graph are. */
export class ExportGraphSignature {
  constructor(
    readonly input_specs: readonly InputSpec[],
    readonly output_specs: readonly OutputSpec[],
  ) {}

  /** The names of the parameters. */
  get parameters(): string[] {
    return targets(this.input_specs, InputKind.PARAMETER);
  }

  /** The names of the buffers. */
  get buffers(): string[] {
    return targets(this.input_specs, InputKind.BUFFER);
  }

  /** The names of the buffers that are in no state dict. */
  get non_persistent_buffers(): string[] {
    return targets(
      this.input_specs.filter((spec) => spec.persistent === false),
      InputKind.BUFFER,
    );
  }

  /** The names of tensors that the module had as constants. */
  get lifted_tensor_constants(): string[] {
    return targets(this.input_specs, InputKind.CONSTANT_TENSOR);
  }

  get lifted_custom_objs(): string[] {
    return targets(this.input_specs, InputKind.CUSTOM_OBJ);
  }

  /** The names of the inputs in the graph; of constant ones the values. */
  get user_inputs(): unknown[] {
    return names(this.input_specs.filter((spec) => spec.kind === InputKind.USER_INPUT));
  }

  /** The names of the outputs in the graph; of constant ones the values. */
  get user_outputs(): unknown[] {
    const kinds = [OutputKind.USER_OUTPUT, OutputKind.LOSS_OUTPUT];
    return names(this.output_specs.filter((spec) => kinds.includes(spec.kind)));
  }

  /** Parameters by the names of inputs. */
  get inputs_to_parameters(): Map<string, string> {
    return targetsByName(this.input_specs, InputKind.PARAMETER);
  }

  /** Buffers by the names of inputs. */
  get inputs_to_buffers(): Map<string, string> {
    return targetsByName(this.input_specs, InputKind.BUFFER);
  }

  /** Constants by the names of inputs. */
  get inputs_to_lifted_tensor_constants(): Map<string, string> {
    return targetsByName(this.input_specs, InputKind.CONSTANT_TENSOR);
  }

  get inputs_to_lifted_custom_objs(): Map<string, string> {
    return targetsByName(this.input_specs, InputKind.CUSTOM_OBJ);
  }

  /** Buffers that are changed by the names of the outputs that they are changed to. */
  get buffers_to_mutate(): Map<string, string> {
    return targetsByName(this.output_specs, OutputKind.BUFFER_MUTATION);
  }

  get parameters_to_mutate(): Map<string, string> {
    return targetsByName(this.output_specs, OutputKind.PARAMETER_MUTATION);
  }

  get user_inputs_to_mutate(): Map<string, string> {
    return targetsByName(this.output_specs, OutputKind.USER_INPUT_MUTATION);
  }

  toString(): string {
    const lines = (specs: readonly unknown[]) => specs.map(String).join("\n");
    return `\n# inputs\n${lines(this.input_specs)}\n\n# outputs\n${lines(this.output_specs)}\n`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
