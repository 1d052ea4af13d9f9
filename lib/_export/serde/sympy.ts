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

/** What stands in a product: its text there, and its kind, by which sympy orders. */
interface Factor {
  readonly text: string;
  readonly rank: number;
  readonly power: number;
}

const RANKS: Readonly<Record<string, number>> = { Symbol: 0, Dummy: 0, Add: 1 };

function factorOf(t: Term): Factor {
  const [base, exponent] = t.args;
  const isPower = t.head === "Pow" && exponent?.head === "Integer";
  const inner = isPower ? base : t;
  const rank = Object.hasOwn(RANKS, inner.head) ? RANKS[inner.head] : 2;
  return { text: print(inner, isPower ? POW : MUL), rank, power: isPower ? Number(exponent.value) : 1 };
}

const byKind = (a: Factor, b: Factor) => a.rank - b.rank || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);

/** A term of a sum taken apart: its number, and what else is in it. */
interface Monomial {
  readonly coefficient: number;
  readonly factors: readonly Factor[];
}

const taken = new WeakMap<Term, Monomial>();

function monomial(t: Term): Monomial {
  const known = taken.get(t);
  if (known) return known;
  const args = t.head === "Mul" ? t.args : [t];
  const numbers = args.filter(({ head }) => head === "Integer");
  const coefficient = numbers.reduce((product, { value }) => product * Number(value), 1);
  const factors = args
    .filter(({ head }) => head !== "Integer")
    .map(factorOf)
    .sort(byKind);
  const result = { coefficient, factors };
  taken.set(t, result);
  return result;
}

const ADD = 1;
const MUL = 2;
const POW = 3;

function product(t: Term): { isNegative: boolean; text: string } {
  const { coefficient, factors } = monomial(t);
  const texts = factors.map(({ text, power }) => (power === 1 ? text : `${text}**${power}`));
  const size = Math.abs(coefficient);
  if (size !== 1 || texts.length === 0) texts.unshift(String(size));
  return { isNegative: coefficient < 0, text: texts.join("*") };
}

/** Terms of higher degree come first, and numbers last. */
function sum(terms: readonly Term[]): string {
  const factors = terms.flatMap((term) => monomial(term).factors).sort(byKind);
  const names = [...new Set(factors.map(({ text }) => text))];
  const degree = (term: Term, name: string) => monomial(term).factors.find(({ text }) => text === name)?.power ?? 0;
  const ordered = [...terms].sort((a, b) => {
    for (const name of names) {
      const difference = degree(b, name) - degree(a, name);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return ordered.reduce((text, term, i) => {
    const { isNegative, text: own } = product(term);
    if (i === 0) return isNegative ? `-${own}` : own;
    return `${text} ${isNegative ? "-" : "+"} ${own}`;
  }, "");
}

/** Functions that sympy puts in parentheses within sums and products. */
const LOOSE = new Set([
  "FloorDiv",
  "CleanDiv",
  "ModularIndexing",
  "Where",
  "PythonMod",
  "Mod",
  "IntTrueDiv",
  "FloatTrueDiv",
]);

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
      return wrapped(0, `(${t.args.map((arg) => print(arg, POW + 1)).join("//")})`);
  }
  const relation = Object.hasOwn(RELATIONS, t.head) ? RELATIONS[t.head] : null;
  if (relation === "Eq" || relation === "Ne") return `${relation}(${t.args.map((arg) => print(arg)).join(", ")})`;
  if (relation !== null) return wrapped(ADD, t.args.map((arg) => print(arg)).join(` ${relation} `));
  return wrapped(LOOSE.has(t.head) ? 0 : POW, `${t.head}(${t.args.map((arg) => print(arg)).join(", ")})`);
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
      const { coefficient, factors } = monomial(term);
      const [only] = factors;
      if (factors.length === 0) summand += coefficient;
      else if (factors.length === 1 && only.rank === 0 && only.power === 1 && this.symbols.size === 1)
        factor += coefficient;
      else return null;
    }
    return factor === 0 ? null : { factor, summand };
  }
}
