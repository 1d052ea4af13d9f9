import * as torch from "tstorch";
import { expect, test } from "vitest";
import { KindTree, keywordValues } from "../../dist/arguments/kind_tree.js";

test("arguments of the same kinds share a place, whatever their values", () => {
  const tree = new KindTree<string>();
  const node = tree.find([1, [2.5], { dim: 3, keepdim: true }]);
  expect(node.keywords()).toEqual(["dim", "keepdim"]);
  expect(keywordValues()).toEqual([3, true]);
  node.decided = "first";
  expect(tree.find([7, [0.5], { dim: 1, keepdim: false }])).toBe(node);
  expect(keywordValues()).toEqual([1, false]);
  expect(tree.find([7, [1], { dim: 1, keepdim: false }]).decided).toBe(null);
  expect(tree.find([7, [0.5], { dim: 1 }]).decided).toBe(null);
  expect(keywordValues()).toEqual([1]);
});

test("the keywords are taken off the arguments, as is what is undefined at the end", () => {
  const tree = new KindTree<string>();
  const args = [1, undefined, { dim: 2, out: undefined }];
  expect(tree.find(args).keywords()).toEqual(["dim"]);
  expect(args).toEqual([1, undefined]);
  const open = [1, undefined, undefined];
  expect(tree.find(open)).toBe(tree.find([2]));
  expect(open).toEqual([1]);
});

test("an undefined argument at the end counts as none at every call", () => {
  for (let i = 0; i < 3; i++)
    expect([...(torch.zeros as (...sizes: unknown[]) => torch.Tensor)(2, 3, undefined).shape]).toEqual([2, 3]);
});
