// torch/backends/mkldnn/__init__.py

import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import type { Entered } from "../modes.js";
import {
  defineFlags,
  enterFlags,
  type Flag,
  type FP32Precision,
  getFlag,
  precision,
  setFlags,
  verboseMode,
} from "./_flags.js";

const flags = {
  enabled: { setting: "mkldnn_enabled", setter: "set_enabled_mkldnn" },
  deterministic: { setting: "mkldnn_deterministic", setter: "set_deterministic_mkldnn" },
  allow_tf32: { setting: "mkldnn_allow_tf32", setter: "_set_onednn_allow_tf32", read: () => null },
  fp32_precision: { setting: "fp32_precision_mkldnn_all", kind: "string" },
} satisfies Record<string, Flag>;

interface MkldnnFlags {
  enabled?: boolean;
  deterministic?: boolean;
  allow_tf32?: boolean;
  fp32_precision?: string;
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
  /** For Intel's GPUs: null elsewhere, where setting it warns. */
  get allow_tf32(): boolean | null;
  set allow_tf32(allow: boolean);
  readonly VERBOSE_OFF: 0;
  readonly VERBOSE_ON: 1;
  readonly VERBOSE_ON_CREATION: 2;
  readonly conv: FP32Precision;
  readonly matmul: FP32Precision;
  readonly rnn: FP32Precision;
  fp32_precision: string;
  /** Whether libtorch has oneDNN. */
  is_available(): boolean;
  /** Whether oneDNN uses Arm's Compute Library. */
  is_acl_available(): boolean;
  /** Lets oneDNN print what it calculates while a function runs, or until the end of a `using` block. */
  verbose<T>(level: number, body: () => T): T;
  verbose(level: number): Entered;
  /** Sets flags, the precision by default to "none", and returns what they were. */
  set_flags(
    _enabled?: boolean | null,
    _deterministic?: boolean | null,
    _allow_tf32?: boolean | null,
    _fp32_precision?: string | null,
  ): unknown[];
  /** Sets flags while a function runs, or until the end of a `using` block; those left out are set to PyTorch's defaults. */
  flags<T>(body: () => T): T;
  flags<T>(flags: MkldnnFlags, body: () => T): T;
  flags(flags?: MkldnnFlags): Entered;
}

const names = Object.keys(flags);

const set_flags = def(
  "set_flags",
  names.map((name) => `_${name}`),
  (
    _enabled: boolean | null = null,
    _deterministic: boolean | null = null,
    _allow_tf32: boolean | null = null,
    _fp32_precision: string | null = "none",
  ): unknown[] => setFlags(Object.values(flags), [_enabled, _deterministic, _allow_tf32, _fp32_precision]),
) as Mkldnn["set_flags"];

export const mkldnn = {
  VERBOSE_OFF: 0,
  VERBOSE_ON: 1,
  VERBOSE_ON_CREATION: 2,
  conv: precision("mkldnn", "conv"),
  matmul: precision("mkldnn", "matmul"),
  rnn: precision("mkldnn", "rnn"),
  is_available: def("MkldnnModule.is_available", [], () => native.getSetting("has_mkldnn") as boolean),
  is_acl_available: def("is_acl_available", [], () => / MKL-DNN .*ACL|USE_MKLDNN_ACL=ON/.test(native.config().build)),
  verbose: verboseMode("mkldnn", "level"),
  set_flags,
  flags: mode(
    "backends.mkldnn.flags",
    names,
    (enabled = false, deterministic = false, allow_tf32 = true, fp32_precision = "none") =>
      enterFlags(set_flags, enabled, deterministic, allow_tf32, fp32_precision),
  ),
} as unknown as Mkldnn;

// As in PyTorch, where the precision of oneDNN is read here, but that of all backends set
defineFlags(mkldnn, "torch.backends.mkldnn", {
  ...flags,
  fp32_precision: {
    ...flags.fp32_precision,
    setting: "fp32_precision_generic_all",
    read: () => getFlag(flags.fp32_precision),
  },
});
