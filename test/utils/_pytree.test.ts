import * as torch from "tstorch";
import {
  _broadcast_to_and_flatten,
  register_pytree_node,
  tree_all,
  tree_any,
  tree_flatten,
  tree_leaves,
  tree_map,
  tree_map_,
  tree_map_only,
  tree_structure,
  tree_unflatten,
  treespec_pprint,
} from "tstorch/utils/_pytree";
import { describe, expect, test } from "vitest";

const tree = { a: [1, "two", null], b: new Map([[3, { c: 4 }]]), d: [] };

test("structures come apart and together", () => {
  const [leaves, spec] = tree_flatten(tree);
  expect(leaves).toEqual([1, "two", null, 4]);
  expect(tree_unflatten(leaves, spec)).toEqual(tree);
  expect([spec.num_leaves, spec.num_nodes, spec.num_children]).toEqual([4, 9, 3]);
  expect(tree_leaves(tree)).toEqual(leaves);
  expect(() => tree_unflatten([1], spec)).toThrow(
    /`leaves` has length 1 but the spec refers to a pytree that holds 4 items/,
  );
});

test("what is a leaf", () => {
  const x = torch.ones(2);
  for (const leaf of [x, x.shape, 1.5, "text", null, undefined, () => 1, new Float32Array(2)]) {
    const [leaves, spec] = tree_flatten(leaf);
    expect(leaves.length).toBe(1);
    expect(leaves[0]).toBe(leaf);
    expect(spec.is_leaf()).toBe(true);
  }
  expect(tree_leaves(tree, (node) => Array.isArray(node))).toEqual([[1, "two", null], 4, []]);
});

test("named tuples come back as such", () => {
  const found = torch.tensor([3, 1, 2]).sort();
  const mapped = tree_map((x: torch.Tensor) => x.add(1), found);
  expect(mapped.values.tolist()).toEqual([2, 3, 4]);
  expect(mapped.constructor).toBe(found.constructor);
});

test("__proto__ is a key like any other", () => {
  const given = JSON.parse('{"__proto__": 1, "a": 2}');
  const mapped = tree_map((x: number) => x * 2, given);
  expect(Object.entries(mapped)).toEqual([["__proto__", 2], ["a", 4]]); // biome-ignore format: one row
  expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype);
});

test("printing, as in Python", () => {
  expect(String(tree_structure([1, [2, 3], { a: 1 }, {}]))).toBe(
    "TreeSpec(tuple, None, [*,\n  TreeSpec(tuple, None, [*,\n    *]),\n  TreeSpec(dict, ['a'], [*]),\n  TreeSpec(dict, [], [])])",
  );
  expect(treespec_pprint(tree_structure([1, [2], { a: 3 }]))).toBe("(*, (*,), {'a': *})");
});

test("equality", () => {
  expect(tree_structure([1, { a: 2 }]).equals(tree_structure([3, { a: 4 }]))).toBe(true);
  expect(tree_structure([1, { a: 2 }]).equals(tree_structure([3, { b: 4 }]))).toBe(false);
  expect(tree_structure([1]).equals(tree_structure(1))).toBe(false);
});

describe("tree_map()", () => {
  test("takes several structures along", () => {
    expect(tree_map((a: number, b: number) => a + b, { x: 1, y: [2] }, { y: [20], x: 10 })).toEqual({ x: 11, y: [22] });
    expect(() => tree_map((a) => a, [1, 2], [1])).toThrow("Node arity mismatch; expected 2, but got 1.");
    expect(() => tree_map((a) => a, { a: 1 }, { b: 1 })).toThrow(
      "Node keys mismatch; missing key(s): {'a'}; extra key(s): {'b'}.",
    );
    expect(() => tree_map((a) => a, [1], { a: 1 })).toThrow("Node type mismatch; expected tuple, but got dict.");
  });

  test("only some leaves, for its effects alone, and questions", () => {
    expect(
      tree_map_only(
        (x) => typeof x === "number",
        (x) => x + 1,
        ["a", 1],
      ),
    ).toEqual(["a", 2]);
    expect(tree_map_only(Date, () => "date", [new Date(0), 1])).toEqual(["date", 1]);
    const seen: number[] = [];
    const given = [1, [2]];
    expect(tree_map_((x) => seen.push(x), given)).toBe(given);
    expect(seen).toEqual([1, 2]);
    expect([tree_all((x) => x > 0, given), tree_any((x) => x > 1, given), tree_any((x) => x > 2, given)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

test("a beginning of a structure is repeated for its leaves", () => {
  const spec = tree_structure([1, { a: 2, b: 3 }]);
  expect(_broadcast_to_and_flatten(0, spec)).toEqual([0, 0, 0]);
  expect(_broadcast_to_and_flatten([0, null], spec)).toEqual([0, null, null]);
  expect(_broadcast_to_and_flatten([0, { b: 1, a: null }], spec)).toEqual([0, 1, null]); // in its own order, as in Python
  expect(_broadcast_to_and_flatten([0], spec)).toBeNull();
});

test("classes that are registered", () => {
  class Pair {
    constructor(
      readonly first: unknown,
      readonly second: unknown,
    ) {}
  }
  register_pytree_node(Pair, (pair) => [[pair.first, pair.second], null], ([a, b]) => new Pair(a, b)); // biome-ignore format: one row
  expect(tree_map((x: number) => -x, [new Pair(1, [2])])).toEqual([new Pair(-1, [-2])]);
  expect(() => register_pytree_node(Pair, () => [[], null], () => new Pair(0, 0))).toThrow(/already registered/); // biome-ignore format: one row
  const x = torch.tensor([1.5, 2.5]);
  const grads = torch.func.grad((pair: Pair) => (pair.first as torch.Tensor).mul(pair.second as torch.Tensor).sum())(
    new Pair(x, x),
  );
  expect((grads.first as torch.Tensor).tolist()).toEqual([1.5, 2.5]);
});
