import * as torch from "tstorch";
import { TorchVersion } from "tstorch/torch_version";
import { expect, test } from "vitest";
import { Version } from "../dist/_vendor/packaging/version.js";

const v = TorchVersion("2.15.0");

test("versions are compared as versions", () => {
  expect([v.gt("2.9"), v.ge([2, 15]), v.lt([2, 15, 1]), v.eq("2.15"), v.eq("2.15.0"), v.ne("2.15")]).toEqual([
    ...[true, true, true, true, true, false],
  ]);
  expect([v.le("v2.15"), v.lt(Version("3")), v.ge(TorchVersion("2.15.0.post1"))]).toEqual([true, true, false]);
  expect(`${v}` === "2.15.0").toBe(true);
  expect(v).toBeInstanceOf(String);
  expect(torch.torch_version.__version__.eq(torch.__version__)).toBe(true);
});

test("releases, local versions and epochs, in order", () => {
  const order = [
    ...["2.15.0.dev1", "2.15.0a1", "2.15.0b2", "2.15.0rc1", "2.15.0", "2.15.0+cpu", "2.15.0+cpu.2", "2.15.0+1"],
    ...["2.15.0.post1.dev3", "2.15.0.post1", "2.15.0-2", "2.15.1", "2.16", "1!1.0"],
  ];
  for (const [i, earlier] of order.entries()) {
    for (const later of order.slice(i + 1))
      expect([earlier, later, TorchVersion(earlier).lt(later)]).toEqual([...[earlier, later, true]]);
  }
  expect(TorchVersion("1.0alpha").eq("1.0.a0")).toBe(true);
  expect(TorchVersion("1.0-preview_2").eq("1.0rc2")).toBe(true);
});

test("texts that are no versions are compared by their characters", () => {
  expect([TorchVersion("parrot").gt("alpha"), v.eq("parrot")]).toEqual([true, false]);
  expect(() => v.gt(5 as never)).toThrow(
    new TypeError("'>' not supported between instances of 'TorchVersion' and 'int'"),
  );
  expect(() => v.le(null as never)).toThrow("'<=' not supported between instances of 'TorchVersion' and 'NoneType'");
  expect(v.eq(5 as never)).toBe(false);
  expect(() => Version("parrot")).toThrow("Invalid version: 'parrot'");
});
