// Operators whose kernels are JavaScript: their schemas, and which kernel serves a call.
// They belong to this thread's torch.ops; libtorch's dispatcher does not know them.

import type { Tensor } from "../_tensor.js";
import { autocast as autocastOff, is_autocast_enabled } from "../amp/autocast_mode.js";
import { Function as AutogradFunction, type FunctionCtx } from "../autograd/function.js";
import { is_grad_enabled, no_grad } from "../autograd/grad_mode.js";
import { native, type SchemaDescription } from "../binding.js";
import type { dtype } from "../dtype.js";
import { NotImplementedError, RuntimeError } from "../errors.js";
import { TensorBase } from "../tensor_base.js";
import { parseSchema } from "./schema.js";

// biome-ignore lint/suspicious/noExplicitAny: a kernel's arguments are what its schema says
export type Kernel = (...args: any[]) => any;

/** A backward formula, and what sets the context up for it. */
export interface Autograd {
  readonly backward: Kernel;
  readonly setup_context: ((ctx: FunctionCtx, inputs: unknown[], output: unknown) => void) | null;
}

/** An operator that was defined here. */
export interface Operator {
  readonly name: string;
  readonly description: SchemaDescription;
  readonly defaults: readonly unknown[];
  /** By dispatch key: "CPU", "CUDA", "Meta", "CompositeImplicitAutograd", "CompositeExplicitAutograd", "Autograd". */
  readonly kernels: Map<string, Kernel>;
  autograd: Autograd | null;
  readonly autocast: Map<string, dtype>;
}

const operators = new Map<string, Operator>();

/** The operator of a qualified name with its overload, if it was defined here. */
export const findDefined = (qualified: string): Operator | undefined => operators.get(qualified);

/** The descriptions of all overloads of a name that were defined here. */
export const definedOverloads = (name: string): SchemaDescription[] =>
  [...operators.values()].filter((operator) => operator.name === name).map(({ description }) => description);

/** Defines an operator by a schema with its namespace; throws RuntimeError for a name that is taken. */
export function defineOperator(schema: string): Operator {
  const { name, description, defaults } = parseSchema(schema);
  const qualified = description.overload ? `${name}.${description.overload}` : name;
  const taken =
    operators.has(qualified) || native.operatorSchemas(name).some(({ overload }) => overload === description.overload);
  if (taken) {
    throw new RuntimeError(
      `Tried to register an operator (${description.schema}) with the same name and overload name multiple times. ` +
        "Each overload's schema should only be registered with a single call to def().",
    );
  }
  const operator: Operator = {
    name,
    description,
    defaults,
    kernels: new Map(),
    autograd: null,
    autocast: new Map(),
  };
  operators.set(qualified, operator);
  return operator;
}

export function removeOperator({ name, description }: Operator): void {
  operators.delete(description.overload ? `${name}.${description.overload}` : name);
}

const tensorsIn = (values: readonly unknown[]): Tensor[] =>
  values.flat().filter((value): value is Tensor => value instanceof TensorBase);

const keys: Record<string, string> = { cpu: "CPU", cuda: "CUDA", meta: "Meta" };

/** The kernel for the device of the arguments; throws NotImplementedError where there is none. */
function backendKernel({ name, kernels }: Operator, values: readonly unknown[]): Kernel {
  const [first] = tensorsIn(values);
  const key = first ? (keys[first.device.type] ?? first.device.type.toUpperCase()) : "CPU";
  const kernel = kernels.get(key) ?? kernels.get("CompositeExplicitAutograd");
  if (kernel) return kernel;
  const known = [...kernels.keys()].join(", ");
  throw new NotImplementedError(
    `Could not run '${name}' with arguments from the '${key}' backend. '${name}' is only available for these backends: [${known}].`,
  );
}

/** A context's inputs as Python gives them to setup_context: all arguments in order, with their defaults. */
function withGradient(operator: Operator, values: readonly unknown[]): unknown {
  const { autograd, name } = operator;
  class Recorded extends AutogradFunction {
    static override forward(ctx: FunctionCtx, ...inputs: unknown[]): unknown {
      const output = backendKernel(operator, inputs)(...inputs);
      autograd?.setup_context?.(ctx, inputs, output);
      return output;
    }

    static override backward(ctx: FunctionCtx, ...grads: unknown[]): unknown {
      if (autograd) return autograd.backward(ctx, ...grads);
      throw new RuntimeError(
        `Trying to backward through ${name.replace("::", ".")}.default but no autograd formula was registered. ` +
          "Please use register_autograd to add one.",
      );
    }
  }
  return Recorded.apply(...values);
}

/** The values with tensors of floats on a device cast to autocast's dtype for this operator. */
function cast(values: readonly unknown[], device: string, type: dtype): unknown[] {
  const one = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(one);
    const isFloat = value instanceof TensorBase && (value as Tensor).is_floating_point();
    return isFloat && (value as Tensor).device.type === device ? (value as Tensor).to(type) : value;
  };
  return values.map(one);
}

/** Calls an operator with values in the order of its schema; undefined stands for the default. */
export function callDefined(operator: Operator, given: readonly unknown[]): unknown {
  const values = operator.defaults.map((value, i) => (given[i] === undefined ? value : given[i]));
  for (const [device, type] of operator.autocast) {
    if (is_autocast_enabled(device) && tensorsIn(values).some((t) => t.device.type === device)) {
      return autocastOff(device, { enabled: false }, () => callBelowAutocast(operator, cast(values, device, type)));
    }
  }
  return callBelowAutocast(operator, values);
}

function callBelowAutocast(operator: Operator, values: readonly unknown[]): unknown {
  const { kernels } = operator;
  const composite = kernels.get("CompositeImplicitAutograd");
  if (composite) return composite(...values);
  const recorded = is_grad_enabled() && tensorsIn(values).some((t) => t.requires_grad);
  const autograd = kernels.get("Autograd");
  if (autograd && recorded) return autograd(...values);
  if (recorded && operator.description.arguments.every(({ alias }) => alias !== "write")) {
    return withGradient(operator, values);
  }
  const kernel = backendKernel(operator, values);
  return no_grad(() => kernel(...values));
}
