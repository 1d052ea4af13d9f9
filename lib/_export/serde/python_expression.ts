// Expressions of Python's, as far as a program's conditions and sizes are written in them: read, printed as ast.unparse()
// does, and evaluated.

import { AttributeError, IndexError, TypeError } from "../../errors.js";
import { typeName } from "../../python/objects.js";
import { repr } from "../../python/repr.js";
import { TensorBase } from "../../tensor_base.js";
import type { Tensor } from "../../types.js";
import { float, symOps } from "./sym_ops.js";
import { SerializeError } from "./union.js";

export type Expression =
  | { readonly kind: "constant"; readonly value: unknown }
  | { readonly kind: "name"; readonly id: string }
  | { readonly kind: "attribute"; readonly value: Expression; readonly attr: string }
  | { readonly kind: "subscript"; readonly value: Expression; readonly index: Expression }
  | { readonly kind: "call"; readonly func: Expression; readonly args: readonly Expression[] }
  | { readonly kind: "unary"; readonly op: "-" | "+" | "not"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly op: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "boolean"; readonly op: "and" | "or"; readonly values: readonly Expression[] }
  | { readonly kind: "compare"; readonly left: Expression; readonly rest: readonly (readonly [string, Expression])[] }
  | { readonly kind: "ternary"; readonly test: Expression; readonly yes: Expression; readonly no: Expression };

const TOKEN =
  /\s*(?:(\d+\.\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)|(\d+)|([A-Za-z_]\w*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\*\*|\/\/|<<|>>|[<>=!]=|[-+*/%<>()[\].,=&|^]))/y;

type Token = readonly [kind: "float" | "int" | "name" | "string" | "symbol" | "end", text: string];

function tokenize(text: string): Token[] {
  const kinds = ["float", "int", "name", "string", "symbol"] as const;
  const tokens: Token[] = [];
  const source = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(source);
    if (found === null)
      throw new SerializeError(
        `${JSON.stringify(text)} is no expression: unexpected ${JSON.stringify(source.slice(at, at + 10))}`,
      );
    const i = found.slice(1).findIndex((group) => group !== undefined);
    tokens.push([kinds[i], found[i + 1]]);
  }
  tokens.push(["end", ""]);
  return tokens;
}

/** The binary operators by how strongly they bind. */
const BINARY: readonly (readonly string[])[] = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%"]];
const COMPARE = ["<", "<=", ">", ">=", "==", "!="];
const DEEPEST = 100;

class Parser {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Expression {
    const result = this.#ternary();
    if (this.#tokens[this.#next][0] !== "end") throw this.#unexpected();
    return result;
  }

  #unexpected(): SerializeError {
    const [, text] = this.#tokens[this.#next];
    return new SerializeError(`${JSON.stringify(this.#text)} is no expression: unexpected ${JSON.stringify(text)}`);
  }

