// torch/backends/__init__.py

import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import { RuntimeError } from "../errors.js";
import type { Entered } from "../modes.js";
import { defineFlags, disable_global_flags, enterFlags, flags_frozen, setFlags } from "./_flags.js";
import * as cuda from "./cuda/index.js";
import { cudnn } from "./cudnn/index.js";
import { cusparselt } from "./cusparselt.js";
import { type Mkl, mkl } from "./mkl.js";
import { mkldnn } from "./mkldnn.js";
import { opt_einsum } from "./opt_einsum.js";

const fact = (setting: string) => def("is_available", [], () => native.getSetting(setting) as boolean);
const fp32_precision = { setting: "fp32_precision_generic_all", kind: "string" } as const;
const nnpack_enabled = { setting: "nnpack_enabled", setter: "set_enabled_NNPACK" };

let isFastpathEnabled = true;

/** The library that calculates with quantized numbers: "fbgemm", "x86", "qnnpack" or "onednn". */
export interface Quantized {
  engine: string;
  /** The libraries that this libtorch has. */
  readonly supported_engines: string[];
}

const quantized = {} as Quantized;
Object.defineProperty(quantized, "engine", {
  get: () => native.getSetting("quantized_engine"),
  set: (engine) => native.setSetting("quantized_engine", engine),
  enumerable: true,
});
Object.defineProperty(quantized, "supported_engines", {
  get: () => native.getSetting("quantized_engines"),
  set: (engines) => native.setSetting("quantized_engines", engines),
  enumerable: true,
});

interface Nnpack {
  is_available(): boolean;
  /** Sets whether the library is used, and returns what it was. */
  set_flags(_enabled: boolean): boolean[];
  /** Uses the library, or not, while a function runs or until the end of a `using` block. */
  flags<T>(body: () => T): T;
  flags<T>(flags: { enabled?: boolean }, body: () => T): T;
  flags(flags?: { enabled?: boolean }): Entered;
}

const set_nnpack_flags = def("set_flags", ["_enabled"], (_enabled: boolean): unknown[] =>
  setFlags([nnpack_enabled], [_enabled]),
);

const nnpack = {
  is_available: def("is_available", [], () => / NNPACK is enabled/.test(native.config().build)),
  set_flags: set_nnpack_flags,
  flags: mode("backends.nnpack.flags", ["enabled"], (enabled = false) => enterFlags(set_nnpack_flags, enabled)),
} as Nnpack;

const xnnpack = {};
Object.defineProperty(xnnpack, "enabled", {
  get: () => native.getSetting("has_xnnpack"),
  set: () => {
    throw new RuntimeError("Assignment not supported");
  },
  enumerable: true,
});

/** What torch.backends holds. */
export interface Backends {
  /** How float32 is calculated in: "ieee", "tf32", "bf16" or "none", which leaves it to the backends. */
  fp32_precision: string;
  disable_global_flags(): void;
  flags_frozen(): boolean;
  /** Sets the precision and returns what it was. */
  set_flags(_fp32_precision?: string | null): string[];
  /** Sets the precision while a function runs, or until the end of a `using` block. */
  flags<T>(body: () => T): T;
  flags<T>(flags: { fp32_precision?: string }, body: () => T): T;
  flags(flags?: { fp32_precision?: string }): Entered;
  readonly cpu: { get_cpu_capability(): string };
  readonly cuda: typeof cuda;
  readonly cudnn: typeof cudnn;
  readonly cusparselt: typeof cusparselt;
  readonly kleidiai: { is_available(): boolean };
  readonly mha: { get_fastpath_enabled(): boolean; set_fastpath_enabled(value: boolean): void };
  readonly mkl: Mkl;
  readonly mkldnn: typeof mkldnn;
  readonly nnpack: Nnpack;
  readonly openmp: { is_available(): boolean };
  readonly opt_einsum: typeof opt_einsum;
  readonly quantized: Quantized;
}

const set_flags = def("set_flags", ["_fp32_precision"], (_fp32_precision: string | null = "none"): unknown[] =>
  setFlags([fp32_precision], [_fp32_precision]),
);

/**
 * The libraries that libtorch calculates with, and how it uses them.
 *
 * {@link https://docs.pytorch.org/docs/2.15/backends.html}
 */
export const backends = {
  disable_global_flags,
  flags_frozen,
  set_flags,
  flags: mode("backends.flags", ["fp32_precision"], (precision = "none") => enterFlags(set_flags, precision)),
  cpu: { get_cpu_capability: def("get_cpu_capability", [], () => native.config().cpuCapability) },
  cuda,
  cudnn,
  cusparselt,
  kleidiai: { is_available: fact("has_kleidiai") },
  mha: {
    get_fastpath_enabled: def("get_fastpath_enabled", [], () => isFastpathEnabled),
    set_fastpath_enabled: def("set_fastpath_enabled", ["value"], (value: boolean): void => {
      isFastpathEnabled = value;
    }),
  },
  mkl,
  mkldnn,
  nnpack,
  openmp: { is_available: fact("has_openmp") },
  opt_einsum,
  quantized,
  xnnpack,
} as unknown as Backends;

defineFlags(backends, "torch.backends", { fp32_precision });
