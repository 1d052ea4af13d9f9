import * as torch from "tstorch";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const { detect_anomaly, set_detect_anomaly } = torch.autograd;
const ENABLED =
  "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.";

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());
const warnings = () => vi.mocked(process.emitWarning).mock.calls.map(([text]) => String(text));

function rootOfZero(): torch.Tensor {
  return torch.zeros(2, { requires_grad: true }).sqrt().mul(0).sum();
}

test("a NaN is an error, and a warning tells where its node was made", () => {
  const error = "Function 'SqrtBackward0' returned nan values in its 0th output.";
  expect(() => detect_anomaly(() => rootOfZero().backward())).toThrow(new torch.RuntimeError(error));
  const [first, second] = warnings();
  expect(first).toBe(ENABLED);
  expect(second).toMatch(
    /^Error detected in SqrtBackward0\. Traceback of forward call that caused the error:\n {4}at rootOfZero \(.*anomaly_mode\.test\.ts:\d+:\d+\)\n/,
  );
  expect(second).not.toMatch(/dist\/(operator|arguments|binding)/);
});

test("a node that was made before", () => {
  const made = rootOfZero();
  expect(() => detect_anomaly(() => made.backward())).toThrow("returned nan values");
  expect(warnings()[1]).toBe(
    "Error detected in SqrtBackward0. No forward pass information available. Enable detect anomaly during forward pass for more information.",
  );
});

test("an error in backward comes with the place too", () => {
  class Failing extends torch.autograd.Function {
    static override forward(_: unknown, x: torch.Tensor): torch.Tensor {
      return x.mul(1);
    }
    static override backward(): never {
      throw new Error("mine");
    }
  }
  const run = () => Failing.apply(torch.ones(1, { requires_grad: true })).backward();
  expect(() => detect_anomaly(run)).toThrow("mine");
  expect(warnings()[1]).toContain("Error detected in FailingBackward. ");
});

test("a node that was made in backward() tells of the one that made it", () => {
  expect(() =>
    detect_anomaly(() => {
      const x = torch.zeros(1, { requires_grad: true });
      const [first] = torch.autograd.grad(x.pow(1.5).sum(), x, { create_graph: true });
      first.mul(0).sum().backward();
    }),
  ).toThrow("returned nan values");
  expect(warnings().some((text) => text.includes("Previous calculation was induced by PowBackward0"))).toBe(true);
});

test("settings", () => {
  const state = () => [torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()];
  expect(state()).toEqual([false, true]);
  expect(detect_anomaly({ check_nan: false }, () => [state(), rootOfZero().backward()])[0]).toEqual([true, false]);
  expect(set_detect_anomaly(true, state)).toEqual([true, true]);
  {
    using _ = set_detect_anomaly(true, false);
    expect(state()).toEqual([true, false]);
  }
  {
    using _ = detect_anomaly();
    expect(state()).toEqual([true, true]);
  }
  expect(state()).toEqual([false, true]);
  set_detect_anomaly(true);
  expect(state()).toEqual([true, true]);
  set_detect_anomaly(false);
});
