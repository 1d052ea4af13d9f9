// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
import { inspect } from "node:util";
import * as torch from "tstorch";
import { expect, test } from "vitest";

const { device } = torch;
const loose = device as any;

test("makes a device of its name, of type and index, or of another one", () => {
  expect(device("cpu")).toMatchObject({ type: "cpu", index: null });
  expect(device("cuda:1")).toMatchObject({ type: "cuda", index: 1 });
  expect(device("cuda", 1)).toMatchObject({ type: "cuda", index: 1 });
  expect(loose("cuda", { index: 1 })).toMatchObject({ type: "cuda", index: 1 });
  expect(loose({ type: "cuda", index: 2 })).toMatchObject({ type: "cuda", index: 2 });
  expect(loose({ type: "cpu" })).toMatchObject({ type: "cpu", index: null });
  expect(new device("cpu:0")).toMatchObject({ type: "cpu", index: 0 });
  expect(device(device("cuda:1"))).toMatchObject({ type: "cuda", index: 1 });
  expect(device("cpu")).toBeInstanceOf(device);
});

test("prints as Python's", () => {
  expect(String(device("cuda:1"))).toBe("cuda:1");
  expect(String(device("cpu"))).toBe("cpu");
  expect(inspect(device("cpu"))).toBe("device(type='cpu')");
  expect(inspect(device("cuda", 0))).toBe("device(type='cuda', index=0)");
});

test("is equal to another of the same type and index", () => {
  expect(device("cpu").equals(device("cpu"))).toBe(true);
  expect(device("cpu").equals(torch.ones(1).device)).toBe(true);
  expect(device("cuda").equals(device("cuda:0"))).toBe(false);
  expect(device("cpu").equals("cpu")).toBe(false);
});

test("tensors are on it", () => {
  expect(torch.ones(1, { device: "meta" }).device.type).toBe("meta");
  expect(torch.ones(1, { device: device("cpu") }).is_cpu).toBe(true);
  expect(torch.ones(1).device).toBe(torch.zeros(1).device);
});

test("errors", () => {
  expect(() => device("foo")).toThrow(
    "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device string: foo",
  );
  expect(() => device("")).toThrow("Device string must not be empty");
  for (const text of ["cuda:", "cuda:x", "cuda:-1", "cuda:01"]) {
    expect(() => device(text)).toThrow(new torch.RuntimeError(`Invalid device string: '${text}'`));
  }
  expect(() => device("cuda:0", 1)).toThrow(
    "type (string) must not include an index because index was passed explicitly: cuda:0",
  );
  expect(() => device("cuda", -1)).toThrow(new torch.RuntimeError("Device index must not be negative"));
  expect(() => device("cuda", 1.5)).toThrow("device(): argument 'index' (position 2) must be int, not float");
  expect(() => loose("cuda", "x")).toThrow("device(): argument 'index' (position 2) must be int, not str");
  expect(device("cpu", 300)).toMatchObject({ type: "cpu", index: 44 }); // libtorch keeps 8 bits
  expect(() => device("cpu", (2n ** 70n) as any)).toThrow(new torch.ValueError("Overflow when unpacking long long"));
  for (const args of [[], [null], [{}], [[]], [() => 0], [Symbol("a")]])
    expect(() => loose(...args)).toThrow(TypeError);
  expect(() => loose(device("cuda"), 1)).toThrow(
    new TypeError("device(): argument 'type' (position 1) must be str, not torch.device"),
  );
  expect(() => loose({ device: "cpu", index: 1 })).toThrow(
    new TypeError('device() missing 1 required positional arguments: "type"'),
  );
  expect(() => loose("cpu", { foo: 1 })).toThrow(new TypeError("device() got an unexpected keyword argument 'foo'"));
  expect(() => loose(null)).toThrow("device() received an invalid combination of arguments - got (NoneType)");
  expect(() => torch.ones(1, { device: "foo" })).toThrow(torch.RuntimeError);
  expect(() => torch.ones(1, { device: 1.5 as any })).toThrow(TypeError);
});
