// Calls of one overload whose constant arguments are matched once: what programs of a file consist of.

import { findOperator } from "../arguments/bind.js";
import { begin, call, writeDefault, writeTensor } from "../arguments/frame.js";
import { typeName } from "../arguments/kinds.js";
import { known_crashes } from "../arguments/known_crashes.js";
import type { SchemaDescription, SchemaValue } from "../binding.js";
import { NotImplementedError, RuntimeError } from "../errors.js";
import { wrapResults } from "../operator.js";
import { repr } from "../python/repr.js";
import { TensorBase } from "../tensor_base.js";
import { cast, type Write } from "./cast.js";

/** Where an argument comes from: what is known now, or what the values of a call have. */
export type Operand = { readonly constant: unknown } | { readonly read: (values: readonly unknown[]) => unknown };

/** A call with the values that its operands read. */
export type Prepared = (values: readonly unknown[]) => unknown;

function writer(name: string, parameter: SchemaValue, value: unknown): Write {
  const operator = name.slice(name.indexOf("::") + 2);
  const write = cast(operator, parameter.type, parameter.size, value);
  if (write) return write;
  throw new RuntimeError(
    `${name}() Expected a value of type '${parameter.printed}' for argument '${parameter.name}' but instead found type '${typeName(value)}'.\nValue: ${repr(value)}`,
  );
}

/** What writes an argument, given its value. */
type MakeWrite = (value: unknown) => Write;

function maker(name: string, parameter: SchemaValue, operand: Operand | undefined): MakeWrite {
  if (operand === undefined) {
    if (parameter.hasDefault) return () => writeDefault;
    throw new RuntimeError(`${name}() is missing value for argument '${parameter.name}'`);
  }
  if ("constant" in operand) {
    const write = writer(name, parameter, operand.constant);
    return () => write;
  }
  if (parameter.type !== "Tensor") return (value) => writer(name, parameter, value);
  return (value) => (value instanceof TensorBase ? () => writeTensor(value) : writer(name, parameter, value));
}

/**
 * Makes a call of an overload out of its arguments by name.
 *
 * Throws RuntimeError for names that the overload does not have, for arguments that are missing and for constants of another
 * type, and NotImplementedError where the dispatcher has no such operator.
 */
export function prepare(
  name: string,
  description: SchemaDescription,
  operands: ReadonlyMap<string, Operand>,
): Prepared {
  const qualified = description.overload ? `${name}.${description.overload}` : name;
  const operator = findOperator(qualified);
  if (!operator) throw new NotImplementedError(`the dispatcher has no operator ${qualified}`);
  const parameters = description.arguments;
  for (const given of operands.keys()) {
    if (!parameters.some((parameter) => parameter.name === given)) {
      throw new RuntimeError(
        `Unknown keyword argument '${given}' for operator '${name}'. Schema: ${description.schema}`,
      );
    }
  }
  const reads = parameters.map((parameter): ((values: readonly unknown[]) => unknown) => {
    const operand = operands.get(parameter.name);
    if (operand === undefined) return () => undefined;
    return "read" in operand ? operand.read : () => operand.constant;
  });
  const makers = parameters.map((parameter) => maker(name, parameter, operands.get(parameter.name)));
  const guard = known_crashes.get(qualified);
  const count = parameters.length;
  return (values) => {
    const args = new Array<unknown>(count);
    for (let i = 0; i < count; i++) args[i] = reads[i](values);
    guard?.(args);
    const writes = new Array<Write>(count);
    for (let i = 0; i < count; i++) writes[i] = makers[i](args[i]);
    begin(operator.id);
    for (let i = 0; i < count; i++) writes[i]();
    return wrapResults({ operator, tuple: null }, call(), args[0]);
  };
}
