// The sizes of a program that are expressions of symbols: from sympy's srepr() to what str() prints.

import { type Expression, parseExpression } from "./python_expression.js";
import { SerializeError } from "./union.js";

/** Part of an expression: a number, a symbol, a sum, ... */
interface Term {
  readonly head: string;
  readonly args: readonly Term[];
  /** The name of a symbol, or a number. */
  readonly value: string;
}

function toTerm(e: Expression): Term {
  if (e.kind === "constant") return { head: "Constant", args: [], value: String(e.value) };
  if (e.kind === "unary" && e.op === "-") return { head: "Constant", args: [], value: `-${toTerm(e.operand).value}` };
  if (e.kind === "name") return { head: "Constant", args: [], value: e.id };
  if (e.kind !== "call") throw new SerializeError("the size of a tensor is no expression of sympy's");
  const head = e.func.kind === "attribute" ? e.func.attr : e.func.kind === "name" ? e.func.id : "";
  const args = e.args.map(toTerm);
  const isLeaf = head === "Integer" || head === "Symbol" || head === "Float" || head === "Dummy";
  if (head === "" || (isLeaf && args.length === 0))
    throw new SerializeError("the size of a tensor is no expression of sympy's");
  return isLeaf ? { head, args: [], value: args[0].value } : { head, args, value: "" };
}

/** A term of a sum taken apart: its number, and the powers of what else is in it. */
function monomial(t: Term): { coefficient: number; powers: Map<string, number> } {
  const factors = t.head === "Mul" ? t.args : [t];
  let coefficient = 1;
  const powers = new Map<string, number>();
  for (const factor of factors) {
    if (factor.head === "Integer") coefficient *= Number(factor.value);
    else if (factor.head === "Pow" && factor.args[1]?.head === "Integer") {
      powers.set(print(factor.args[0], POW), Number(factor.args[1].value));
    } else powers.set(print(factor, MUL), 1);
  }
  return { coefficient, powers };
}

const ADD = 1;
const MUL = 2;
const POW = 3;

function product(t: Term): { isNegative: boolean; text: string } {
  const { coefficient, powers } = monomial(t);
  const names = [...powers.keys()].sort();
  const factors = names.map((name) => (powers.get(name) === 1 ? name : `${name}**${powers.get(name)}`));
  const size = Math.abs(coefficient);
  if (size !== 1 || factors.length === 0) factors.unshift(String(size));
  return { isNegative: coefficient < 0, text: factors.join("*") };
}

/** Terms of higher degree come first, and numbers last. */
function sum(terms: readonly Term[]): string {
  const gathered = terms.map((term) => ({ term, powers: monomial(term).powers }));
  const names = [...new Set(gathered.flatMap(({ powers }) => [...powers.keys()]))].sort();
  gathered.sort((a, b) => {
    for (const name of names) {
      const difference = (b.powers.get(name) ?? 0) - (a.powers.get(name) ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return gathered.reduce((text, { term }, i) => {
    const { isNegative, text: own } = product(term);
    if (i === 0) return isNegative ? `-${own}` : own;
    return `${text} ${isNegative ? "-" : "+"} ${own}`;
  }, "");
}

const RELATIONS: Readonly<Record<string, string>> = {
  Equality: "Eq",
  Unequality: "Ne",
  StrictLessThan: "<",
  LessThan: "<=",
  StrictGreaterThan: ">",
  GreaterThan: ">=",
};

/** What was printed already: terms of terms ask for the same text again and again. */
const printed = new WeakMap<Term, Map<number, string>>();

/** As sympy's str() does; `strength` is how strongly what stands around it binds. */
function print(t: Term, strength = 0): string {
  const known = printed.get(t) ?? new Map<number, string>();
  printed.set(t, known);
  let text = known.get(strength);
  if (text === undefined) {
    text = printNew(t, strength);
    known.set(strength, text);
  }
  return text;
}

function printNew(t: Term, strength: number): string {
  const wrapped = (own: number, text: string) => (own < strength ? `(${text})` : text);
  switch (t.head) {
    case "Integer":
    case "Float":
    case "Symbol":
    case "Dummy":
    case "Constant":
      return t.value;
    case "Add":
      return wrapped(ADD, sum(t.args));
    case "Mul": {
      const { isNegative, text } = product(t);
      return wrapped(isNegative ? ADD : MUL, isNegative ? `-${text}` : text);
    }
    case "Pow":
      return wrapped(POW, `${print(t.args[0], POW + 1)}**${print(t.args[1], POW)}`);
    case "FloorDiv":
    case "CleanDiv":
      return `(${print(t.args[0], MUL)}//${print(t.args[1], POW)})`;
    case "PythonMod":
      return `PythonMod(${t.args.map((arg) => print(arg)).join(", ")})`;
  }
  const relation = Object.hasOwn(RELATIONS, t.head) ? RELATIONS[t.head] : null;
  if (relation === "Eq" || relation === "Ne") return `${relation}(${t.args.map((arg) => print(arg)).join(", ")})`;
  if (relation !== null) return wrapped(ADD, t.args.map((arg) => print(arg)).join(` ${relation} `));
  return `${t.head}(${t.args.map((arg) => print(arg)).join(", ")})`;
}

function symbolsIn(t: Term, found: Set<string>): Set<string> {
  if (t.head === "Symbol" || t.head === "Dummy") found.add(t.value);
  for (const arg of t.args) symbolsIn(arg, found);
  return found;
}

function partsIn(t: Term, found: Set<string>): void {
  found.add(print(t));
  for (const arg of t.args) partsIn(arg, found);
}

/** A size that is an expression of symbols. */
export class SymExpr {
  readonly #term: Term;
  readonly #text: string;
  readonly symbols: ReadonlySet<string>;

  constructor(srepr: string) {
    this.#term = toTerm(parseExpression(srepr));
    this.#text = print(this.#term);
    this.symbols = symbolsIn(this.#term, new Set());
  }

  toString(): string {
    return this.#text;
  }

  /** The texts of all that it consists of. */
  parts(): Set<string> {
    const found = new Set<string>();
    partsIn(this.#term, found);
    return found;
  }

  /** The factor and the summand of `factor * symbol + summand`; null if it is not of this form. */
  linear(): { factor: number; summand: number } | null {
    const terms = this.#term.head === "Add" ? this.#term.args : [this.#term];
    let [factor, summand] = [0, 0];
    for (const term of terms) {
      const { coefficient, powers } = monomial(term);
      if (powers.size === 0) summand += coefficient;
      else if (powers.size === 1 && this.symbols.size === 1 && powers.get([...this.symbols][0]) === 1)
        factor += coefficient;
      else return null;
    }
    return factor === 0 ? null : { factor, summand };
  }
}
