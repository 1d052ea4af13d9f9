// torch/backends/__init__.py

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { RuntimeError, ValueError } from "../errors.js";
import type { Entered } from "../modes.js";
import { defineFlags, disable_global_flags, flags_frozen, setFlag, withFlags } from "./_flags.js";
import * as cuda from "./cuda.js";
import { cudnn } from "./cudnn.js";
import { mkldnn } from "./mkldnn.js";

const fact = (setting: string) => def("is_available", [], () => native.getSetting(setting) as boolean);
const fp32_precision = { setting: "fp32_precision_generic_all", kind: "str" } as const;
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
  flags<T>(flags: { enabled?: boolean }, body: () => T): T;
  flags(flags?: { enabled?: boolean }): Entered;
}

const nnpack = {
  is_available: def("is_available", [], () => / NNPACK is enabled/.test(native.config().build)),
  set_flags: def("set_flags", ["_enabled"], (_enabled: boolean) => {
    const before = native.getSetting("nnpack_enabled") as boolean;
    setFlag(nnpack_enabled, _enabled);
    return [before];
  }),
  flags<T>({ enabled = false } = {}, body?: () => T): T | Entered {
    return withFlags("nnpack.flags", [[nnpack_enabled, enabled]], body);
  },
} as Nnpack;

/** The paths of einsum() are not optimised: the package that does so is Python's. */
const opt_einsum = {
  is_available: def("is_available", [], (): boolean => false),
  get_opt_einsum: def("get_opt_einsum", [], (): null => null),
  /** Returns whether it is enabled and its strategy: false and null. */
  set_flags: def(
    "set_flags",
    ["_enabled", "_strategy"],
    (_enabled: boolean | null = null, _strategy: string | null = null): [enabled: boolean, strategy: null] => {
      if (_enabled) {
        throw new ValueError(
          `opt_einsum is not available, so setting \`enabled\` to True will not reap the benefits of calculating an optimal path for einsum. torch.einsum will fall back to contracting from left to right. To enable this optimal path calculation, please install opt-einsum.`,
        );
      }
      if (_strategy !== null) opt_einsum.strategy = _strategy;
      return [false, null];
    },
  ),
  enabled: false,
  get strategy(): string | null {
    return null;
  },
  set strategy(strategy: string | null) {
    throw new ValueError(
      `opt_einsum is not available, so setting \`strategy\` to ${strategy} will not be meaningful. torch.einsum will bypass path calculation and simply contract from left to right. Please install opt_einsum or unset \`strategy\`.`,
    );
  },
};

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
  flags<T>(flags: { fp32_precision?: string }, body: () => T): T;
  flags(flags?: { fp32_precision?: string }): Entered;
  readonly cpu: { get_cpu_capability(): string };
  readonly cuda: typeof cuda;
  readonly cudnn: typeof cudnn;
  readonly kleidiai: { is_available(): boolean };
  readonly mha: { get_fastpath_enabled(): boolean; set_fastpath_enabled(value: boolean): void };
  readonly mkl: { is_available(): boolean };
  readonly mkldnn: typeof mkldnn;
  readonly nnpack: Nnpack;
  readonly openmp: { is_available(): boolean };
  readonly opt_einsum: typeof opt_einsum;
  readonly quantized: Quantized;
}

/**
 * The libraries that libtorch calculates with, and how it uses them.
 *
 * {@link https://docs.pytorch.org/docs/2.15/backends.html}
 */
export const backends = {
  disable_global_flags,
  flags_frozen,
  set_flags: def("set_flags", ["_fp32_precision"], (_fp32_precision: string | null = "none"): string[] => {
    const before = native.getSetting(fp32_precision.setting) as string;
    if (_fp32_precision !== null) setFlag(fp32_precision, _fp32_precision);
    return [before];
  }),
  flags<T>({ fp32_precision: precision = "none" } = {}, body?: () => T): T | Entered {
    return withFlags("flags", [[fp32_precision, precision]], body);
  },
  cpu: { get_cpu_capability: def("get_cpu_capability", [], () => native.config().cpuCapability) },
  cuda,
  cudnn,
  kleidiai: { is_available: fact("has_kleidiai") },
  mha: {
    get_fastpath_enabled: def("get_fastpath_enabled", [], () => isFastpathEnabled),
    set_fastpath_enabled: def("set_fastpath_enabled", ["value"], (value: boolean): void => {
      isFastpathEnabled = value;
    }),
  },
  mkl: { is_available: fact("has_mkl") },
  mkldnn,
  nnpack,
  openmp: { is_available: fact("has_openmp") },
  opt_einsum,
  quantized,
  xnnpack,
} as unknown as Backends;

defineFlags(backends, "torch.backends", { fp32_precision });
