import * as torch from "tstorch";
import { expect, test } from "vitest";

const x = torch.ones(2, 3);

test("is_tensor and is_storage", () => {
  expect(torch.is_tensor(x)).toBe(true);
  expect(torch.is_tensor([1])).toBe(false);
  expect(torch.is_storage(x.untyped_storage())).toBe(true);
  expect(torch.is_storage(x.storage())).toBe(true);
  expect(torch.is_storage(x)).toBe(false);
});

test("typename", () => {
  expect(torch.typename(x)).toBe("torch.FloatTensor");
  expect(torch.typename(torch.FloatTensor)).toBe("torch.FloatTensor");
  expect(torch.typename(x.untyped_storage())).toBe("torch.storage.UntypedStorage");
  expect(torch.typename(torch.float32)).toBe("torch.dtype");
  expect(torch.typename(3)).toBe("int");
  expect(torch.typename([1])).toBe("list");
});

test("numel and get_device", () => {
  expect(torch.numel(x)).toBe(6);
  expect(torch.get_device({ input: x })).toBe(-1);
  expect(() => torch.numel("a" as never)).toThrow(
    new TypeError("numel(): argument 'input' (position 1) must be Tensor, not str"),
  );
});

test("nonzero", () => {
  const input = torch.tensor([
    [1, 0],
    [0, 2],
  ]);
  const rows = [
    [0, 0],
    [1, 1],
  ];
  expect(torch.nonzero(input).tolist()).toEqual(rows);
  expect(torch.nonzero(input, { as_tuple: true }).map((t) => t.tolist())).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect(input.nonzero().tolist()).toEqual(rows);
  expect(input.index(...input.nonzero({ as_tuple: true })).tolist()).toEqual([1, 2]);
  const out = torch.empty(0, { dtype: torch.int64 });
  expect(torch.nonzero(input, { out })).toBe(out);
  expect(() => torch.nonzero(input, { nonsense: 1 } as never)).toThrow(
    new TypeError("nonzero() got an unexpected keyword argument 'nonsense'"),
  );
});

test("names of matrix products", () => {
  expect(torch.spmm).toBe(torch.mm);
  expect(torch.dsmm).toBe(torch.mm);
  expect(torch.hsmm).toBe(torch.hspmm);
  expect(torch.saddmm).toBe(torch.sspaddmm);
});

test("constants", () => {
  expect([torch.pi, torch.e, torch.inf, torch.newaxis]).toEqual([Math.PI, Math.E, Number.POSITIVE_INFINITY, null]);
  expect(torch.nan).toBeNaN();
  expect(torch.legacy_contiguous_format).toBe(torch.contiguous_format);
});
