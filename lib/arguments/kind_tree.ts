// What was decided for arguments of the same kinds: they are matched once.

import { KINDS, kindOf, PLAIN_OBJECT } from "./kinds.js";

const keywordNames: string[] = [];
const keywordCodes = new Map<string, number>();

function keywordCode(name: string): number {
  let code = keywordCodes.get(name);
  if (code === undefined) {
    code = keywordNames.push(name) * KINDS;
    keywordCodes.set(name, code);
  }
  return code;
}

/** A place in the tree: the kinds of some arguments, and what was decided for them. */
export class Node<T> {
  lastKind = -1;
  lastNode: Node<T> | null = null;
  children: Map<number, Node<T>> | null = null;
  decided: T | null = null;
  readonly kind: number;
  readonly parent: Node<T> | null;

  constructor(kind: number, parent: Node<T> | null) {
    this.kind = kind;
    this.parent = parent;
  }

  step(kind: number): Node<T> {
    if (kind === this.lastKind) return this.lastNode as Node<T>;
    this.children ??= new Map();
    let child = this.children.get(kind);
    if (!child) {
      child = new Node<T>(kind, this);
      this.children.set(kind, child);
    }
    this.lastKind = kind;
    this.lastNode = child;
    return child;
  }

  /** The names of the keywords that led here. */
  keywords(): string[] {
    const names: string[] = [];
    for (let node: Node<T> = this; node.parent && node.kind >= KINDS; node = node.parent)
      names.unshift(keywordNames[Math.floor(node.kind / KINDS) - 1]);
    return names;
  }
}

const NO_VALUES: readonly unknown[] = [];
let values = NO_VALUES;

/** The values of the keywords of the last find(), in the order of Node.keywords(). */
export const keywordValues = (): readonly unknown[] => values;

export class KindTree<T> {
  readonly #root = new Node<T>(-1, null);

  /** The place of a call's arguments. Those that are undefined at the end, and the keywords, are taken off them. */
  find(args: unknown[]): Node<T> {
    let node = this.#root;
    values = NO_VALUES;
    while (args.length > 0 && args[args.length - 1] === undefined) args.pop();
    for (let i = 0; i < args.length; i++) {
      const kind = kindOf(args[i]);
      if (kind === PLAIN_OBJECT && i === args.length - 1) {
        const keywords = args.pop() as Record<string, unknown>;
        const given: unknown[] = [];
        for (const name in keywords) {
          const value = keywords[name];
          if (value === undefined) continue;
          node = node.step(keywordCode(name) + kindOf(value));
          given.push(value);
        }
        values = given;
      } else {
        node = node.step(kind);
      }
    }
    return node;
  }
}
