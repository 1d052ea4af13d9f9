import { readFileSync } from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import { skip_data } from "tstorch/serialization";
import { expect, test } from "vitest";

const saved = (x: unknown) => {
  const file = new torch.py.BytesIO();
  torch.save(x, file);
  return file.getvalue();
};

test("files have the places of the bytes, without them", () => {
  const x = torch.arange(1, 7);
  const whole = saved(x);
  const empty = skip_data(() => saved(x));
  expect(empty.length).toBe(whole.length);
  const restored = torch.load(empty);
  expect([restored.tolist(), restored.dtype]).toEqual([[0, 0, 0, 0, 0, 0], torch.int64]);
  // The bytes can be put into their places afterwards.
  const at = whole.indexOf(Buffer.from(new BigInt64Array([1n, 2n, 3n, 4n, 5n, 6n]).buffer));
  whole.copy(empty, at, at, at + 48);
  expect(torch.load(empty).tolist()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(torch.load(saved(x)).tolist()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("loading makes tensors without reading their data", async () => {
  const file = saved({ x: torch.full([1000, 3], 7) });
  const at = file.indexOf(Buffer.alloc(64, Buffer.from(new BigInt64Array([7n]).buffer)));
  file.fill(9, at, at + 24000); // data that is not read
  const sum = (loaded: { x: torch.Tensor }) => [loaded.x.shape, loaded.x.eq(0x0909090909090909n).all().item()];
  using _ = skip_data({ materialize_fake_tensors: true });
  expect(sum(torch.load(file))).toEqual([[1000, 3], false]);
  const old = readFileSync(path.join(import.meta.dirname, "fixtures/legacy.pt"));
  expect(Object.keys(torch.load(old)).length).toBeGreaterThan(0);
});

test("asynchronous loading", async () => {
  const file = saved(torch.ones([2, 3]));
  const loaded = (await skip_data(async () => torch.aio.load(file))) as torch.Tensor;
  expect(loaded.shape).toEqual([2, 3]);
  expect(() => skip_data({ x: 1 } as never)).toThrow("skip_data.__init__() got an unexpected keyword argument 'x'");
});
