import * as torch from "tstorch";
import { nn } from "tstorch";
import { describe, expect, test } from "vitest";
import { expectClose, f32, thrown } from "../functional/helpers/values.js";

const { ones } = torch;
// biome-ignore lint/suspicious/noExplicitAny: calls that TypeScript forbids
const untyped = nn as any;
const values = (state: Record<string, torch.Tensor>) =>
  Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, tensor.tolist()]));

describe("BatchNorm1d, 2d and 3d", () => {
  test("running statistics in training and eval mode", () => {
    const m = nn.BatchNorm1d(2);
    expectClose(
      m(
        f32([
          [1, 2],
          [3, 6],
        ]),
      ),
      [
        [-1, -1],
        [1, 1],
      ],
      1e-4,
    );
    expectClose(m.running_mean as torch.Tensor, [0.2, 0.4]);
    expectClose(m.running_var as torch.Tensor, [1.1, 1.7]);
    expect(m.num_batches_tracked?.item()).toBe(1);
    m.eval();
    expectClose(m(f32([[1, 2]])), [[0.7628, 1.2271]], 1e-4);
    expect(m.num_batches_tracked?.item()).toBe(1);
  });

  test("without momentum the statistics are averages", () => {
    const m = nn.BatchNorm1d(2, { momentum: null });
    m(
      f32([
        [1, 2],
        [3, 4],
      ]),
    );
    m(
      f32([
        [2, 2],
        [6, 4],
      ]),
    );
    expect(values(m.state_dict())).toEqual({
      weight: [1, 1],
      bias: [0, 0],
      running_mean: [3, 3],
      running_var: [5, 2],
      num_batches_tracked: 2,
    });
    m.reset_running_stats();
    expect(m.running_var?.tolist()).toEqual([1, 1]);
  });

  test("affine, bias and track_running_stats", () => {
    const m = nn.BatchNorm2d(3, { bias: false, momentum: null, track_running_stats: false });
    expect(String(m)).toBe(
      "BatchNorm2d(3, eps=1e-05, momentum=None, affine=True, bias=False, track_running_stats=False)",
    );
    expect(Object.keys(m.state_dict())).toEqual(["weight"]);
    expect(nn.BatchNorm3d(1, { affine: false }).weight).toBe(null);
  });

  test("a state dict without num_batches_tracked, as before version 2", () => {
    const { num_batches_tracked: _, ...state } = nn.BatchNorm1d(2).state_dict();
    expect(String(nn.BatchNorm1d(2).load_state_dict(state))).toBe("<All keys matched successfully>");
  });

  test("errors", () => {
    expect(thrown(() => nn.BatchNorm1d(3)(ones(2, 3, 2, 2)))).toBe(
      "ValueError: expected 2D or 3D input (got 4D input)",
    );
    expect(thrown(() => nn.BatchNorm2d(3)(ones(2, 3, 2)))).toBe("ValueError: expected 4D input (got 3D input)");
    expect(thrown(() => nn.BatchNorm3d(3)(ones(2, 3, 2)))).toBe("ValueError: expected 5D input (got 3D input)");
    expect(thrown(() => nn.BatchNorm1d(3)(ones(1, 3)))).toBe(
      "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 3])",
    );
    expect(thrown(() => untyped.BatchNorm1d())).toBe(
      "TypeError: _BatchNorm.__init__() missing 1 required positional argument: 'num_features'",
    );
    expect(thrown(() => untyped.BatchNorm1d(1, 1e-5, 0.1, true, true, null, null, false))).toBe(
      "TypeError: _BatchNorm.__init__() takes from 2 to 8 positional arguments but 9 were given",
    );
  });
});

describe("lazy batch normalizations", () => {
  test("become what they stand for", () => {
    const m = nn.LazyBatchNorm1d();
    expect(m).not.toBeInstanceOf(nn.BatchNorm1d);
    m(
      f32([
        [1, 2],
        [3, 6],
      ]),
    );
    expect(m).toBeInstanceOf(nn.BatchNorm1d);
    expect(String(m)).toBe("BatchNorm1d(2, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)");
    expectClose(m.running_mean as torch.Tensor, [0.2, 0.4]);
    const m2 = nn.LazyBatchNorm2d({ bias: false });
    m2(ones(2, 4, 2, 2));
    expect(Object.keys(m2.state_dict())).toEqual(["weight", "running_mean", "running_var", "num_batches_tracked"]);
    const m3 = nn.LazyBatchNorm3d({ track_running_stats: false });
    m3(ones(2, 4, 2, 2, 2));
    expect(Object.keys(m3.state_dict())).toEqual(["weight", "bias"]);
  });

  test("errors", () => {
    expect(thrown(() => untyped.LazyBatchNorm1d(1, 2, 3, 4, 5, 6, 7))).toBe(
      "TypeError: _LazyNormBase.__init__() takes from 1 to 7 positional arguments but 8 were given",
    );
  });
});

describe("SyncBatchNorm", () => {
  test("in a single process is batch normalization", () => {
    const m = nn.SyncBatchNorm(2);
    expectClose(
      m(
        f32([
          [1, 2],
          [3, 6],
        ]),
      ),
      [
        [-1, -1],
        [1, 1],
      ],
      1e-4,
    );
    expect(m.num_batches_tracked?.item()).toBe(1);
  });

  test("convert_sync_batchnorm", () => {
    const bn = nn.BatchNorm1d(3, { bias: false });
    const m = nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.Linear(2, 3), bn)) as nn.Sequential;
    expect(String(m)).toBe(
      "Sequential(\n  (0): Linear(in_features=2, out_features=3, bias=True)\n  (1): SyncBatchNorm(3, eps=1e-05, momentum=0.1, affine=True, bias=False, track_running_stats=True)\n)",
    );
    expect((m[1] as nn.SyncBatchNorm).weight).toBe(bn.weight);
  });

  test("errors", () => {
    expect(thrown(() => nn.SyncBatchNorm(2)(ones(3)))).toBe("ValueError: expected at least 2D input (got 1D input)");
    expect(thrown(() => nn.SyncBatchNorm(0)(ones(3, 0)))).toBe(
      "ValueError: SyncBatchNorm number of input channels should be non-zero",
    );
  });
});
