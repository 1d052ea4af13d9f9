import { inflateSync } from "node:zlib";
import * as torch from "tstorch";
import { expect, test } from "vitest";

const show = (x: torch.Tensor) => x[Symbol.for("Jupyter.display") as never] as unknown as () => Record<string, string>;
const forms = (x: torch.Tensor) => show(x).call(x);

test("images are pictures", () => {
  const png = Buffer.from(forms(torch.full([3, 8, 9], 0.2))["image/png"], "base64");
  expect([png.readUInt32BE(16), png.readUInt32BE(20), png[25]]).toEqual([9, 8, 2]);
  const at = png.indexOf("IDAT");
  const pixels = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  expect([...pixels.subarray(0, 28)]).toEqual([0, ...new Array(27).fill(51)]);
  expect(forms(torch.zeros([28, 28], { dtype: torch.uint8 }))["image/png"]).toBeTypeOf("string");
  expect(forms(torch.zeros([4, 8, 8], { requires_grad: true }))["image/png"]).toBeTypeOf("string");
});

test.each([
  ["other values", () => torch.full([8, 8], 1.5)],
  ["NaN", () => torch.full([8, 8], Number.NaN)],
  ["other dtypes", () => torch.zeros([8, 8], { dtype: torch.int64 })],
  ["other shapes", () => torch.zeros([2, 8, 8])],
  ["small matrices", () => torch.zeros([2, 2])],
  ["meta tensors", () => torch.zeros([8, 8], { device: "meta" })],
  ["sparse tensors", () => torch.zeros([8, 8]).to_sparse()],
])("text: %s", (_, make) => {
  const x = make();
  expect(forms(x)).toEqual({ "text/plain": `${x}` });
});
