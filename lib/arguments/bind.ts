// From a matched signature to the arguments of an operator's schema.

import { native, type OperatorDescription, type SchemaArgument } from "../binding.js";
import { NotImplementedError } from "../errors.js";
import { stashSizes, tracing } from "../jit/_state.js";
import { type NamedTupleClass, namedTupleClass } from "../named_tuple.js";
import { TensorBase } from "../tensor_base.js";
import { _device_constructors } from "../utils/_device.js";
import * as frame from "./frame.js";
import { known_crashes } from "./known_crashes.js";
import { checkTensors, type Match, type Source } from "./match.js";
import { withGenerator } from "./own_generator.js";
import type { Parameter } from "./signature.js";

// Where a step's value comes from.
const SELF = 0;
const POSITION = 1;
const KEYWORD = 2;
const VARARGS = 3;
const DEFAULT = 4;
const ABSENT = 5;
const CONSTANT = 6;
const DEFAULT_DEVICE = 7;

// How a step's value is written.
const TENSOR = 0;
const NUMBER = 1;
const CODE = 2;
const DEVICE = 3;
const STRING = 4;
const GENERATOR = 5;
const TENSORS = 6;
const INTEGERS = 7;
const FLOATS = 8;
const SCALARS = 9;
const ELEMENT = 10;

const writers: Record<Parameter["type"], number> = {
  Tensor: TENSOR,
  Scalar: NUMBER,
  complex: NUMBER,
  double: NUMBER,
  int64: NUMBER,
  SymInt: NUMBER,
  bool: NUMBER,
  string: STRING,
  ints: INTEGERS,
  SymInts: INTEGERS,
  floats: FLOATS,
  scalars: SCALARS,
  tensors: TENSORS,
  dtype: CODE,
  layout: CODE,
  device: DEVICE,
  memory_format: CODE,
  generator: GENERATOR,
  storage: TENSOR,
  stream: TENSOR,
  object: TENSOR,
};

/** How one argument of the schema is written. */
interface Step {
  from: number;
  /** The position of an argument, or of a keyword's value. */
  index: number;
  writer: number;
  parameter: Parameter | null;
  /** The element of a list of outputs, or the value of a constant. */
  extra: number;
}

/** All that a call needs to know once its arguments have been matched. */
export interface Plan {
  readonly name: string;
  /** The operator's name with namespace and overload. */
  readonly qualified: string;
  readonly operator: OperatorDescription;
  readonly steps: readonly Step[];
  /** The steps whose values are lists, which are copied before anything is written: reading them may run user code. */
  readonly listSteps: readonly number[];
  /** Where requires_grad comes from, which Python's bindings handle themselves. */
  readonly requiresGrad: Step | null;
  /** Whether the result is one tensor. */
  readonly returnsTensor: boolean;
  /** The class of the named tuple that several results with names make. */
  readonly tuple: NamedTupleClass | null;
  /** Throws for values with which libtorch would crash. */
  readonly guard: ((values: readonly unknown[]) => void) | null;
}

/**
 * The description of an operator such as "aten::add.Tensor", or null if this libtorch lacks it; for a factory, which makes
 * tensors out of nothing, of one that autograd does not see.
 */
export function findOperator(name: string, factory = false): OperatorDescription | null {
  const known = factory ? factories : operators;
  let found = known.get(name);
  if (found === undefined) {
    const [base, overload = ""] = name.split(/\.(.*)/s);
    found = native.findOperator(base, overload, factory);
    if (found) found = withGenerator(found, base, overload, factory);
    known.set(name, found);
  }
  return found;
}

const operators = new Map<string, OperatorDescription | null>();
const factories = new Map<string, OperatorDescription | null>();

/** All steps are made here, so that V8 knows one form of them. */
const makeStep = (from: number, index: number, writer: number, parameter: Parameter | null, extra: number): Step => ({
  from,
  index,
  writer,
  parameter,
  extra,
});

function toStep(source: Source, keywords: readonly string[], parameter: Parameter): Step {
  const from = (kind: number, index = 0) => makeStep(kind, index, writers[parameter.type], parameter, 0);
  if (source === null) return from(ABSENT);
  if ("position" in source) return from(POSITION, source.position);
  if ("keyword" in source) return from(KEYWORD, keywords.indexOf(source.keyword));
  return from(VARARGS);
}