  /** Takes a token if it is one of these; returns its text. */
  #take(...texts: string[]): string | null {
    const [kind, text] = this.#tokens[this.#next];
    if (kind === "string" || kind === "end" || !texts.includes(text)) return null;
    this.#next++;
    return text;
  }

  #expect(text: string): void {
    if (this.#take(text) === null) throw this.#unexpected();
  }

  #ternary(): Expression {
    if (++this.#depth > DEEPEST) throw new SerializeError("an expression is nested too deep");
    const yes = this.#or();
    let result = yes;
    if (this.#take("if")) {
      const test = this.#or();
      this.#expect("else");
      result = { kind: "ternary", test, yes, no: this.#ternary() };
    }
    this.#depth--;
    return result;
  }

  #or(): Expression {
    return this.#booleans("or", () => this.#booleans("and", () => this.#not()));
  }

  #booleans(op: "and" | "or", operand: () => Expression): Expression {
    const values = [operand()];
    while (this.#take(op)) values.push(operand());
    return values.length === 1 ? values[0] : { kind: "boolean", op, values };
  }

  #not(): Expression {
    let count = 0;
    while (this.#take("not")) count++;
    let result = this.#compare();
    for (; count > 0; count--) result = { kind: "unary", op: "not", operand: result };
    return result;
  }

  #compare(): Expression {
    const left = this.#binary(0);
    const rest: [string, Expression][] = [];
    for (let op = this.#take(...COMPARE); op !== null; op = this.#take(...COMPARE)) rest.push([op, this.#binary(0)]);
    return rest.length === 0 ? left : { kind: "compare", left, rest };
  }

  #binary(level: number): Expression {
    if (level === BINARY.length) return this.#unary();
    let left = this.#binary(level + 1);
    for (let op = this.#take(...BINARY[level]); op !== null; op = this.#take(...BINARY[level])) {
      left = { kind: "binary", op, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): Expression {
    const op = this.#take("-", "+") as "-" | "+" | null;
    if (op === null) return this.#power();
    if (++this.#depth > DEEPEST) throw new SerializeError("an expression is nested too deep");
    const operand = this.#unary();
    this.#depth--;
    return { kind: "unary", op, operand };
  }

  #power(): Expression {
    const left = this.#postfix();
    return this.#take("**") ? { kind: "binary", op: "**", left, right: this.#unary() } : left;
  }

  #postfix(): Expression {
    let value = this.#atom();
    for (;;) {
      if (this.#take(".")) {
        const [kind, attr] = this.#tokens[this.#next++];
        if (kind !== "name") throw this.#unexpected();
        value = { kind: "attribute", value, attr };
      } else if (this.#take("[")) {
        value = { kind: "subscript", value, index: this.#ternary() };
        this.#expect("]");
      } else if (this.#take("(")) {
        value = { kind: "call", func: value, args: this.#args() };
      } else return value;
    }
  }

  /** The arguments of a call. Those by keyword, which say of symbols what is assumed of them, are left out. */
  #args(): Expression[] {
    const args: Expression[] = [];
    while (!this.#take(")")) {
      if (args.length > 0 && this.#tokens[this.#next - 1][1] !== ",") throw this.#unexpected();
      const isKeyword = this.#tokens[this.#next][0] === "name" && this.#tokens[this.#next + 1][1] === "=";
      if (isKeyword) this.#next += 2;
      const value = this.#ternary();
      if (!isKeyword) args.push(value);
      if (!this.#take(",")) {
        this.#expect(")");
        return args;
      }
    }
    return args;
  }

  #atom(): Expression {
    const [kind, text] = this.#tokens[this.#next];
    if (kind === "symbol" && text === "(") {
      this.#next++;
      const inner = this.#ternary();
      this.#expect(")");
      return inner;
    }
    const value = constantOf(kind, text);
    if (value === undefined && kind !== "name") throw this.#unexpected();
    this.#next++;
    return value === undefined ? { kind: "name", id: text } : { kind: "constant", value };
  }
}

function constantOf(kind: Token[0], text: string): unknown {
  if (kind === "int") return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text.slice(0, 100));
  if (kind === "float") return float(Number(text));
  if (kind === "string") return text.slice(1, -1).replace(/\\(.)/g, "$1");
  const words: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };
  return kind === "name" && Object.hasOwn(words, text) ? words[text] : undefined;
}

/** Reads an expression; throws SerializeError for what is none. */
export const parseExpression = (text: string): Expression => new Parser(text).parse();

const ATOM = 100;
const POWER = 90;
const UNARY = 80;
const ofBinary = (op: string) => (op === "**" ? POWER : 50 + BINARY.findIndex((ops) => ops.includes(op)));

/** Prints an expression with no more parentheses than it needs; `strength` is how strongly what stands around it binds. */
export function unparse(e: Expression, strength = 0): string {
  const wrapped = (own: number, text: string) => (own < strength ? `(${text})` : text);
  switch (e.kind) {
    case "constant":
      return repr(e.value);
    case "name":
      return e.id;
    case "attribute":
      return `${unparse(e.value, ATOM)}.${e.attr}`;
    case "subscript":
      return `${unparse(e.value, ATOM)}[${unparse(e.index)}]`;
    case "call":
      return `${unparse(e.func, ATOM)}(${e.args.map((arg) => unparse(arg)).join(", ")})`;
    case "unary":
      return e.op === "not"
        ? wrapped(40, `not ${unparse(e.operand, 40)}`)
        : wrapped(UNARY, `${e.op}${unparse(e.operand, UNARY)}`);
    case "binary": {
      const own = ofBinary(e.op);
      const [left, right] = e.op === "**" ? [own + 1, UNARY] : [own, own + 1];
      return wrapped(own, `${unparse(e.left, left)} ${e.op} ${unparse(e.right, right)}`);
    }
    case "boolean": {
      const own = e.op === "or" ? 20 : 30;
      return wrapped(own, e.values.map((value) => unparse(value, own + 1)).join(` ${e.op} `));
    }
    case "compare":
      return wrapped(
        45,
        [unparse(e.left, 46), ...e.rest.map(([op, right]) => `${op} ${unparse(right, 46)}`)].join(" "),
      );
    case "ternary":
      return wrapped(10, `${unparse(e.yes, 11)} if ${unparse(e.test, 11)} else ${unparse(e.no, 10)}`);
  }
}

