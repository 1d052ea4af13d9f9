// The conditions of torch/export/_unlift.py on a program's inputs.

import { type Expression, evaluate, parseExpression, unparse } from "../_export/serde/python_expression.js";
import type { Argument, Graph, SymInt } from "../_export/serde/schema.js";
import { SerializeError } from "../_export/serde/serialize.js";
import { SymExpr } from "../_export/serde/sympy.js";
import type { Key, TreeSpec } from "../_export/serde/treespec.js";
import { AssertionError, AttributeError, IndexError, RuntimeError } from "../errors.js";
import { isInt } from "../python/float.js";
import { typeName } from "../python/objects.js";
import { repr, str } from "../python/repr.js";
import { TensorBase } from "../tensor_base.js";
import type { Tensor } from "../types.js";
import type { ModuleCallSignature, ValueRanges } from "./exported_program.js";

/** Throws if the inputs, flattened, are not as the program wants them. */
export type Check = (leaves: readonly unknown[]) => void;

const keystr = (path: readonly Key[]) => path.map((key) => `[${repr(key)}]`).join("");

/** The ways to the inputs, each beginning with a parameter of `forward`. */
function inputPaths({ in_spec, forward_arg_names }: ModuleCallSignature): Key[][] {
  const [args, kwargs] = in_spec.children;
  const names = forward_arg_names ?? [...args.children.map((_, i) => `arg_${i}`), ...(kwargs.keys as string[])];
  const specs = [...args.children, ...kwargs.children];
  if (names.length < specs.length)
    throw new SerializeError(`forward() has ${names.length} parameters for ${specs.length} arguments`);
  return specs.flatMap((spec: TreeSpec, i) => spec.paths([names[i]]));
}

const subscript = (value: Expression, key: Key): Expression => ({
  kind: "subscript",
  value,
  index: { kind: "constant", value: key },
});

/** An input as conditions name it. */
function source([first, ...rest]: readonly Key[]): Expression {
  return rest.reduce<Expression>(subscript, { kind: "name", id: String(first) });
}

/** The keys of `L['x']['k']`; null for what is no such thing. */
function keysOf(e: Expression): Key[] | null {
  if (e.kind === "name") return e.id === "L" ? [] : null;
  if (e.kind !== "subscript" || e.index.kind !== "constant") return null;
  const before = keysOf(e.value);
  return before && [...before, e.index.value as Key];
}

/** Which input the keys name; also in the words of tracers. */
function inputOf(keys: readonly Key[], paths: readonly Key[][]): number {
  const flat = keys[0] === "flat_args" && keys.length === 2 ? Number(keys[1]) : -1;
  if (flat >= 0) return flat < paths.length ? flat : -1;
  const joined = [`${keys[0]}_${keys[1]}`, ...keys.slice(2)];
  return paths.findIndex((path) => [keys, joined].some((one) => keystr(one) === keystr(path)));
}

/** The inputs of one call, flattened; the shape of each is asked for once. */
class Given {
  readonly leaves: readonly unknown[];
  readonly #shapes: (readonly number[])[] = [];

  constructor(leaves: readonly unknown[]) {
    this.leaves = leaves;
  }

  /** A size of an input; without an axis the input itself, which is a size. */
  size(input: number, axis: number | null): number {
    const leaf = this.leaves[input];
    if (axis === null) return asSize(leaf);
    this.#shapes[input] ??= shapeOf(leaf);
    const size = this.#shapes[input][axis];
    if (size === undefined) throw new IndexError("tuple index out of range");
    return size;
  }
}

/** A condition: throws AssertionError where it does not hold. */
type Guard = (given: Given) => void;

const guard =
  (text: string, holds: (given: Given) => unknown): Guard =>
  (given) => {
    if (!holds(given)) throw new AssertionError(`Guard failed: ${text}`);
  };

/** A condition of the tracer's, in the words of Python. */
function written(code: string, paths: readonly Key[][]): Guard {
  const inputs = new Map<string, number>();
  /** The expression with the inputs as they are printed. */
  const named = (e: Expression): Expression => {
    const keys = keysOf(e);
    const input = keys === null || keys.length === 0 ? -1 : inputOf(keys, paths);
    if (input >= 0) {
      const found = source(paths[input]);
      inputs.set(unparse(found), input);
      return found;
    }
    switch (e.kind) {
      case "attribute":
        return { ...e, value: named(e.value) };
      case "subscript":
        return { ...e, value: named(e.value), index: named(e.index) };
      case "call":
        return { ...e, func: e.func.kind === "name" ? e.func : named(e.func), args: e.args.map(named) };
      case "unary":
        return { ...e, operand: named(e.operand) };
      case "binary":
        return { ...e, left: named(e.left), right: named(e.right) };
      case "boolean":
        return { ...e, values: e.values.map(named) };
      case "compare":
        return { ...e, left: named(e.left), rest: e.rest.map(([op, right]) => [op, named(right)] as const) };
      case "ternary":
        return { ...e, test: named(e.test), yes: named(e.yes), no: named(e.no) };
      case "name":
        if (e.id === "L")
          throw new SerializeError(`a condition of the program names an input that it does not have: ${code}`);
        return e;
      default:
        return e;
    }
  };
  const expression = named(parseExpression(code));
  const text = unparse(expression);
  const names = new Map<string, number>([
    ["inf", Number.POSITIVE_INFINITY],
    ["math.inf", Number.POSITIVE_INFINITY],
  ]);
  return guard(text, ({ leaves }) =>
    evaluate(expression, (e) => {
      if (e.kind !== "name" && e.kind !== "subscript" && e.kind !== "attribute") return undefined;
      const name = unparse(e);
      const input = inputs.get(name);
      return input === undefined ? names.get(name) : leaves[input];
    }),
  );
}

