import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

describe("range", () => {
  test("includes its end", () => {
    expect(torch.range(0, 3).tolist()).toEqual([0, 1, 2, 3]);
    expect(torch.range(0, 3).dtype).toBe(torch.float32);
    expect(torch.range(1, 4, 2, { dtype: torch.int64 }).tolist()).toEqual([1, 3]);
    expect(torch.range(1, 2.5, { step: 0.5, requires_grad: true }).requires_grad).toBe(true);
    const out = torch.empty(2);
    expect(torch.range(0, 3, { out })).toBe(out);
  });

  test("errors", () => {
    expect(() => torch.range(3, 0)).toThrow("upper bound and lower bound inconsistent with step sign");
    expect(() => torch.range("a" as never, 1)).toThrow(
      new TypeError("range(): argument 'start' (position 1) must be Number, not str"),
    );
    expect(() => torch.range(0, 3, { nonsense: 2 } as never)).toThrow(
      new TypeError("range() got an unexpected keyword argument 'nonsense'"),
    );
  });
});

describe("asarray", () => {
  test("shares memory where it can", () => {
    const x = torch.ones(2);
    expect(torch.asarray(x)).toBe(x);
    const typed = new Float32Array([1, 2]);
    const shared = torch.asarray(typed);
    typed[0] = 9;
    expect(shared.tolist()).toEqual([9, 2]);
    expect(torch.asarray(new Uint8Array([1, 0, 2, 0]).buffer, { dtype: torch.int16 }).tolist()).toEqual([1, 2]);
  });

  test("copies where it must, or is told to", () => {
    expect(torch.asarray([1, 2]).dtype).toBe(torch.int64);
    expect(torch.asarray(3.5).item()).toBe(3.5);
    const typed = new Float32Array([1, 2]);
    const copy = torch.asarray(typed, { copy: true });
    typed[0] = 9;
    expect(copy.tolist()).toEqual([1, 2]);
    expect(torch.asarray(typed, { dtype: torch.float64 }).tolist()).toEqual([9, 2]);
  });

  test("requires_grad", () => {
    const x = torch.ones(2, { requires_grad: true });
    expect(torch.asarray(x)).toBe(x);
    expect(torch.asarray(x, { dtype: torch.float64 }).requires_grad).toBe(true);
    expect(torch.asarray(x, { dtype: torch.float64, requires_grad: false }).is_leaf).toBe(true);
    expect(torch.asarray([1, 2], { dtype: torch.float16, requires_grad: true }).requires_grad).toBe(true);
  });

  test("errors", () => {
    expect(() => torch.asarray([1, 2], { copy: false })).toThrow(
      new torch.ValueError("can't alias arbitrary sequence into a tensor."),
    );
    expect(() => torch.asarray(torch.ones(2), { copy: false, dtype: torch.int32 })).toThrow(
      new torch.ValueError("can't alias tensor with dtype 'Float' into dtype 'Int'."),
    );
    expect(() => torch.asarray(torch.ones(2), { copy: false, device: "meta" })).toThrow(
      new torch.ValueError("can't alias tensor from device 'cpu' to 'meta'."),
    );
    expect(() => (torch.asarray as () => unknown)()).toThrow(
      new TypeError('asarray() missing 1 required positional arguments: "obj"'),
    );
  });
});