const OPERATORS: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "truediv",
  "//": "floordiv",
  "%": "mod",
  "**": "pow",
  "<<": "lshift",
  ">>": "rshift",
  "&": "and_",
  "|": "or_",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
  "==": "eq",
  "!=": "ne",
};

type Function = (...args: unknown[]) => unknown;

function operator(op: string): Function {
  const found = Object.hasOwn(OPERATORS, op) ? symOps.get(`_operator.${OPERATORS[op]}`) : undefined;
  if (found) return found;
  throw new SerializeError(`the operator ${op} is not one of sizes`);
}

const each =
  (name: "torch.sym_max" | "torch.sym_min"): Function =>
  (...args) =>
    args.reduce((a, b) => (symOps.get(name) as Function)(a, b));

/** The functions that conditions call. */
const FUNCTIONS: ReadonlyMap<string, Function> = new Map<string, Function>([
  ["max", each("torch.sym_max")],
  ["min", each("torch.sym_min")],
  ["abs", (x) => (Number(x) < 0 ? operator("-")(0, x) : x)],
  ["int", symOps.get("torch.sym_int") as Function],
  ["float", symOps.get("torch.sym_float") as Function],
  ["round", symOps.get("builtins.round") as Function],
  ["math.sqrt", symOps.get("torch.sym_sqrt") as Function],
  ["math.isnan", (x) => Number.isNaN(Number(x))],
]);

/** What a tensor is asked by conditions. */
const METHODS: Readonly<Record<string, (x: Tensor) => unknown>> = {
  size: (x) => x.shape,
  stride: (x) => x.stride(),
  storage_offset: (x) => x.storage_offset(),
  dim: (x) => x.dim(),
  numel: (x) => x.numel(),
};

function callMethod(value: unknown, attr: string): unknown {
  if (value instanceof TensorBase && Object.hasOwn(METHODS, attr)) return METHODS[attr](value as Tensor);
  throw new AttributeError(`'${typeName(value)}' object has no attribute '${attr}'`);
}

function item(value: unknown, index: unknown): unknown {
  if (!Array.isArray(value)) throw new TypeError(`'${typeName(value)}' object is not subscriptable`);
  const found = value.at(Number(index));
  if (found === undefined) throw new IndexError("tuple index out of range");
  return found;
}

/** The value of an expression, in which `resolve` gives names and what it knows else; undefined for what it does not know. */
export function evaluate(e: Expression, resolve: (e: Expression) => unknown): unknown {
  const of = (inner: Expression) => evaluate(inner, resolve);
  const truth = (inner: Expression) => {
    const value = of(inner);
    return typeof value === "boolean" ? value : Boolean(Number(value));
  };
  const known = resolve(e);
  if (known !== undefined) return known;
  switch (e.kind) {
    case "constant":
      return e.value;
    case "subscript":
      return item(of(e.value), of(e.index));
    case "call": {
      const name = unparse(e.func);
      const found = FUNCTIONS.get(name) ?? symOps.get(name);
      if (found) return found(...e.args.map(of));
      if (e.func.kind === "attribute" && e.args.length === 0) return callMethod(of(e.func.value), e.func.attr);
      break;
    }
    case "unary":
      return e.op === "not" ? !truth(e.operand) : operator(e.op)(0, of(e.operand));
    case "binary":
      return operator(e.op)(of(e.left), of(e.right));
    case "boolean":
      return e.op === "and" ? e.values.every(truth) : e.values.some(truth);
    case "compare": {
      let left = of(e.left);
      return e.rest.every(([op, other]) => {
        const right = of(other);
        const holds = operator(op)(left, right);
        left = right;
        return holds;
      });
    }
    case "ternary":
      return truth(e.test) ? of(e.yes) : of(e.no);
  }
  throw new SerializeError(`${unparse(e)} is not known in a condition of a program`);
}
