import { describe, expect, it } from "vitest";
import { lazy } from "../dist/lazy.js";

describe("an object that is filled at first use", () => {
  const made = () => {
    let fills = 0;
    const object = lazy<Record<string, unknown>>((target) => {
      fills++;
      target.a = 1;
    });
    return { object, fills: () => fills };
  };

  it("is filled once, whatever is asked first", () => {
    const { object, fills } = made();
    expect(fills()).toBe(0);
    expect("a" in object).toBe(true);
    expect(object.a).toBe(1);
    expect(Object.keys(object)).toEqual(["a"]);
    expect(fills()).toBe(1);
  });

  it("keeps what is written to it first", () => {
    const { object } = made();
    object.b = 2;
    expect({ ...object }).toEqual({ a: 1, b: 2 });
    delete object.a;
    expect(object.a).toBeUndefined();
  });
});
