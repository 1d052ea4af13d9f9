import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const available = torch.cuda.is_available();

describe.skipIf(available)("torch.cuda without a GPU", () => {
  test("is_available() and device_count()", () => {
    expect(torch.cuda.is_available()).toBe(false);
    expect(torch.cuda.device_count()).toBe(0);
    expect(torch.cuda.memory_allocated()).toBe(0);
    expect(torch.cuda.memory_stats()).toEqual({});
    torch.cuda.empty_cache();
    torch.cuda.manual_seed(1);
    torch.cuda.manual_seed_all(1);
  });

  test("what needs a GPU throws PyTorch's own error", () => {
    const message = /^(Torch not compiled with CUDA enabled|Found no NVIDIA driver on your system\..*)$/;
    expect(() => torch.zeros(2).cuda()).toThrow(message);
    expect(() => torch.zeros(2).to("cuda:0")).toThrow(message);
    expect(() => torch.zeros(2, { device: "cuda" })).toThrow(message);
    expect(() => torch.cuda.current_device()).toThrow(message);
    expect(() => torch.cuda.get_device_name()).toThrow(message);
    expect(() => torch.cuda.synchronize()).toThrow(message);
  });

  test("torch.device('cuda') can be named", () => {
    expect(String(torch.device("cuda:1"))).toBe("cuda:1");
    expect(torch.device("cuda").index).toBe(null);
  });
});

describe.skipIf(!available)(`torch.cuda (skipped where libtorch has no CUDA, or there is no driver or GPU)`, () => {
  test("tensors move there and back", () => {
    const x = torch.arange(6).reshape(2, 3).float();
    const y = x.cuda();
    expect(y.is_cuda).toBe(true);
    expect(y.mul(2).cpu().tolist()).toEqual(x.mul(2).tolist());
    expect(String(y)).toContain("device='cuda:0'");
  });

  test("memory is counted, and peaks are kept", () => {
    const before = torch.cuda.memory_allocated();
    const x = torch.zeros(1 << 20, { device: "cuda" });
    expect(torch.cuda.memory_allocated()).toBeGreaterThanOrEqual(before + (4 << 20));
    x.dispose();
    expect(torch.cuda.max_memory_allocated()).toBeGreaterThanOrEqual(before + (4 << 20));
    torch.cuda.reset_peak_memory_stats();
    torch.cuda.empty_cache();
  });

  test("devices", () => {
    expect(torch.cuda.device_count()).toBeGreaterThan(0);
    expect(torch.cuda.current_device()).toBe(0);
    torch.cuda.set_device(0);
    torch.cuda.synchronize();
    expect(torch.cuda.get_device_name()).toMatch(/\w/);
    expect(torch.cuda.get_device_capability()).toHaveLength(2);
  });

  test("hooks run on this thread while backward() waits", () => {
    const x = torch.ones(3, { device: "cuda", requires_grad: true });
    const seen: number[][] = [];
    const y = x.mul(2);
    y.register_hook((grad) => void seen.push(grad.tolist()));
    y.sum().backward();
    expect(seen).toEqual([[1, 1, 1]]);
    expect(x.grad?.tolist()).toEqual([2, 2, 2]);
  });

  test("random numbers follow the seed", () => {
    torch.manual_seed(3);
    const first = torch.rand(4, { device: "cuda" }).tolist();
    torch.manual_seed(3);
    expect(torch.rand(4, { device: "cuda" }).tolist()).toEqual(first);
  });
});
