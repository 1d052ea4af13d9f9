import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import {
  check_module_version_greater_or_equal as check,
  mkdtemp,
  normalize_storage_type,
  SourceChangeWarning,
  StorageType,
  storage_to_tensor_type,
} from "tstorch/serialization";
import { expect, test } from "vitest";
import { warnings } from "../utils/data/datapipes/helpers.js";

test("check_module_version_greater_or_equal", () => {
  const module = { __version__: "1.2.3a", __name__: "M" };
  const required = [[1, 2], [1, 3], [2], [1, "2"], [1, "10"]] as const;
  expect(required.map((version) => check(module, version))).toEqual([true, false, false, true, true]);
  const message = "'M' module version string is malformed '1.2.3a' and cannot be compared with tuple (1, 2, 3)";
  expect(() => check(module, [1, 2, 3])).toThrow(new torch.RuntimeError(message));
  expect(warnings(() => expect(check(module, [1, 2, 3], { error_if_malformed: false })).toBe(true))).toEqual([
    `${message}, but continuing assuming that requirement is met`,
  ]);
});

test("mkdtemp", async () => {
  const made = mkdtemp((folder) => {
    fs.writeFileSync(path.join(folder, "x"), "");
    return folder;
  });
  expect(fs.existsSync(made)).toBe(false);
  const later = await mkdtemp(async (folder) => {
    await null;
    expect(fs.existsSync(folder)).toBe(true);
    return folder;
  });
  expect(fs.existsSync(later)).toBe(false);
  let kept: string;
  {
    using folder = mkdtemp();
    kept = folder.path;
    expect(fs.existsSync(`${folder}`)).toBe(true);
  }
  expect(fs.existsSync(kept)).toBe(false);
  let failed = "";
  expect(() =>
    mkdtemp((folder) => {
      failed = folder;
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(fs.existsSync(failed)).toBe(false);
});

test("types of storages", () => {
  expect(String(StorageType("FloatStorage"))).toBe("StorageType(dtype=torch.float32)");
  expect(StorageType("QInt8Storage").dtype).toBe(torch.qint8);
  expect(() => StorageType("XStorage")).toThrow(torch.KeyError);
  expect(normalize_storage_type(torch.FloatStorage as never)).toBe(torch.FloatStorage);
  expect(() => normalize_storage_type(class XStorage {})).toThrow("module 'torch' has no attribute 'XStorage'");
  expect(() => storage_to_tensor_type(torch.empty(2).untyped_storage())).toThrow(
    new torch.AttributeError("module 'torch.storage' has no attribute 'UntypedTensor'"),
  );
  expect(new SourceChangeWarning("changed").name).toBe("SourceChangeWarning");
});
