import * as torch from "tstorch";
import { config } from "tstorch/utils/serialization";
import { load, save } from "tstorch/utils/serialization/config";
import { afterEach, expect, test } from "vitest";

afterEach(() => {
  Object.assign(load, { mmap: false, endianness: null, mmap_flags: 2 });
  Object.assign(save, { compute_crc32: true, storage_alignment: 64 });
});

test("settings are those of torch.serialization", () => {
  expect([{ ...config.load }, { ...config.save }]).toEqual([
    { mmap: false, endianness: null, mmap_flags: 2, calculate_storage_offsets: false },
    { compute_crc32: true, use_pinned_memory_for_d2h: false, storage_alignment: 64 },
  ]);
  torch.serialization.set_crc32_options(false);
  expect(save.compute_crc32).toBe(false);
  load.mmap_flags = torch.serialization.MAP_SHARED;
  expect(torch.serialization.get_default_mmap_options()).toBe(1);
  expect(() => Object.assign(load, { nope: 1 })).toThrow(TypeError);
});

test("they are obeyed", () => {
  const saved = (alignment: number) => {
    save.storage_alignment = alignment;
    const file = new torch.py.BytesIO();
    torch.save(torch.tensor([0x0102030405060708n as never]), file);
    return file.getvalue().indexOf(Buffer.from([8, 7, 6, 5, 4, 3, 2, 1]));
  };
  expect(saved(64) % 64).toBe(0);
  expect(saved(4096) % 4096).toBe(0);
  load.mmap = true;
  expect(() => torch.load(Buffer.from("x"))).toThrow("f must be a file path in order to use the mmap argument");
});
