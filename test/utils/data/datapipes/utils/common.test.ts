import * as torch from "tstorch";
import {
  _deprecation_warning,
  match_masks,
  StreamWrapper,
  validate_input_col,
  validate_pathname_binary_tuple,
} from "tstorch/utils/data/datapipes/utils/common";
import { expect, test } from "vitest";
import { warnings } from "../helpers.js";

test("match_masks", () => {
  expect(match_masks("a.png", "*.png")).toBe(true);
  expect(match_masks("a.png", ["*.jpg", "a?png"])).toBe(true);
  expect(match_masks("a.png", ["*.jpg", "b*"])).toBe(false);
  expect(match_masks("b1", "[ab][!0]")).toBe(true);
  expect(match_masks("b0", "[ab][!0]")).toBe(false);
  expect(match_masks("a(1).png", "a(1).*")).toBe(true);
  expect(match_masks("x", "")).toBe(true);
});

test("validate_input_col", () => {
  validate_input_col((a: number, b = 1) => a + b, 0);
  validate_input_col((a: number, b = 1) => a + b, [0, 1]);
  validate_input_col((a: number, ...rest: number[]) => a + rest.length, [0, 1, 2]);
  validate_input_col((() => 1).bind(null), [0, 1]);
  validate_input_col(([a]: number[]) => a, null);
  expect(() =>
    validate_input_col(function f(a: number, b: number) {
      return a + b;
    }, null),
  ).toThrow("The function f takes 2 positional parameters, but 1 are required.");
  expect(() => validate_input_col((a: number, b = Math.max(1, 2)) => a + b, [0, 1, 2])).toThrow(
    "The function <lambda> takes 2 parameters, but 3 are required.",
  );
});

test("validate_pathname_binary_tuple", () => {
  validate_pathname_binary_tuple(["a", new torch.py.BytesIO()]);
  expect(() => validate_pathname_binary_tuple("a")).toThrow(
    "pathname binary data should be tuple type, but it is type <class 'str'>",
  );
  expect(() => validate_pathname_binary_tuple(["a"])).toThrow(
    "pathname binary stream tuple length should be 2, but got 1",
  );
  expect(() => validate_pathname_binary_tuple([1, 2])).toThrow(
    "pathname within the tuple should have string type pathname, but it is type <class 'int'>",
  );
});

test("StreamWrapper closes with the last of its children", () => {
  let closed = 0;
  const parent = new StreamWrapper({ close: () => closed++ });
  const [a, b] = [new StreamWrapper({}, parent), new StreamWrapper({}, parent, "b")];
  parent.autoclose();
  StreamWrapper.close_streams({ a: [a], b: new Map([["x", { y: 1 }]]) });
  expect([closed, parent.closed]).toEqual([0, false]);
  b.close();
  b.close();
  expect([closed, parent.closed]).toEqual([1, true]);
  expect(String(b)).toBe("StreamWrapper<b,{}>");
});

test("_deprecation_warning", () => {
  const versions = { deprecation_version: "1", removal_version: "2" };
  const told = warnings(() => {
    _deprecation_warning("A", { ...versions, new_class_name: "B" });
    _deprecation_warning("A", { ...versions, old_argument_name: "x", new_argument_name: "y" });
    _deprecation_warning("A", {
      ...versions,
      old_functional_name: "a",
      new_functional_name: "b",
      deprecate_functional_name_only: true,
    });
  });
  const see = "\nSee https://github.com/pytorch/data/issues/163 for details.\nPlease use";
  expect(told).toEqual([
    `\`A()\` is deprecated since 1 and will be removed in 2.${see} \`B()\` instead.`,
    `The argument \`x\` of \`A()\` is deprecated since 1 and will be removed in 2.${see} \`A(y=)\` instead.`,
    `\`A()\`'s functional API \`.a()\` is deprecated since 1 and will be removed in 2.${see} \`.b()\` instead.`,
  ]);
  expect(() => _deprecation_warning("A", { ...versions, new_functional_name: "b" })).toThrow(
    "Old functional API needs to be specified for the deprecation warning.",
  );
});
