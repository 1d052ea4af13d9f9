import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const float64 = { dtype: torch.float64 };

/** A matrix of rank 2. */
function lowRank(): torch.Tensor {
  torch.manual_seed(0);
  const random = torch.randn(20, 8, float64);
  return random.index(":", torch.py.slice(2)).matmul(random.index(torch.py.slice(2)));
}

const B = lowRank();
const values = (S: torch.Tensor) => S.tolist() as number[];

describe("svd_lowrank", () => {
  test("of a matrix", () => {
    torch.manual_seed(2);
    const [U, S, V] = torch.svd_lowrank(B, { q: 4 });
    expect([...U.shape, ...V.shape]).toEqual([20, 4, 8, 4]);
    expect(values(S)[0]).toBeCloseTo(17.65511393494559, 9);
    expect(values(S)[1]).toBeCloseTo(9.76638143529427, 9);
    expect(U.matmul(torch.diag(S)).matmul(V.T).sub(B).abs().max().item()).toBeLessThan(1e-12);
  });

  test("of a wide matrix without M", () => {
    torch.manual_seed(2);
    const [U, S, V] = torch.svd_lowrank(B.T, 3, 2, torch.ones(1, 20, float64));
    expect([...U.shape, ...V.shape]).toEqual([8, 3, 20, 3]);
    for (const [i, value] of [16.339437431275545, 14.483767030727098, 3.4005764076742744].entries())
      expect(values(S)[i]).toBeCloseTo(value, 9);
  });
});

describe("pca_lowrank", () => {
  test("of dense and of sparse matrices", () => {
    torch.manual_seed(2);
    const [, S] = torch.pca_lowrank(B);
    expect([...S.shape]).toEqual([6]);
    for (const [i, value] of [16.339072323983938, 9.755665334638525].entries())
      expect(values(S)[i]).toBeCloseTo(value, 9);
    const [, sparse] = torch.pca_lowrank(B.float().to_sparse(), { q: 2 });
    for (const [i, value] of [16.339072323983938, 9.755665334638525].entries())
      expect(values(sparse)[i]).toBeCloseTo(value, 4);
  });

  test("not centred", () => {
    torch.manual_seed(2);
    const [, S] = torch.pca_lowrank(B, { q: 2, center: false, niter: 1 });
    expect(values(S)[0]).toBeCloseTo(17.65511393494559, 9);
  });

  test("errors", () => {
    expect(() => torch.pca_lowrank(B, { q: 30 })).toThrow(
      new torch.ValueError("q(=30) must be non-negative integer and not greater than min(m, n)=8"),
    );
    expect(() => torch.pca_lowrank(B, { niter: -1 })).toThrow(
      new torch.ValueError("niter(=-1) must be non-negative integer"),
    );
  });
});
