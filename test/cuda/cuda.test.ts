import { spawnSync } from "node:child_process";
import path from "node:path";
import * as torch from "tstorch";
import { beforeEach, describe, expect, test } from "vitest";
import { findLibtorch } from "../../dist/install/find.js";
import { nvidiaDriver } from "../../dist/install/system.js";

const { cuda } = torch;
const root = path.resolve(import.meta.dirname, "../..");
const MB = 2 ** 20;

/** Why the tests cannot run on this machine, if they cannot. */
function obstacle(): string | undefined {
  if (cuda.is_available()) return undefined;
  if (!nvidiaDriver()) return "this machine has no NVIDIA driver";
  if (!findLibtorch().libtorch?.cudaLibrary) return "libtorch is without CUDA: npx tstorch install --device cuda";
  return "the driver knows no device";
}

const reason = obstacle();
if (reason) console.log(`The CUDA tests are skipped: ${reason}.`);

describe("torch.cuda", () => {
  beforeEach(({ skip }) => skip(Boolean(reason), reason));

  test("names its devices", () => {
    expect(cuda.device_count()).toBeGreaterThan(0);
    expect(cuda.current_device()).toBe(0);
    expect(cuda.get_device_name()).toMatch(/\w/);
    expect(cuda.get_device_name(0)).toBe(cuda.get_device_name("cuda:0"));
    expect(cuda.get_device_capability()[0]).toBeGreaterThan(4);
    const [free, total] = cuda.mem_get_info();
    expect(free).toBeLessThanOrEqual(total);
    expect(cuda.get_device_properties(0).total_memory).toBe(total);
  });

  test("a device that is not there is PyTorch's error", () => {
    expect(() => torch.zeros(1, { device: `cuda:${cuda.device_count()}` })).toThrow("invalid device ordinal");
    cuda.set_device(0);
    expect(cuda.current_device()).toBe(0);
  });

  test("tensors go there and come back", () => {
    const x = torch.arange(6).reshape(2, 3);
    const there = x.cuda();
    expect(String(there.device)).toBe("cuda:0");
    expect(there.is_cuda).toBe(true);
    expect(String(there)).toBe("tensor([[0, 1, 2],\n        [3, 4, 5]], device='cuda:0')");
    expect(there.cpu().tolist()).toEqual(x.tolist());
    expect(there.to("cpu").equal(x)).toBe(true);
    expect(there.cuda()).toBe(there);
    expect(there[1][2].item()).toBe(5);
    expect(there[":, 1"].tolist()).toEqual([1, 4]);
  });

  test("numpy() of a CUDA tensor is PyTorch's error", () => {
    expect(() => torch.zeros(2).cuda().numpy()).toThrow(
      "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.",
    );
  });

  test("operators compute what the CPU computes", () => {
    torch.manual_seed(0);
    const [a, b] = [torch.randn(64, 32, { dtype: torch.float64 }), torch.randn(32, 16, { dtype: torch.float64 })];
    const here = a.matmul(b).softmax(1).sum(0).sort().values;
    const there = a.cuda().matmul(b.cuda()).softmax(1).sum(0).sort().values;
    expect(torch.allclose(there.cpu(), here)).toBe(true);
    const image = torch.randn(2, 3, 8, 8, { dtype: torch.float64 });
    const weight = torch.randn(4, 3, 3, 3, { dtype: torch.float64 });
    const convolved = torch.conv2d(image.cuda(), weight.cuda());
    expect(torch.allclose(convolved.cpu(), torch.conv2d(image, weight))).toBe(true);
  });

  test("operands on two devices are PyTorch's error", () => {
    expect(() => torch.ones(2).cuda().add(torch.ones(2))).toThrow(
      "Expected all tensors to be on the same device, but found at least two devices",
    );
  });

  test("backward() runs hooks on this thread", () => {
    const x = torch.ones(3, { requires_grad: true });
    const seen: string[] = [];
    const y = x.cuda().mul(2);
    y.register_hook((grad) => {
      seen.push(String(grad.device));
      return grad.mul(10);
    });
    y.sum().backward();
    expect(seen).toEqual(["cuda:0"]);
    expect(x.grad?.tolist()).toEqual([20, 20, 20]);
  });

  test("what a hook throws reaches the caller", () => {
    const x = torch.ones(3, { device: "cuda", requires_grad: true });
    x.mul(2).register_hook(() => {});
    const y = x.mul(2);
    y.register_hook(() => {
      throw new RangeError("thrown in a hook");
    });
    expect(() => y.sum().backward()).toThrow(new RangeError("thrown in a hook"));
    expect(torch.ones(1).cuda().item()).toBe(1);
  });

  test("random numbers repeat for a seed", () => {
    torch.manual_seed(3);
    const first = torch.randn(5, { device: "cuda" });
    cuda.manual_seed(3);
    expect(torch.randn(5, { device: "cuda" }).equal(first)).toBe(true);
    const generator = torch.Generator("cuda");
    generator.manual_seed(3);
    expect(torch.randn(5, { device: "cuda", generator }).equal(first)).toBe(true);
  });

  test("a module trains there as on the CPU", () => {
    const train = (device: string) => {
      torch.manual_seed(0);
      const model = torch.nn.Linear(4, 1).to(device);
      const x = torch.randn(16, 4).to(device);
      const optimizer = torch.optim.SGD(model.parameters(), { lr: 0.1 });
      for (let i = 0; i < 20; i++) {
        optimizer.zero_grad();
        model(x).sub(1).pow(2).mean().backward();
        optimizer.step();
      }
      return model.weight.cpu();
    };
    expect(torch.allclose(train("cuda"), train("cpu"), 1e-4, 1e-5)).toBe(true);
  });

  test("memory_allocated() counts what tensors take, until they are disposed", () => {
    const before = cuda.memory_allocated();
    const x = torch.empty(32 * MB, { dtype: torch.uint8, device: "cuda" });
    expect(cuda.memory_allocated() - before).toBe(32 * MB);
    cuda.reset_peak_memory_stats();
    expect(cuda.max_memory_allocated()).toBe(cuda.memory_allocated());
    x.dispose();
    expect(cuda.memory_allocated()).toBe(before);
    expect(cuda.max_memory_allocated()).toBe(before + 32 * MB);
    cuda.empty_cache();
    expect(cuda.memory_reserved()).toBeLessThan(before + 32 * MB);
    expect(cuda.memory_stats()["allocated_bytes.all.current"]).toBe(before);
  });

  test("memory of a synchronous loop stays flat", () => {
    cuda.reset_peak_memory_stats();
    const x = torch.ones(16 * MB, { dtype: torch.uint8, device: "cuda" });
    for (let i = 0; i < 3000; i++) x.add(1);
    expect(cuda.max_memory_allocated()).toBeLessThan(2048 * MB);
  });

  test("out of memory is an error, and work goes on", () => {
    const huge = () => torch.empty(2 ** 45, { dtype: torch.uint8, device: "cuda" });
    expect(huge).toThrow(expect.objectContaining({ name: "OutOfMemoryError" }));
    expect(torch.ones(2).cuda().sum().item()).toBe(2);
  });

  test("out of memory collects garbage and tries once more", () => {
    const [free] = cuda.mem_get_info();
    const half = () => torch.empty(Math.floor(free * 0.4), { dtype: torch.uint8, device: "cuda" });
    for (let i = 0; i < 20; i++) half();
    expect(half().numel()).toBe(Math.floor(free * 0.4));
  });

  test("device() holds for a block; synchronize() waits", () => {
    expect(cuda.device(0, () => cuda.current_device())).toBe(0);
    torch
      .randn(512, 512, { device: "cuda" })
      .cuda()
      .matmul(torch.ones(512, 512).cuda({ non_blocking: true }));
    cuda.synchronize();
    cuda.synchronize("cuda:0");
  });

  test("a process with CUDA tensors ends cleanly", () => {
    const code = `import torch from "tstorch"; globalThis.kept = torch.ones(3, { device: "cuda" }); process.exitCode = 3;`;
    const args = ["--input-type=module", "-e", code];
    expect(spawnSync(process.execPath, args, { cwd: root }).status).toBe(3);
  });

  test("examples/seed/training.ts runs there", () => {
    const args = ["--import", "tsx", path.join(root, "examples/seed/training.ts")];
    const { stdout, status } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    expect(stdout).toContain("train tensor(False, device='cuda:0')");
    expect(status).toBe(0);
  });
});