const requireOperator = (name: string, factory = false): OperatorDescription => {
  const operator = findOperator(name, factory);
  if (!operator) throw new NotImplementedError(`this libtorch has no operator ${name}`);
  return operator;
};

function tupleOf(name: string, { returns }: OperatorDescription): NamedTupleClass | null {
  const fields = returns.map((result) => result.name);
  return fields.length > 1 && fields.every(Boolean) ? namedTupleClass(name, fields) : null;
}

/** The plan for a match; keywords are the names of the keywords in the order in which their values are given. */
export function plan({ signature, sources }: Match, keywords: readonly string[], isMethod: boolean): Plan {
  const { parameters, mapping } = signature;
  const steps = new Map<string, Step>();
  for (let i = 0; i < parameters.length; i++)
    steps.set(parameters[i].name, toStep(sources[i], keywords, parameters[i]));

  const outStep = steps.get("out");
  const withOut = signature.out !== undefined && outStep !== undefined && outStep.from !== ABSENT;
  const factory = !isMethod && !withOut && steps.has("requires_grad");
  const base = requireOperator(signature.operator, factory);
  const operator = withOut ? requireOperator(signature.out as string) : base;
  const placed = !isMethod && _device_constructors.has(signature.name);
  const outputs = withOut ? operator.arguments.filter((a) => a.mutable) : [];

  const ordered = operator.arguments.map((argument): Step => {
    const mapped = mapping[argument.name] ?? argument.name;
    if (typeof mapped === "object") {
      return makeStep(CONSTANT, 0, NUMBER, null, mapped.value);
    }
    const output = outputs.indexOf(argument);
    if (output >= 0 && outStep && !steps.has(argument.name)) {
      const { from, index, parameter } = outStep;
      return outputs.length === 1
        ? makeStep(from, index, TENSOR, parameter, 0)
        : makeStep(from, index, ELEMENT, parameter, output);
    }
    const isSelf = argument.name === "self";
    const step = steps.get(mapped) ?? (isSelf ? steps.get("input") : undefined);
    if (step && step.from !== ABSENT) return step;
    if (!step && isSelf && isMethod) return makeStep(SELF, 0, TENSOR, null, 0);
    const absent = placed && argument.name === "device" ? DEFAULT_DEVICE : argument.hasDefault ? DEFAULT : ABSENT;
    return makeStep(absent, 0, 0, null, 0);
  });
  return {
    name: signature.name,
    qualified: withOut ? (signature.out as string) : signature.operator,
    operator,
    steps: ordered,
    listSteps: ordered.flatMap((step, i) => (step.writer >= TENSORS && step.from < DEFAULT ? [i] : [])),
    requiresGrad: steps.get("requires_grad") ?? null,
    returnsTensor: operator.returns.length === 1 && operator.returns[0].type === "Tensor",
    tuple: tupleOf(signature.name, base),
    guard: known_crashes.get(withOut && signature.out ? signature.out : signature.operator) ?? null,
  };
}

function valueOf(
  step: Step,
  self: TensorBase | undefined,
  args: readonly unknown[],
  values: readonly unknown[],
): unknown {
  switch (step.from) {
    case SELF:
      return self;
    case POSITION:
      return args[step.index];
    case KEYWORD:
      return values[step.index];
    case VARARGS:
      return args;
    default:
      return undefined;
  }
}

/** Array.from() for arrays alone, at a fifth of its cost. */
function copyArray(array: readonly unknown[]): unknown[] {
  const copy = new Array(array.length);
  for (let i = 0; i < copy.length; i++) copy[i] = array[i];
  return copy;
}

