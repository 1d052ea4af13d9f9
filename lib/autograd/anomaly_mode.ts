// torch/autograd/anomaly_mode.py

import { builtin } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { parser } from "../arguments/parser.js";
import { native } from "../binding.js";
import type { Entered } from "../modes.js";
import { warn } from "../warnings.js";

function enterAnomaly(enabled: boolean, check_nan: boolean): () => void {
  const before = [native.isAnomalyEnabled(), native.isAnomalyCheckNanEnabled()] as const;
  native.setAnomalyEnabled(enabled, check_nan);
  return () => native.setAnomalyEnabled(...before);
}

/** The type of detect_anomaly(). */
export interface DetectAnomaly {
  <T>(body: () => T): T;
  <T>(check_nan: boolean | { check_nan?: boolean }, body: () => T): T;
  (check_nan?: boolean | { check_nan?: boolean }): Entered;
}

/**
 * A mode for finding faults: an error in backward() comes with a warning that tells where the node was made, and a
 * gradient with a NaN is an error (unless `check_nan` is false).
 *
 * `detect_anomaly(check_nan=True) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.detect_anomaly}
 */
export const detect_anomaly: DetectAnomaly = mode(
  "autograd.detect_anomaly",
  ["check_nan"],
  (check_nan = true) => {
    warn(
      "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
    );
    return () => enterAnomaly(true, check_nan);
  },
  { called: "detect_anomaly.__init__" },
);

/** The type of set_detect_anomaly(). */
export interface SetDetectAnomaly {
  <T>(mode: boolean, body: () => T): T;
  <T>(mode: boolean, check_nan: boolean | { check_nan?: boolean }, body: () => T): T;
  (mode: boolean, check_nan?: boolean | { check_nan?: boolean }): Disposable;
}

/**
 * Turns detect_anomaly()'s mode on or off: for a function, until the end of a `using` block, or, called as a statement,
 * for good.
 *
 * `set_detect_anomaly(mode, check_nan=True) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.set_detect_anomaly}
 */
export const set_detect_anomaly: SetDetectAnomaly = mode(
  "autograd.set_detect_anomaly",
  ["mode", "check_nan"],
  (mode: boolean, check_nan = true) =>
    () =>
      enterAnomaly(mode, check_nan),
  { called: "set_detect_anomaly.__init__", statement: true },
);

/**
 * Whether detect_anomaly()'s mode is on.
 *
 * `is_anomaly_enabled() -> bool`
 */
export const is_anomaly_enabled = builtin("torch.is_anomaly_enabled", (): boolean => native.isAnomalyEnabled());

/**
 * Whether a gradient with a NaN is an error while that mode is on.
 *
 * `is_anomaly_check_nan_enabled() -> bool`
 */
export const is_anomaly_check_nan_enabled = builtin("torch.is_anomaly_check_nan_enabled", (): boolean =>
  native.isAnomalyCheckNanEnabled(),
);

const parseSet = parser("set_anomaly_enabled(bool enabled, bool check_nan=True)");

/**
 * Turns detect_anomaly()'s mode on or off, for good.
 *
 * `set_anomaly_enabled(enabled, check_nan=True) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.set_detect_anomaly}
 */
export function set_anomaly_enabled(enabled: boolean, check_nan?: boolean | { check_nan?: boolean }): void;
export function set_anomaly_enabled(...args: unknown[]): void {
  const { enabled, check_nan = true } = parseSet<{ enabled: boolean; check_nan?: boolean }>(args);
  enterAnomaly(enabled, check_nan);
}
