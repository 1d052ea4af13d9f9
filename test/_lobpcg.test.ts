import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const float64 = { dtype: torch.float64 };
const A = torch.diag(torch.arange(1, 10, float64));
const close = (tensor: torch.Tensor, expected: readonly number[], digits = 6) =>
  (tensor.flatten().tolist() as number[]).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits);
  });

describe("lobpcg", () => {
  test("largest and smallest eigenvalues", () => {
    torch.manual_seed(0);
    const [E, X] = torch.lobpcg(A, 2);
    close(E, [9, 8]);
    close(X.abs()[":, 0"], [0, 0, 0, 0, 0, 0, 0, 0, 1], 3);
    close(torch.lobpcg(A, { k: 2, largest: false })[0], [1, 2]);
  });

  test("the basic method, a preconditioner, a metric, a start", () => {
    torch.manual_seed(0);
    close(torch.lobpcg(A, { k: 1, method: "basic" })[0], [9]);
    close(torch.lobpcg(A, { k: 2, iK: torch.eye(9, float64) })[0], [9, 8]);
    close(torch.lobpcg(A, { k: 2, B: torch.eye(9, float64).mul(2) })[0], [4.5, 4]);
    close(torch.lobpcg(A, { X: torch.randn(9, 2, float64) })[0], [9, 8]);
    close(torch.lobpcg(A, { k: 2, ortho_bparams: { ortho_use_drop: true } })[0], [9, 8]);
  });

  test("batches and sparse matrices", () => {
    torch.manual_seed(0);
    const [E, X] = torch.lobpcg(torch.stack([A, A.mul(2)]), { k: 1 });
    expect([...E.shape]).toEqual([2, 1]);
    expect([...X.shape]).toEqual([2, 9, 1]);
    close(E, [9, 18]);
    close(torch.lobpcg(A.to_sparse(), { k: 1 })[0], [9]);
  });

  test("a tracker sees each iteration and can stop", () => {
    torch.manual_seed(0);
    const steps: number[] = [];
    torch.lobpcg(A, {
      k: 2,
      tracker: (worker) => {
        steps.push(worker.ivars.istep);
        worker.bvars.force_stop = steps.length === 3;
      },
    });
    expect(steps).toEqual([1, 2, 3]);
  });

  test("gradient", () => {
    const parameter = A.clone().requires_grad_();
    torch.manual_seed(0);
    const [E] = torch.lobpcg(parameter, { k: 2, tol: 1e-12 });
    E.sum().backward();
    close((parameter.grad as torch.Tensor).diag(), [0, 0, 0, 0, 0, 0, 0, 1, 1]);
  });

  test("gradient is refused with a metric", () => {
    const parameter = A.clone().requires_grad_();
    const [E] = torch.lobpcg(parameter, { k: 1, B: torch.eye(9, float64) });
    expect(() => E.sum().backward()).toThrow(
      new torch.ValueError("lobpcg.backward does not support backward with B != I yet."),
    );
  });

  test("errors", () => {
    expect(() => torch.lobpcg(torch.ones(2, 3))).toThrow(
      new torch.AssertionError("A must be square, got shape torch.Size([2, 3])"),
    );
    expect(() => torch.lobpcg(torch.ones(2, 2))).toThrow(
      new torch.ValueError(
        "LOBPCG algorithm is not applicable when the number of A rows (=2) is smaller than 3 x the number of requested eigenpairs (=1)",
      ),
    );
    expect(() => torch.lobpcg(torch.ones(6, 6), { X: torch.ones(5, 1) })).toThrow(
      new torch.AssertionError("X shape mismatch: got torch.Size([5, 1]), expected (6, 1)"),
    );
  });
});
