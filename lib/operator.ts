// Public functions made from records of the generated table: match the arguments, call the operator, wrap the result.

import type { Tensor } from "./_tensor.js";
import { boundValues, invoke, type Plan, plan, wantsGrad } from "./arguments/bind.js";
import { notATensor, refuseArguments } from "./arguments/descriptor.js";
import { input } from "./arguments/frame.js";
import { KindTree, keywordValues, type Node } from "./arguments/kind_tree.js";
import { match } from "./arguments/match.js";
import { type ParsedSignature, parseSignature, type Signature } from "./arguments/signature.js";
import { collectGarbage, native, type TensorHandle } from "./binding.js";
import { singleCalls } from "./deferral.js";
import { OutOfMemoryError } from "./errors.js";
import { qscheme } from "./layout.js";
import { Complex } from "./python/complex.js";
import { handleOf, NoHandle, TensorBase, wrap, wrapElement } from "./tensor_base.js";

export type { Signature } from "./arguments/signature.js";

/** The signatures of one public name, and what calls have taught about them. */
class Overloads {
  readonly #signatures: ParsedSignature[];
  readonly #isMethod: boolean;
  readonly #plans = new KindTree<Plan>();

  constructor(signatures: readonly Signature[], isMethod: boolean) {
    const parsed = signatures.map(parseSignature);
    this.#signatures = [...parsed.filter((s) => !s.deprecated), ...parsed.filter((s) => s.deprecated)];
    this.#isMethod = isMethod;
  }

  call(self: TensorBase | undefined, args: unknown[]): unknown {
    const node = this.#plans.find(args);
    const values = keywordValues();
    const found = node.decided ?? this.#match(node, args, values);
    return run(found, self, args, values);
  }

  #match(node: Node<Plan>, args: readonly unknown[], values: readonly unknown[]): Plan {
    const names = node.keywords();
    const [{ name, parameters }] = this.#signatures;
    if (this.#isMethod && this.#signatures.length === 1 && parameters.length === 0)
      refuseArguments(name, args, names.length > 0);
    const given = { args, keywords: new Map(names.map((name, i) => [name, values[i]])) };
    const matched = match(this.#signatures, given);
    const made = plan(matched, names, this.#isMethod);
    if (matched.cacheable) node.decided = made;
    return made;
  }
}

/** Gives back memory that only garbage holds, and calls again, if nothing was changed by the call that failed. */
function runAgain(
  plan: Plan,
  self: TensorBase | undefined,
  args: readonly unknown[],
  values: readonly unknown[],
  error: unknown,
): unknown {
  if (!(error instanceof OutOfMemoryError) || plan.operator.arguments.some((a) => a.mutable)) throw error;
  collectGarbage();
  native.emptyCache();
  return invoke(plan, self, args, values);
}

/** A value with other tensors in the place of those that have no handle. */
export function replaceTensors(value: unknown, replace: (tensor: TensorBase) => unknown): unknown {
  if (value instanceof TensorBase) return replace(value);
  return Array.isArray(value) ? value.map((element) => replaceTensors(element, replace)) : value;
}

/** Lets the class of a tensor without a handle serve the call. */
function dispatch(
  plan: Plan,
  self: TensorBase | undefined,
  args: readonly unknown[],
  values: readonly unknown[],
  { tensor }: NoHandle,
): unknown {
  const [operator, overload = ""] = plan.qualified.slice(plan.qualified.indexOf("::") + 2).split(".");
  return tensor.dispatch({
    operator,
    overload,
    values: () => boundValues(plan, self, args, values),
    again: (replace) => runWith(plan, self, args, values, replace),
  });
}

/** The call with other tensors in the place of its own. */
function runWith(
  plan: Plan,
  self: TensorBase | undefined,
  args: readonly unknown[],
  values: readonly unknown[],
  replace: (tensor: TensorBase) => unknown,
): unknown {
  const replaced = (list: readonly unknown[]) => list.map((value) => replaceTensors(value, replace));
  return run(plan, self && (replace(self) as TensorBase), replaced(args), replaced(values));
}

function run(plan: Plan, self: TensorBase | undefined, args: readonly unknown[], values: readonly unknown[]): unknown {
  let result: unknown;
  try {
    result = invoke(plan, self, args, values);
  } catch (error) {
    if (error instanceof NoHandle) return dispatch(plan, self, args, values, error);
    result = runAgain(plan, self, args, values, error);
  }
  if (plan.returnsTensor) {
    const tensor =
      typeof result === "number" && result >= 0
        ? (input(result) as Tensor)
        : result === null
          ? null
          : wrap(result as TensorHandle | number);
    if (plan.requiresGrad !== null && tensor && wantsGrad(plan, args, values))
      native.setRequiresGrad(handleOf(tensor), true);
    return tensor;
  }
  return wrapResults(plan, result, args[0]);
}

/** What an operator returned as a user gets it. */
export function wrapResults(
  { operator, tuple }: Pick<Plan, "operator" | "tuple">,
  result: unknown,
  first: unknown,
): unknown {
  const { returns } = operator;
  if (returns.length === 0) return operator.arguments[0]?.mutable ? first : null;
  if (returns.length === 1) return wrapValue(returns[0].type, result);
  const values = (result as unknown[]).map((value, i) => wrapValue(returns[i].type, value));
  return tuple ? new tuple(...values) : values;
}

function wrapValue(type: string, value: unknown): unknown {
  if (value === null) return null;
  switch (type) {
    case "Tensor":
    case "Tensor?":
      return typeof value === "number" && value >= 0 ? input(value) : wrapElement(value as TensorHandle | number);
    case "Tensor[]":
    case "Tensor?[]":
      return (value as unknown[]).map((element) => wrapValue("Tensor", element));
    case "Scalar":
    case "complex":
      return Array.isArray(value) ? new Complex(value[0], value[1]) : value;
    case "QScheme":
      return qscheme.of(value as number);
    default:
      return value;
  }
}

/**
 * A public function of PyTorch, made from the records of its signatures in the order of PyTorch's argument parser.
 *
 * The function throws TypeError with Python's text for arguments that fit no signature.
 */
// biome-ignore lint/suspicious/noExplicitAny: the generated declarations give each function its type
export function operator(name: string, signatures: readonly Signature[]): any {
  let overloads: Overloads | undefined;
  const named = {
    [name](...args: unknown[]) {
      overloads ??= new Overloads(signatures, false);
      return overloads.call(undefined, args);
    },
  };
  singleCalls.add(named[name]);
  return named[name];
}

/** The same for a method of Tensor. */
export function method(
  name: string,
  signatures: readonly Signature[],
): (this: TensorBase, ...args: unknown[]) => unknown {
  let overloads: Overloads | undefined;
  const named = {
    [name](this: TensorBase, ...args: unknown[]) {
      if (!(this instanceof TensorBase)) throw notATensor(name, this);
      overloads ??= new Overloads(signatures, true);
      return overloads.call(this, args);
    },
  };
  singleCalls.add(named[name]);
  return named[name];
}
