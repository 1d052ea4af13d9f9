import * as torch from "tstorch";
import { expect, test } from "vitest";

const { dual_level, enter_dual_level, exit_dual_level, make_dual, unpack_dual } = torch.autograd.forward_ad;
const x = torch.tensor([1, 2], { dtype: torch.float32 });
const t = torch.tensor([3, 4], { dtype: torch.float32 });

test("tangents go through operations", () => {
  const output = dual_level(() => {
    const made = make_dual(x, t).pow(2).sin();
    const { primal, tangent } = unpack_dual(made);
    expect(String(primal)).toBe("tensor([ 0.8415, -0.7568])");
    expect(String(tangent)).toBe("tensor([  3.2418, -10.4583])");
    expect(String(unpack_dual(x))).toBe("UnpackedDualTensor(primal=tensor([1., 2.]), tangent=None)");
    return made;
  });
  expect(unpack_dual(output).tangent).toBeNull();
});

test("backward() goes through tangents", () => {
  using _ = dual_level();
  const leaf = x.clone().requires_grad_();
  unpack_dual(make_dual(leaf, t).pow(3)).tangent?.sum().backward();
  expect(leaf.grad?.tolist()).toEqual([18, 48]);
});

test("levels", () => {
  expect(() => make_dual(x, t)).toThrow(
    "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.",
  );
  expect(() => exit_dual_level()).toThrow("Dual level must be a positive number.");
  expect(enter_dual_level()).toBe(0);
  expect(() => enter_dual_level()).toThrow("Nested forward mode AD is not supported at the moment");
  expect(() => exit_dual_level({ level: 1 })).toThrow("that was not the last one that was created");
  expect(() => make_dual(torch.tensor([1]), t)).toThrow(
    new torch.ValueError("Expected primal to be floating point or complex, but got: torch.int64"),
  );
  expect(() => make_dual(x, torch.tensor([1]))).toThrow(
    new torch.ValueError("Expected tangent to be floating point or complex, but got: torch.int64"),
  );
  exit_dual_level();
});

test("_set_fwd_grad_enabled", () => {
  const { _is_fwd_grad_enabled, _set_fwd_grad_enabled } = torch.autograd.forward_ad;
  using _ = dual_level();
  const dual = make_dual(x, t);
  expect(_set_fwd_grad_enabled(false, () => [_is_fwd_grad_enabled(), unpack_dual(dual.exp()).tangent])).toEqual([
    false,
    null,
  ]);
  expect(_is_fwd_grad_enabled()).toBe(true);
});

test("UnpackedDualTensor", () => {
  const { dual_level, make_dual, unpack_dual, UnpackedDualTensor } = torch.autograd.forward_ad;
  expect(String(UnpackedDualTensor(torch.ones(1), null))).toBe("UnpackedDualTensor(primal=tensor([1.]), tangent=None)");
  dual_level(() => {
    expect(unpack_dual(make_dual(torch.ones(1), torch.ones(1)))).toBeInstanceOf(UnpackedDualTensor);
  });
});