/** One size of an input: where it stands, and what it was when the program was exported. */
interface Dimension {
  /** Null for an input that is a size itself. */
  readonly axis: number | null;
  readonly size: SymInt | { readonly type: "as_expr"; readonly value: { readonly expr_str: string } };
}

function shapeOf(x: unknown): readonly number[] {
  if (x instanceof TensorBase) return (x as Tensor).shape;
  throw new AttributeError(`'${typeName(x)}' object has no attribute 'size'`);
}

function dimensions(input: Argument, graph: Graph): Dimension[] {
  if (input.type === "as_tensor") {
    const sizes = graph.tensor_values.get(input.value.name)?.sizes ?? [];
    return sizes.map((size, axis) => ({ axis, size }));
  }
  if (input.type === "as_sym_int" && input.value.type === "as_name") {
    const size = graph.sym_int_values.get(input.value.value);
    return size ? [{ axis: null, size }] : [];
  }
  return [];
}

/** What the inputs were when the program was exported. */
export interface Inputs {
  /** The arguments of the graph that users give. */
  readonly arguments: readonly Argument[];
  readonly graph: Graph;
  readonly ranges: ReadonlyMap<string, ValueRanges>;
}

function isSame(x: unknown, value: unknown): boolean {
  if (typeof value === "number" && Number.isNaN(value)) return Number.isNaN(Number(x));
  if (typeof value === "string" || typeof x === "string") return x === value;
  return typeof x !== "object" || x instanceof Number ? Number(x) === Number(value) : false;
}

function constantGuard(input: Argument, at: number, src: string): Guard | null {
  if (input.type !== "as_int" && input.type !== "as_float" && input.type !== "as_bool" && input.type !== "as_string") {
    return null;
  }
  const { value } = input;
  const text = Number.isNaN(value) ? `math.isnan(${src})` : `${src} == ${repr(value)}`;
  return guard(text, ({ leaves }) => isSame(leaves[at], value));
}

/** What a size is called, and how it is read. */
interface Source {
  readonly text: string;
  readonly read: (given: Given) => number;
}

/** The conditions that follow from the sizes of the inputs. */
function sizeGuards({ arguments: inputs, graph, ranges }: Inputs, paths: readonly Key[][]): Guard[] {
  const guards: Guard[] = [];
  const sources = new Map<string, Source>();
  const unified = new Map<string, Source>();
  const derived: (() => void)[] = [];
  const add = (text: string, holds: (given: Given) => boolean) => guards.push(guard(text, holds));
  const symbolic = (found: Source, expr: SymExpr, { lower, upper }: ValueRanges) => {
    const { text, read } = found;
    if (expr.symbols.size === 1) derived.push(() => fromSymbol(found, expr));
    const same = sources.get(String(expr));
    if (same) {
      add(`${text} == ${same.text}`, (given) => read(given) === same.read(given));
      return;
    }
    sources.set(String(expr), found);
    if (lower > 2) add(`${text} >= ${lower}`, (given) => read(given) >= lower);
    if (Number.isFinite(upper)) add(`${text} <= ${upper}`, (given) => read(given) <= upper);
  };
  /** Sizes that are computed from a symbol which is no size itself: the first one tells what it is. */
  const fromSymbol = ({ text, read }: Source, expr: SymExpr) => {
    const [symbol] = expr.symbols;
    const form = expr.linear();
    if (sources.has(symbol) || form === null) return;
    const known = unified.get(symbol);
    if (known === undefined) {
      unified.set(symbol, { text, read: (given) => (read(given) - form.summand) / form.factor });
      return;
    }
    add(
      `${text} == ${expr} for ${symbol} of ${known.text}`,
      (given) => form.factor * known.read(given) + form.summand === read(given),
    );
  };
  inputs.forEach((input, at) => {
    const src = unparse(source(paths[at]));
    const constant = constantGuard(input, at, src);
    if (constant) guards.push(constant);
    for (const { axis, size } of dimensions(input, graph)) {
      const text = axis === null ? src : `${src}.size()[${axis}]`;
      if (size.type === "as_int") {
        const wanted = Number(size.value);
        add(`${text} == ${wanted}`, (given) => given.size(at, axis) === wanted);
        continue;
      }
      const expr = new SymExpr(size.value.expr_str);
      const range = ranges.get(String(expr));
      if (range) symbolic({ text, read: (given) => given.size(at, axis) }, expr, range);
    }
  });
  for (const add of derived) add();
  return guards;
}

