// Hooks that are objects: Python's classes, with what they keep.
import * as torch from "tstorch";
import { nn } from "tstorch";
import { BasePruningMethod, is_pruned } from "tstorch/nn/utils/prune";
import {
  SpectralNorm,
  SpectralNormLoadStateDictPreHook,
  SpectralNormStateDictHook,
} from "tstorch/nn/utils/spectral_norm";
import { WeightNorm } from "tstorch/nn/utils/weight_norm";
import { expect, test } from "vitest";

const { spectral_norm, remove_spectral_norm } = nn.utils;

test("WeightNorm and SpectralNorm are made by keyword too, and apply themselves", () => {
  const norm = WeightNorm({ name: "weight", dim: null });
  expect([norm.name, norm.dim, norm instanceof WeightNorm]).toEqual(["weight", -1, true]);
  expect(WeightNorm.apply(nn.Linear(2, 3), "weight", 0)).toBeInstanceOf(WeightNorm);
  const spectral = SpectralNorm({ eps: 0.5 });
  expect([spectral.name, spectral.n_power_iterations, spectral.dim, spectral.eps]).toEqual(["weight", 1, 0, 0.5]);
  const hook = SpectralNormStateDictHook(spectral);
  const metadata = {};
  hook.__call__(nn.Linear(2, 3), {}, "", metadata);
  expect(metadata).toEqual({ spectral_norm: { "weight.version": 1 } });
  expect(() => hook.__call__(nn.Linear(2, 3), {}, "", metadata)).toThrow(
    new torch.RuntimeError("Unexpected key in metadata['spectral_norm']: weight.version"),
  );
  const missing: string[] = [];
  SpectralNormLoadStateDictPreHook({ fn: spectral }).__call__({}, "p.", {}, true, missing);
  expect(missing).toEqual(["p.weight_orig", "p.weight", "p.weight_u"]);
});

test("remove_spectral_norm() takes the hooks on state dicts away too", () => {
  const m = remove_spectral_norm(spectral_norm(nn.Linear(2, 3)));
  expect(String(m.load_state_dict(nn.Linear(2, 3).state_dict()))).toBe("<All keys matched successfully>");
});

test("a pruning method of one's own is applied by its class, with its constructor's arguments", () => {
  class EveryOther extends BasePruningMethod {
    readonly PRUNING_TYPE = "unstructured";
    readonly start: number;
    constructor(start = 0) {
      super();
      this.start = start;
    }
    override compute_mask(_t: torch.Tensor, default_mask: torch.Tensor): torch.Tensor {
      const mask = default_mask.clone();
      mask.view(-1)[`${this.start}::2`].fill_(0);
      return mask;
    }
  }
  const m = nn.Linear(3, 2);
  const method = EveryOther.apply(m, "weight", 1);
  expect(method).toBeInstanceOf(EveryOther);
  expect(is_pruned(m)).toBe(true);
  expect((m as unknown as { weight_mask: torch.Tensor }).weight_mask.tolist()).toEqual([
    [1, 0, 1],
    [0, 1, 0],
  ]);
  expect(() => EveryOther.apply(m, "bias", { importance_scores: torch.ones(3) })).toThrow(torch.AssertionError);
});
