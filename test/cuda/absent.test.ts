import * as torch from "tstorch";
import { describe, expect, test } from "vitest";
import { findLibtorch } from "../../dist/install/find.js";

const { cuda } = torch;

/** Python's error: of a libtorch without CUDA, or of one with CUDA on a machine without a driver. */
const message = findLibtorch().libtorch?.cudaLibrary
  ? "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from http://www.nvidia.com/Download/index.aspx"
  : "Torch not compiled with CUDA enabled";
const name = findLibtorch().libtorch?.cudaLibrary ? "RuntimeError" : "AssertionError";

describe.skipIf(cuda.is_available())("torch.cuda without a GPU", () => {
  test("is_available(), device_count() and is_initialized()", () => {
    expect(cuda.is_available()).toBe(false);
    expect(cuda.device_count()).toBe(0);
    expect(cuda.is_initialized()).toBe(false);
  });

  test.for<[string, () => unknown]>([
    ["Tensor.cuda()", () => torch.zeros(2).cuda()],
    ["Tensor.cuda({ non_blocking })", () => torch.zeros(2).cuda({ non_blocking: true })],
    ["Tensor.to()", () => torch.zeros(2).to("cuda:0")],
    ["a factory", () => torch.zeros(2, { device: "cuda" })],
    ["torch.tensor()", () => torch.tensor([1, 2], { device: "cuda" })],
    ["Module.cuda()", () => torch.nn.Linear(2, 2).cuda()],
    ["init()", () => cuda.init()],
    ["current_device()", () => cuda.current_device()],
    ["set_device()", () => cuda.set_device(0)],
    ["synchronize()", () => cuda.synchronize()],
    ["get_device_name()", () => cuda.get_device_name()],
    ["get_device_capability()", () => cuda.get_device_capability()],
    ["get_device_properties()", () => cuda.get_device_properties(0)],
    ["mem_get_info()", () => cuda.mem_get_info()],
  ])("%s throws PyTorch's own error", ([, call]) => {
    expect(call).toThrow(expect.objectContaining({ name, message }));
  });

  test("what Python answers without a device", () => {
    expect(cuda.memory_allocated()).toBe(0);
    expect(cuda.max_memory_allocated()).toBe(0);
    expect(cuda.memory_reserved()).toBe(0);
    expect(cuda.max_memory_reserved()).toBe(0);
    expect(cuda.memory_stats()).toEqual({});
    expect(() => cuda.empty_cache()).not.toThrow();
    expect(() => cuda.manual_seed(1)).not.toThrow();
    expect(() => cuda.manual_seed_all(1)).not.toThrow();
    expect(String(torch.device("cuda", 1))).toBe("cuda:1");
    expect(torch.zeros(2).is_cuda).toBe(false);
    expect(torch.zeros(2).is_pinned()).toBe(false);
  });

  test("the CPU works on after the error", () => {
    expect(() => torch.zeros(2).cuda()).toThrow();
    expect(torch.zeros(2).add(1).tolist()).toEqual([1, 1]);
  });
});
