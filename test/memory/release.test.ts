import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const MB = 2 ** 20;
const megabytes = 64;
const rss = () => process.memoryUsage.rss() / MB;

/** A tensor of 64 MB whose pages are touched. */
const make = () => torch.ones(megabytes, MB / 4);

/** How much of the memory that `body` takes is still taken afterwards, in MB. */
function kept(body: () => unknown): number {
  const before = rss();
  body();
  return rss() - before;
}

describe("memory is freed at once", () => {
  test("a tensor's memory is taken while it lives", () => {
    const before = rss();
    const x = make();
    expect(rss() - before).toBeGreaterThan(0.9 * megabytes);
    x.dispose();
  });

  test("by dispose()", () => {
    expect(kept(() => make().dispose())).toBeLessThan(8);
  });

  test("by dispose() of the last of several views", () => {
    const x = make();
    const view = x[0];
    const before = rss();
    x.dispose();
    expect(before - rss()).toBeLessThan(8);
    expect(view.sum().item()).toBe(MB / 4);
    view.dispose();
    expect(before - rss()).toBeGreaterThan(0.9 * megabytes);
  });

  test("by `using`", () => {
    const body = () => {
      using x = make();
      return x.numel();
    };
    expect(kept(body)).toBeLessThan(8);
  });

  test("by torch.tidy(), but what it returns", () => {
    const sum = { value: 0 };
    expect(
      kept(() => {
        const result = torch.tidy(() => make().add(1).mul(2)["0, :1"]);
        sum.value = result.item();
        result.dispose();
      }),
    ).toBeLessThan(8);
    expect(sum.value).toBe(4);
  });

  test("a disposed tensor says so", () => {
    const x = torch.ones(2);
    x.dispose();
    expect(() => x.add(1)).toThrow("this tensor was disposed");
  });
});
