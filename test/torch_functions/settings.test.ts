import * as torch from "tstorch";
import { afterEach, describe, expect, test } from "vitest";

describe("threads", () => {
  const before = torch.get_num_threads();
  afterEach(() => torch.set_num_threads(before));

  test("of an operation", () => {
    torch.set_num_threads(2);
    expect(torch.get_num_threads()).toBe(2);
    expect(() => torch.set_num_threads(0)).toThrow(
      new torch.RuntimeError("set_num_threads expects a positive integer"),
    );
    expect(() => torch.set_num_threads(1.5)).toThrow(
      new torch.RuntimeError("set_num_threads expects an int, but got float"),
    );
  });

  test("between operations", () => {
    expect(torch.get_num_interop_threads()).toBeGreaterThan(0);
    expect(() => torch.set_num_interop_threads(0)).toThrow(
      new torch.RuntimeError("set_num_interop_threads expects a positive integer"),
    );
  });
});

test("float32_matmul_precision", () => {
  expect(torch.get_float32_matmul_precision()).toBe("highest");
  torch.set_float32_matmul_precision("high");
  expect(torch.get_float32_matmul_precision()).toBe("high");
  torch.set_float32_matmul_precision("highest");
  expect(() => torch.set_float32_matmul_precision(1 as never)).toThrow(
    new torch.RuntimeError("set_float32_matmul_precision expects a str, but got int"),
  );
});

describe("deterministic algorithms", () => {
  afterEach(() => torch.use_deterministic_algorithms(false));

  test("use_deterministic_algorithms", () => {
    torch.use_deterministic_algorithms(true, { warn_only: true });
    expect(torch.are_deterministic_algorithms_enabled()).toBe(true);
    expect(torch.is_deterministic_algorithms_warn_only_enabled()).toBe(true);
    torch.use_deterministic_algorithms(true);
    expect(torch.is_deterministic_algorithms_warn_only_enabled()).toBe(false);
    expect(() => torch.put(torch.zeros(2), torch.tensor([0]), torch.ones(1))).toThrow(
      "does not have a deterministic implementation",
    );
    expect(() => torch.use_deterministic_algorithms("a" as never)).toThrow(
      new TypeError("_set_deterministic_algorithms(): argument 'mode' (position 1) must be bool, not str"),
    );
    expect(() => (torch.use_deterministic_algorithms as (...args: unknown[]) => void)(true, true)).toThrow(
      new TypeError("use_deterministic_algorithms() takes 1 positional argument but 2 were given"),
    );
  });

  test("set_deterministic_debug_mode", () => {
    for (const [i, mode] of ["default", "warn", "error"].entries()) {
      torch.set_deterministic_debug_mode(mode);
      expect(torch.get_deterministic_debug_mode()).toBe(i);
    }
    torch.set_deterministic_debug_mode(1);
    expect(torch.get_deterministic_debug_mode()).toBe(1);
    expect(() => torch.set_deterministic_debug_mode("x")).toThrow(
      new torch.RuntimeError("invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got x"),
    );
    expect(() => torch.set_deterministic_debug_mode(4)).toThrow(
      new torch.RuntimeError("invalid value of debug_mode, expected 0, 1, or 2, but got 4"),
    );
  });
});

test("set_flush_denormal", () => {
  const halved = () =>
    torch
      .tensor([2 ** -1022], { dtype: torch.float64 })
      .mul(0.5)
      .item();
  try {
    expect(torch.set_flush_denormal(true)).toBe(true);
    expect(halved()).toBe(0);
  } finally {
    torch.set_flush_denormal(false);
  }
  expect(halved()).not.toBe(0);
  expect(() => torch.set_flush_denormal(1 as never)).toThrow(
    new torch.RuntimeError("flush_denormal expects a bool, but got int"),
  );
});

test("set_warn_always", () => {
  torch.set_warn_always(true);
  expect(torch.is_warn_always_enabled()).toBe(true);
  torch.set_warn_always(false);
  expect(torch.is_warn_always_enabled()).toBe(false);
});

test("set_default_device", () => {
  torch.set_default_device("meta");
  try {
    expect(torch.get_default_device().type).toBe("meta");
    expect(torch.tensor([1]).device.type).toBe("meta");
  } finally {
    torch.set_default_device(null);
  }
  expect(torch.get_default_device().type).toBe("cpu");
});
