// torch/jit/_freeze.py, _fuser.py and _async.py

import fs from "node:fs";
import path from "node:path";
import torch, { nn } from "tstorch";
import { expect, test } from "vitest";

const recorded = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "recordings", "record.json"), "utf8"));
const load = (name: string) => torch.jit.load(path.join(import.meta.dirname, "recordings", name));
const example = () => torch.tensor(recorded.traced.input, { dtype: torch.float32 });
const output = () => torch.tensor(recorded.traced.output, { dtype: torch.float32 });

function thrown(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not throw");
}

test("freeze folds BatchNorm into the convolution and has no parameters left", () => {
  const traced = load("traced.pt").eval();
  const frozen = torch.jit.freeze(traced);
  expect([...frozen.parameters()]).toEqual([]);
  expect(String(frozen.graph)).not.toContain("batch_norm");
  torch.testing.assert_close(frozen(example()), output());
  const exact = torch.jit.freeze(traced, { optimize_numerics: false });
  expect(String(exact.graph)).toContain("batch_norm");
  torch.jit.run_frozen_optimizations(exact);
  expect(String(exact.graph)).not.toContain("batch_norm");
  torch.testing.assert_close(torch.jit.load(frozen.save_to_buffer())(example()), output());
});

test("freeze keeps what it is told to", () => {
  const m = load("scripted.pt").eval();
  const frozen = torch.jit.freeze(m, ["count", "values"]);
  expect(frozen.count).toBe(4);
  expect(frozen.values(torch.ones(1), [3], {})[3]).toEqual([6]);
});

test("Python's frozen file runs", () => {
  torch.testing.assert_close(load("frozen.pt")(example()), output());
});

test("optimize_for_inference computes the same", async () => {
  const optimized = torch.jit.optimize_for_inference(load("traced.pt").eval());
  for (let i = 0; i < 3; i++) torch.testing.assert_close(optimized(example()), output());
  torch.testing.assert_close(await optimized.forward_async(example()), output());
});

test("what is no ScriptModule, or is in training, is refused", () => {
  expect(thrown(() => torch.jit.freeze(nn.Linear(1, 1) as never)).message).toBe(recorded.trace_errors.frozen_module);
  expect(thrown(() => torch.jit.freeze(load("scripted.pt").train())).message).toBe(recorded.trace_errors.shared);
  expect(thrown(() => torch.jit.optimize_for_inference(nn.Linear(1, 1) as never)).message).toMatch(
    /^optimize_for_inference expects a ScriptModule as input/,
  );
});

test("settings of the executor", () => {
  const before = torch.jit.set_fusion_strategy([
    ["STATIC", 2],
    ["DYNAMIC", 3],
  ]);
  expect(torch.jit.set_fusion_strategy(before)).toEqual([
    ["STATIC", 2],
    ["DYNAMIC", 3],
  ]);
  expect(thrown(() => torch.jit.set_fusion_strategy([["NEVER" as "STATIC", 1]])).message).toBe(
    "FusionBehavior only supported 'STATIC' or 'DYNAMIC', got: NEVER",
  );
  const m = load("traced.pt").eval();
  torch.jit.optimized_execution(false, () => torch.testing.assert_close(m(example()), output()));
  torch.testing.assert_close(m(example()), output());
});

test("oneDNN's fusion", () => {
  const m = torch.jit.freeze(load("traced.pt").eval());
  expect(torch.jit.onednn_fusion_enabled()).toBe(false);
  torch.jit.enable_onednn_fusion(true);
  try {
    expect(torch.jit.onednn_fusion_enabled()).toBe(true);
    torch.no_grad(() => {
      for (let i = 0; i < 4; i++) torch.testing.assert_close(m(example()), output());
    });
  } finally {
    torch.jit.enable_onednn_fusion(false);
  }
  expect(torch.jit.onednn_fusion_enabled()).toBe(false);
});

test("fork and wait", () => {
  const future = torch.jit.fork((a: torch.Tensor, n: number) => a.mul(n), torch.ones(2), 3);
  expect(torch.jit.wait(future).tolist()).toEqual([3, 3]);
});