/** A list as our own array, so that writing it runs no code of the user's. */
function copyList(step: Step, value: unknown, functionName: string): readonly unknown[] {
  const parameter = step.parameter as Parameter;
  if (step.writer === INTEGERS) {
    if (typeof value === "object" && !(value instanceof TensorBase)) {
      return frame.copyIntegers(value as ArrayLike<unknown>, functionName, parameter.name);
    }
    const [single] = frame.copyIntegers([value], functionName, parameter.name);
    return new Array(parameter.size).fill(single);
  }
  if (step.writer === FLOATS) return frame.copyFloats(value as ArrayLike<unknown>, functionName, parameter.name);
  const list = Array.isArray(value) ? copyArray(value) : Array.from(value as ArrayLike<unknown>);
  if (parameter.type === "tensors") checkTensors(list, parameter.index);
  if (parameter.type === "tensors" && parameter.size > 0 && list.length !== parameter.size) {
    throw new TypeError(`expected tuple of ${parameter.size} elements but got ${list.length}`);
  }
  return list;
}

/** Tells the tracer of a tensor in the place of a number. */
function stashNumber({ name, type }: SchemaArgument, value: unknown): void {
  if (/^(int|SymInt|Scalar)\b/.test(type)) stashSizes(name, value, !type.startsWith("Scalar"));
}

/** The values of a call by the names of the schema's arguments. */
export function boundValues(
  { steps, operator }: Plan,
  self: TensorBase | undefined,
  args: readonly unknown[],
  values: readonly unknown[],
): Record<string, unknown> {
  return Object.fromEntries(
    operator.arguments.map(({ name }, i) => {
      const step = steps[i];
      const value = step.from === CONSTANT ? step.extra : valueOf(step, self, args, values);
      return [name, step.writer === ELEMENT ? (value as readonly unknown[])[step.extra] : value];
    }),
  );
}

/** Calls the operator of a plan; returns what the addon returned and the inputs that it may name. */
export function invoke(
  plan: Plan,
  self: TensorBase | undefined,
  args: readonly unknown[],
  values: readonly unknown[],
): unknown {
  const { steps, listSteps } = plan;
  if (plan.guard !== null) plan.guard(steps.map((step) => valueOf(step, self, args, values)));
  let lists: (readonly unknown[])[] | undefined;
  if (listSteps.length > 0) {
    lists = [];
    for (const i of listSteps) {
      const value = valueOf(steps[i], self, args, values);
      if (tracing !== null && steps[i].writer === INTEGERS) stashSizes(plan.operator.arguments[i].name, value);
      lists.push(copyList(steps[i], value, plan.name));
    }
  }
  let list = 0;
  frame.begin(plan.operator.id);
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    if (step.from >= DEFAULT) {
      if (step.from === DEFAULT) frame.writeDefault();
      else if (step.from === ABSENT) frame.writeNone();
      else if (step.from === CONSTANT) frame.writeNumber(step.extra);
      else frame.writeDefaultDevice();
      continue;
    }
    switch (step.writer) {
      case TENSOR:
        frame.writeTensorOrNumber(valueOf(step, self, args, values));
        break;
      case NUMBER:
        if (tracing !== null) stashNumber(plan.operator.arguments[i], valueOf(step, self, args, values));
        frame.writeNumber(valueOf(step, self, args, values));
        break;
      case CODE:
        frame.writeCode(valueOf(step, self, args, values) as { code: number });
        break;
      case DEVICE:
        frame.writeDevice(valueOf(step, self, args, values) as string);
        break;
      case STRING:
        frame.writeString(valueOf(step, self, args, values) as string);
        break;
      case GENERATOR:
        frame.writeGenerator(valueOf(step, self, args, values) as never);
        break;
      default: {
        const elements = (lists as (readonly unknown[])[])[list++];
        if (step.writer === TENSORS) frame.writeTensors(elements);
        else if (step.writer === INTEGERS) frame.writeIntegers(elements as number[]);
        else if (step.writer === FLOATS) frame.writeFloats(elements as number[]);
        else if (step.writer === SCALARS) frame.writeScalars(elements);
        else frame.writeTensor(elements[step.extra] as TensorBase);
      }
    }
  }
  return frame.call();
}

/** Whether requires_grad was asked for. */
export function wantsGrad(plan: Plan, args: readonly unknown[], values: readonly unknown[]): boolean {
  return plan.requiresGrad !== null && valueOf(plan.requiresGrad, undefined, args, values) === true;
}