function asSize(x: unknown): number {
  if (isInt(x)) return Number(x);
  throw new TypeError(`a size must be an int, not ${typeName(x)}`);
}

/** What checks the inputs as `_guards_fn` does: throws AssertionError that tells the condition. */
export function guardsFn(inputs: Inputs, signature: ModuleCallSignature, codes: readonly string[]): Check {
  const paths = inputPaths(signature);
  const guards = [...sizeGuards(inputs, paths), ...codes.map((code) => written(code, paths))];
  return (leaves) => {
    const given = new Given(leaves);
    for (const check of guards) check(given);
  };
}

/** torch._export.utils._check_input_constraints_for_graph: throws RuntimeError that tells what an input should have been. */
export function checkInputConstraints({ arguments: inputs, graph, ranges }: Inputs, spec: TreeSpec): Check {
  const [args, kwargs] = spec.children;
  const places = [
    ...args.paths().map((path) => `*args${keystr(path)}`),
    ...kwargs.paths().map((path) => `${repr(path[0])}${keystr(path.slice(1))}`),
  ];
  const shapes = inputs.map((input) => dimensions(input, graph).map(({ size }) => describe(size)));
  return (leaves) => {
    const symbols = new Map<string, number>();
    inputs.forEach((input, i) => {
      const place = places[i];
      const leaf = leaves[i];
      if (input.type === "as_tensor") {
        if (!(leaf instanceof TensorBase)) {
          throw new RuntimeError(`Expected input at ${place} to be a tensor, but got <class '${typeName(leaf)}'>`);
        }
        const { shape } = leaf as Tensor;
        if (shape.length !== shapes[i].length) {
          throw new RuntimeError(
            `Unexpected number of dimensions in input at ${place}.shape (expected torch.Size([${shapes[i].map(String).join(", ")}]), got ${shape})`,
          );
        }
        for (const [axis, size] of shapes[i].entries()) {
          checkSize(size, shape[axis], `${place}.shape[${axis}]`, ranges, symbols);
        }
      } else if (input.type === "as_sym_int") {
        for (const size of shapes[i]) checkSize(size, asSize(leaf), place, ranges, symbols);
      } else if (constantGuard(input, i, "") && !isSame(leaf, input.value)) {
        throw new RuntimeError(`Expected input at ${place} to be equal to ${str(input.value)}, but got ${str(leaf)}`);
      }
    });
  };
}

const describe = (size: Dimension["size"]): number | SymExpr =>
  size.type === "as_int" ? Number(size.value) : new SymExpr(size.value.expr_str);

function checkSize(
  size: number | SymExpr,
  actual: number,
  place: string,
  ranges: ReadonlyMap<string, ValueRanges>,
  symbols: Map<string, number>,
): void {
  if (typeof size === "number") {
    if (size === actual) return;
    throw new RuntimeError(
      `Expected input at ${place} to be equal to ${size}, but got ${actual}. If you meant for this dimension to be dynamic, please re-export and specify dynamic_shapes (e.g. with Dim.DYNAMIC)`,
    );
  }
  unify(size, actual, place, symbols);
  const range = ranges.get(String(size));
  if (range && range.lower > 2 && actual < range.lower) {
    throw new RuntimeError(`Expected input at ${place} to be >= ${range.lower}, but got ${actual}`);
  }
  if (range && actual > range.upper) {
    throw new RuntimeError(`Expected input at ${place} to be <= ${range.upper}, but got ${actual}`);
  }
}

/** Finds out what a size's symbol is, and throws RuntimeError if another size says otherwise. */
function unify(size: SymExpr, actual: number, place: string, symbols: Map<string, number>): void {
  const form = size.symbols.size === 1 ? size.linear() : null;
  if (form === null) return;
  const [symbol] = size.symbols;
  const known = symbols.get(symbol);
  const value = (actual - form.summand) / form.factor;
  if (known === undefined && Number.isInteger(value)) symbols.set(symbol, value);
  else if (known === undefined) {
    throw new RuntimeError(
      `Expected input ${place} = ${actual} to be of the form ${size}, where ${symbol} is an integer`,
    );
  } else if (known !== value) {
    throw new RuntimeError(
      `Expected input at ${place} to be equal to ${form.factor * known + form.summand}, but got ${actual}`,
    );
  }
}
