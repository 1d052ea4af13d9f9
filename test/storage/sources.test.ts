import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as torch from "tstorch";
import { expect, test } from "vitest";

const { UntypedStorage } = torch;
const bytes = Buffer.from("abcdefgh");

test("from_file() maps a file; a shared mapping writes through and grows it", () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-")), "bytes");
  fs.writeFileSync(file, bytes);
  expect(UntypedStorage.from_file(file, { nbytes: 4 }).tolist()).toEqual([97, 98, 99, 100]);
  expect(() => UntypedStorage.from_file(file, false, 16)).toThrow(
    `file <${file}> size <8> is smaller than the required mapping size <16>`,
  );
  const shared = UntypedStorage.from_file(file, true, 12);
  shared.fill_(65);
  expect(fs.readFileSync(file, "utf8")).toBe("A".repeat(12));
  expect([shared.filename, shared.resizable()]).toEqual([file, false]);
  expect(() => shared.resize_(20)).toThrow("Trying to resize storage that is not resizable");
  expect(torch.FloatStorage.from_file(file, false, 2).size()).toBe(2);
});

test("from_buffer() copies elements in the given order of bytes", () => {
  expect(UntypedStorage.from_buffer(bytes, "native", 1, 2, torch.uint8).tolist()).toEqual([99]);
  expect(UntypedStorage.from_buffer(bytes, "big", { dtype: torch.float32 }).tolist()).toEqual([
    100, 99, 98, 97, 104, 103, 102, 101,
  ]);
  expect(torch.BoolStorage.from_buffer(Buffer.from([0, 2]), "big").tolist()).toEqual([false, true]);
  expect(() => UntypedStorage.from_buffer(bytes, "little", { count: 3, offset: 4, dtype: torch.float32 })).toThrow(
    "buffer has only 4 elements after offset 4, but specified a size of 3",
  );
  expect(() => UntypedStorage.from_buffer(bytes)).toThrow("argument 'dtype' cannot be None");
});
