import * as torch from "tstorch";
import { beforeEach, describe, expect, test } from "vitest";

const { cuda } = torch;

describe("on a GPU", () => {
  beforeEach(({ skip }) => skip(!cuda.is_available(), "no GPU"));

  test("events of streams measure time and order work", () => {
    const [start, end] = [cuda.Event({ enable_timing: true }), cuda.Event({ enable_timing: true })];
    const stream = cuda.Stream();
    const x = torch.ones(256, 256, { device: "cuda" });
    stream.wait_stream(cuda.current_stream());
    const y = cuda.stream(stream, () => {
      expect(cuda.current_stream().equals(stream)).toBe(true);
      start.record();
      const product = x.matmul(x);
      end.record();
      return product;
    });
    expect(cuda.current_stream().equals(cuda.default_stream())).toBe(true);
    cuda.current_stream().wait_stream(stream);
    end.synchronize();
    expect(end.query()).toBe(true);
    expect(start.elapsed_time(end)).toBeGreaterThanOrEqual(0);
    expect(y[0][0].item()).toBe(256);
  });

  test("a graph replays on new values", () => {
    const x = torch.ones(4, { device: "cuda" });
    const graph = cuda.CUDAGraph();
    const y = cuda.graph(graph, () => x.mul(2));
    x.fill_(3);
    graph.replay();
    expect(y.tolist()).toEqual([6, 6, 6, 6]);
  });

  test("memory of a pool is counted by its snapshot", () => {
    const pool = cuda.MemPool();
    const x = cuda.use_mem_pool(pool, () => torch.empty(1024, { device: "cuda" }));
    expect(pool.snapshot().length).toBeGreaterThan(0);
    x.dispose();
  });
});

describe.skipIf(cuda.is_available())("without a GPU", () => {
  test("what Python answers", () => {
    expect(cuda.set_stream(null)).toBeUndefined();
    expect(cuda.stream(null, () => 5)).toBe(5);
    expect(cuda.device(null, () => 1)).toBe(1);
    expect(cuda.get_rng_state_all()).toEqual([]);
    expect(cuda.seed()).toBeUndefined();
    expect(cuda.is_bf16_supported()).toBe(false);
    expect(cuda.default_generators.length).toBe(0);
    expect(cuda.host_memory_stats()).toEqual({});
    expect(() => cuda.memory_summary()).toThrow("'allocated_bytes.all.current'");
    expect(() => cuda.current_stream()).toThrow(/CUDA enabled|NVIDIA driver/);
    expect(() => cuda.FloatTensor()).toThrow(/CUDA enabled|NVIDIA driver/);
    expect(() => cuda.nccl.all_reduce(torch.ones(1) as never)).toThrow("Inputs should be a collection of tensors");
  });
});
