import { expect, test } from "vitest";
import { parseSignature, signatureText } from "../../dist/arguments/signature.js";

test("reads PyTorch's signature strings", () => {
  const signature = parseSignature([
    "sum(Tensor input, IntArrayRef[1]? dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor out=None)",
    "aten::sum.dim_IntList",
    "aten::sum.IntList_out",
  ]);
  expect(signature).toMatchObject({
    name: "sum",
    minArguments: 2,
    maxPositional: 3,
    deprecated: false,
    varargs: false,
  });
  expect(signature.parameters[1]).toMatchObject({
    name: "dim",
    type: "ints",
    size: 1,
    optional: false,
    allowNone: true,
    aliases: ["axis"],
  });
  expect(signature.parameters[3]).toMatchObject({
    name: "dtype",
    keywordOnly: true,
    optional: true,
    defaultText: "None",
  });
  expect(signatureText(signature)).toBe(
    "(Tensor input, tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)",
  );
});

test("sizes that may stand as several arguments, numbers in a tensor's place, deprecation", () => {
  expect(parseSignature(["view(SymIntArrayRef size)", "aten::view"]).varargs).toBe(true);
  expect(parseSignature(["add(Tensor input, Tensor other)", "aten::add"]).parameters[1].allowNumbersAsTensors).toBe(
    true,
  );
  expect(parseSignature(["dot(Tensor input, Tensor tensor)", "aten::dot"]).parameters[1].allowNumbersAsTensors).toBe(
    false,
  );
  expect(parseSignature(["add(Tensor input, Scalar alpha, Tensor other)|deprecated", "aten::add"]).deprecated).toBe(
    true,
  );
  expect(parseSignature(["zero_()", "aten::zero_"]).parameters).toEqual([]);
  expect(() => parseSignature(["f(Nonsense x)", "aten::f"])).toThrow("unknown parameter type Nonsense");
});
