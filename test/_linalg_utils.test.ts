import * as torch from "tstorch";
import { expect, test } from "vitest";

const A = torch.ones(2, 2);

test.each([
  ["cholesky", () => torch.cholesky(A), () => A.cholesky()],
  ["solve", () => torch.solve(A, A), () => A.solve(A)],
  ["lstsq", () => torch.lstsq(A, A), () => A.lstsq(A)],
  ["eig", () => torch.eig(A), () => A.eig()],
  ["symeig", () => torch.symeig(A), () => A.symeig()],
  ["qr", () => torch.qr(A), () => A.qr()],
  ["matrix_rank", () => torch.matrix_rank(A), () => torch.matrix_rank(A, { tol: 0.1 })],
])("%s is removed", (_name, asFunction, asMethod) => {
  const start = "This function was deprecated since version 1.9 and is now removed.";
  expect(asFunction).toThrow(torch.RuntimeError);
  expect(asFunction).toThrow(start);
  expect(asMethod).toThrow(start);
});

test("texts and arguments", () => {
  expect(() => torch.qr(A, false)).toThrow("Since `some` was set to False, use mode='complete'.");
  expect(() => torch.matrix_rank(A)).toThrow(
    new torch.RuntimeError(
      "This function was deprecated since version 1.9 and is now removed.\nPlease use the `torch.linalg.matrix_rank` function instead. The parameter 'symmetric' was renamed in `torch.linalg.matrix_rank()` to 'hermitian'.",
    ),
  );
  expect(() => (torch.symeig as () => never)()).toThrow(
    new TypeError("_symeig() missing 1 required positional argument: 'input'"),
  );
  expect(() => torch.cholesky(A, { foo: 1 } as never)).toThrow(
    new TypeError("cholesky() got an unexpected keyword argument 'foo'"),
  );
});
