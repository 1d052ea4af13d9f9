// functorch/einops/_parsing.py: the patterns of rearrange().

import { ValueError } from "../../errors.js";
import { isInt } from "../../python/float.js";
import { typeName } from "../../python/objects.js";
import { repr } from "../../python/repr.js";
import { warn } from "../../warnings.js";

/** What stands for "..." in a parsed pattern. */
export const ELLIPSIS = "\u2026";

/** Python's keywords, which are discouraged as names. */
const KEYWORDS = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);

/** A dimension of a pattern: the names that are composed to it, none for one of size 1; or the ellipsis. */
export type Dimension = readonly string[] | typeof ELLIPSIS;

function checkAxisName(name: string): void {
  const invalid = (reason: string) => new ValueError(`Invalid axis identifier: ${name}\n${reason}`);
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) throw invalid("not a valid python identifier");
  if (name.startsWith("_") || name.endsWith("_")) {
    throw invalid("axis name should should not start or end with underscore");
  }
  if (KEYWORDS.has(name)) warn(`It is discouraged to use axes names that are keywords: ${name}`);
  if (name === "axis") {
    warn("It is discouraged to use 'axis' as an axis name and will raise an error in future", "FutureWarning");
  }
}

/** One side of a pattern, such as "b c (h w)". */
export class ParsedExpression {
  has_ellipsis = false;
  has_ellipsis_parenthesized = false;
  has_non_unitary_anonymous_axes = false;
  readonly identifiers = new Set<string>();
  readonly composition: Dimension[] = [];
  #bracket_group: string[] | null = null;

  constructor(expression: string) {
    if (expression.includes(".")) {
      if (!expression.includes("...")) throw new ValueError("Expression may contain dots only inside ellipsis (...)");
      if (expression.split(".").length !== 4) {
        throw new ValueError("Expression may contain dots only inside ellipsis (...); only one ellipsis for tensor ");
      }
      this.has_ellipsis = true;
    }
    const text = expression.replace("...", ELLIPSIS);
    for (const token of text.match(/[\p{L}\p{N}_\u2026]+|./gsu) ?? []) {
      if (token === "(") this.#open();
      else if (token === ")") this.#close();
      else if (/^[\p{L}\p{N}_\u2026]/u.test(token)) this.#add(token);
      else if (token !== " ") throw new ValueError(`Unknown character '${token}'`);
    }
    if (this.#bracket_group) throw new ValueError(`Imbalanced parentheses in expression: '${text}'`);
  }

  #open(): void {
    if (this.#bracket_group) {
      throw new ValueError("Axis composition is one-level (brackets inside brackets not allowed)");
    }
    this.#bracket_group = [];
  }

  #close(): void {
    if (!this.#bracket_group) throw new ValueError("Brackets are not balanced");
    this.composition.push(this.#bracket_group);
    this.#bracket_group = null;
  }

  #add(name: string): void {
    if (this.identifiers.has(name)) {
      throw new ValueError(`Indexing expression contains duplicate dimension '${name}'`);
    }
    if (/^0*1$/.test(name)) {
      if (!this.#bracket_group) this.composition.push([]);
      return;
    }
    if (/^\d+$/.test(name)) {
      if (Number(name) < 1) throw new ValueError(`Anonymous axis should have positive length, not ${Number(name)}`);
      this.has_non_unitary_anonymous_axes = true;
      return;
    }
    if (name === ELLIPSIS) this.has_ellipsis_parenthesized = this.#bracket_group !== null;
    else checkAxisName(name);
    this.identifiers.add(name);
    if (this.#bracket_group) this.#bracket_group.push(name);
    else this.composition.push(name === ELLIPSIS ? ELLIPSIS : [name]);
  }
}

/** The sizes that are given for names. */
export type AxesLengths = Readonly<Record<string, unknown>>;

/** @internal Both sides of a pattern. */
export function parse_pattern(
  pattern: string,
  axes_lengths: AxesLengths,
): [left: ParsedExpression, right: ParsedExpression] {
  const sides = pattern.split("->");
  if (sides.length !== 2) throw new ValueError("Pattern must contain a single '->' separator");
  if (ELLIPSIS in axes_lengths) throw new ValueError(`'${ELLIPSIS}' is not an allowed axis identifier`);
  const [left, right] = sides.map((side) => new ParsedExpression(side));
  if (!left.has_ellipsis && right.has_ellipsis) {
    throw new ValueError(`Ellipsis found in right side, but not left side of a pattern ${pattern}`);
  }
  if (left.has_ellipsis_parenthesized) {
    throw new ValueError(`Ellipsis is parenthesis in the left side is not allowed: ${pattern}`);
  }
  return [left, right];
}

const setText = (names: readonly string[]) => `{${names.map(repr).join(", ")}}`;

/** @internal Throws for a pattern that does not only rearrange. */
export function validate_rearrange_expressions(
  left: ParsedExpression,
  right: ParsedExpression,
  axes_lengths: AxesLengths,
): asserts axes_lengths is Readonly<Record<string, number>> {
  for (const length of Object.values(axes_lengths)) {
    if (isInt(length)) continue;
    throw new TypeError(`rearrange axis lengths must be integers, got: <class '${typeName(length)}'>`);
  }
  if (left.has_non_unitary_anonymous_axes || right.has_non_unitary_anonymous_axes) {
    throw new ValueError("rearrange only supports unnamed axes of size 1");
  }
  const names = [...left.identifiers, ...right.identifiers];
  const difference = names.filter((name) => !left.identifiers.has(name) || !right.identifiers.has(name));
  if (difference.length > 0) {
    throw new ValueError(
      `Identifiers only on one side of rearrange expression (should be on both): ${setText(difference)}`,
    );
  }
  const unmatched = Object.keys(axes_lengths).filter((name) => !left.identifiers.has(name));
  if (unmatched.length > 0) {
    throw new ValueError(`Identifiers not found in rearrange expression: ${setText(unmatched)}`);
  }
}
