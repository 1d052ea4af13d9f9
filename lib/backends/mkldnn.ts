// torch/backends/mkldnn/__init__.py

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import type { Entered } from "../modes.js";
import { defineFlags, type Flag, type FP32Precision, precision, setFlag, withFlags } from "./_flags.js";

const flags = {
  enabled: { setting: "mkldnn_enabled", setter: "set_enabled_mkldnn" },
  deterministic: { setting: "mkldnn_deterministic", setter: "set_deterministic_mkldnn" },
} satisfies Record<string, Flag>;

interface MkldnnFlags {
  enabled?: boolean;
  deterministic?: boolean;
}

/**
 * Intel's oneDNN library, which calculates convolutions, matrix products and recurrent networks on CPUs.
 *
 * {@link https://docs.pytorch.org/docs/2.15/backends.html#module-torch.backends.mkldnn}
 */
export interface Mkldnn {
  /** Whether oneDNN is used. */
  enabled: boolean;
  /** Whether only deterministic algorithms are used. */
  deterministic: boolean;
  readonly conv: FP32Precision;
  readonly matmul: FP32Precision;
  readonly rnn: FP32Precision;
  fp32_precision: string;
  /** Whether libtorch has oneDNN. */
  is_available(): boolean;
  /** Whether oneDNN uses Arm's Compute Library. */
  is_acl_available(): boolean;
  /** Sets flags and returns what they were. */
  set_flags(_enabled?: boolean | null, _deterministic?: boolean | null): boolean[];
  /** Sets flags while a function runs, or until the end of a `using` block; those left out are set to PyTorch's defaults. */
  flags<T>(flags: MkldnnFlags, body: () => T): T;
  flags(flags?: MkldnnFlags): Entered;
}

export const mkldnn = {
  conv: precision("mkldnn", "conv"),
  matmul: precision("mkldnn", "matmul"),
  rnn: precision("mkldnn", "rnn"),
  is_available: () => native.getSetting("has_mkldnn") as boolean,
  is_acl_available: () => / MKL-DNN .*ACL|USE_MKLDNN_ACL=ON/.test(native.config().build),
  set_flags: def(
    "set_flags",
    ["_enabled", "_deterministic"],
    (_enabled: boolean | null = null, _deterministic: boolean | null = null): unknown[] => {
      const values = [_enabled, _deterministic];
      return Object.values(flags).map((flag, i) => {
        const before = native.getSetting(flag.setting);
        if (values[i] !== null) setFlag(flag, values[i]);
        return before;
      });
    },
  ),
  flags<T>(given: MkldnnFlags = {}, body?: () => T): T | Entered {
    const values = { enabled: false, deterministic: false, ...given };
    const entries = Object.entries(flags).map(([name, flag]) => [flag, values[name as keyof MkldnnFlags]] as const);
    return withFlags("mkldnn.flags", entries, body);
  },
} as unknown as Mkldnn;

defineFlags(mkldnn, "torch.backends.mkldnn", {
  ...flags,
  fp32_precision: { setting: "fp32_precision_mkldnn_all", kind: "str" },
});
