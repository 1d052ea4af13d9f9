// A worker thread has a default generator of its own, which native/frame.cc gives to operators that take one. Where PyTorch
// has an overload without a generator (rand, randn, randint, randperm, ...), the one with it is called.

import { isMainThread } from "node:worker_threads";
import { native, type OperatorDescription, type SchemaArgument } from "../binding.js";

const isGenerator = ({ type }: SchemaArgument): boolean => type.startsWith("Generator");
const signature = (list: readonly SchemaArgument[]): string => String(list.map(({ name, type }) => `${name}: ${type}`));

/** The names that an overload with a generator may have: "low_dtype" is then "low_generator_dtype". */
function* overloadNames(overload: string): Generator<string, void, undefined> {
  const parts = overload === "" ? [] : overload.split("_");
  for (let i = parts.length; i >= 0; i--) yield parts.toSpliced(i, 0, "generator").join("_");
}

/** The overload of an operator that takes a generator besides, in worker threads, if there is one. */
export function withGenerator(
  operator: OperatorDescription,
  base: string,
  overload: string,
  factory: boolean,
): OperatorDescription {
  if (isMainThread || operator.arguments.some(isGenerator)) return operator;
  for (const name of overloadNames(overload)) {
    const other = native.findOperator(base, name, factory);
    if (!other) continue;
    if (signature(other.arguments.filter((a) => !isGenerator(a))) === signature(operator.arguments)) return other;
  }
  return operator;
}
