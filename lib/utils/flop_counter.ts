// torch/utils/flop_counter.py

import { type OpOverloadPacket, ops } from "../_ops.js";
import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { def } from "../arguments/function.js";
import { enterForUsing, type Manager, managerClass } from "../arguments/manager.js";
import { RuntimeError, ValueError } from "../errors.js";
import { followAsync } from "../modes.js";
import { formatFixed } from "../python/format.js";
import { typeName } from "../python/objects.js";
import { print, str } from "../python/repr.js";
import { TensorBase } from "../tensor_base.js";
import { warn } from "../warnings.js";
import { enterDispatchMode, type Operation } from "./_python_dispatch.js";
import { tree_leaves, tree_map } from "./_pytree.js";
import * as formulas from "./flop_counter/formulas.js";
import { tabulate } from "./flop_counter/table.js";
import { ModuleTracker } from "./module_tracker.js";

// biome-ignore lint/suspicious/noExplicitAny: formulas take what their operator takes
type Any = any;

/** How many operations a call is: from the operator's arguments, and last its keyword arguments with `out_shape`. */
export type FlopFormula = (...args: Any[]) => number;

interface Registered {
  readonly formula: FlopFormula;
  /** Whether the formula takes tensors and `out_val`, not sizes and `out_shape`. */
  readonly raw: boolean;
}

const registered = new Map<string, Registered>();

function registerOwn(names: readonly string[], formula: FlopFormula, raw = false): void {
  for (const name of names) registered.set(`aten::${name}`, { formula, raw });
}

registerOwn(["mm"], formulas.mm_flop);
registerOwn(["addmm"], formulas.addmm_flop);
registerOwn(["bmm"], formulas.bmm_flop);
registerOwn(["baddbmm"], formulas.baddbmm_flop);
registerOwn(["_scaled_mm"], formulas.mm_flop);
registerOwn(
  ["convolution", "_convolution", "cudnn_convolution", "_slow_conv2d_forward", "convolution_overrideable"],
  formulas.conv_flop,
);
registerOwn(["convolution_backward"], formulas.conv_backward_flop);
const attention = ["efficient_attention", "flash_attention", "flash_attention_for_cpu", "cudnn_attention"];
registerOwn(
  attention.map((name) => `_scaled_dot_product_${name}`),
  formulas.sdpa_flop_count,
);
registerOwn(
  attention.map((name) => `_scaled_dot_product_${name}_backward`),
  formulas.sdpa_backward_flop_count,
);
registerOwn(["_flash_attention_forward"], formulas._flash_attention_forward_flop, true);
registerOwn(["_efficient_attention_forward"], formulas._efficient_attention_forward_flop, true);
registerOwn(["_flash_attention_backward"], formulas._flash_attention_backward_flop, true);
registerOwn(["_efficient_attention_backward"], formulas._efficient_attention_backward_flop, true);

const isPacket = (target: unknown): target is OpOverloadPacket =>
  typeof target === "function" && typeof (target as Partial<OpOverloadPacket>)._qualified_op_name === "string";

/**
 * Registers how many operations an operator of one's own is: `register_flop_formula(torch.ops.mylib.my_op)(formula)`. The
 * formula takes the sizes of tensors in their place and, among its keyword arguments, `out_shape`; with `get_raw` the
 * tensors, and `out_val`.
 *
 * Throws ValueError for what is no operator, and RuntimeError for one that has a formula.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.utils.flop_counter.register_flop_formula.html}
 */
export const register_flop_formula = def(
  "register_flop_formula",
  ["targets", "get_raw"],
  (targets: OpOverloadPacket | readonly OpOverloadPacket[], get_raw = false) =>
    <F extends FlopFormula>(formula: F): F => {
      for (const target of tree_leaves(targets)) {
        if (!isPacket(target)) {
          throw new ValueError(
            `register_flop_formula(targets): expected each target to be OpOverloadPacket (i.e. torch.ops.mylib.foo), JitFunction, or HigherOrderOperator, got ${str(target)} which is of type <class '${typeName(target)}'>`,
          );
        }
        const name = target._qualified_op_name;
        if (registered.has(name)) throw new RuntimeError(`duplicate registrations for ${target}`);
        registered.set(name, { formula, raw: get_raw });
      }
      return formula;
    },
);

const get_shape = (value: unknown) => (value instanceof TensorBase ? [...(value as Tensor).shape] : value);

/** What libtorch asks of a tensor rather than does. */
const queries: ReadonlySet<string> = new Set(
  [
    "sym_is_contiguous",
    "is_contiguous",
    "is_strides_like_format",
    "is_non_overlapping_and_dense",
    "size",
    "sym_size",
    "stride",
    "sym_stride",
    "storage_offset",
    "sym_storage_offset",
    "numel",
    "sym_numel",
    "dim",
  ].map((name) => `aten::${name}`),
);

const suffixes = ["", "K", "M", "B", "T"];

/** The suffix for a number: thousands are written without one until they have five digits. */
function get_suffix_str(number: number): string {
  const index = Math.floor((BigInt(Math.trunc(number)).toString().length - 2) / 3);
  return suffixes[Math.max(0, Math.min(suffixes.length - 1, index))];
}

function convert_num_with_suffix(number: number, suffix: string): string {
  return formatFixed(number / 1000 ** suffixes.indexOf(suffix), 3) + suffix;
}

function convert_to_percent_str(num: number, denom: number): string {
  return denom === 0 ? "0%" : `${formatFixed((num / denom) * 100, 2)}%`;
}

const sumOf = (counts: ReadonlyMap<OpOverloadPacket, number> | undefined) =>
  [...(counts?.values() ?? [])].reduce((total, count) => total + count, 0);

class Counter implements Manager {
  readonly flop_counts = new Map<string, Map<OpOverloadPacket, number>>();
  readonly mod_tracker = ModuleTracker();
  readonly #formulas: ReadonlyMap<string, Registered>;
  #leave: (() => void) | null = null;

  constructor(
    mods: unknown = null,
    public depth: number | null = 2,
    public display = true,
    custom_mapping: ReadonlyMap<OpOverloadPacket, FlopFormula & { _get_raw?: boolean }> | null = null,
    readonly skip_unsupported = false,
  ) {
    if (mods !== null) warn("mods argument is not needed anymore, you can stop passing it");
    const custom = [...(custom_mapping ?? [])].map(
      ([packet, formula]) => [packet._qualified_op_name, { formula, raw: formula._get_raw ?? false }] as const,
    );
    this.#formulas = new Map([...registered, ...custom]);
  }

  /** The number of operations in all. */
  get_total_flops(): number {
    return sumOf(this.flop_counts.get("Global"));
  }

  /** Operators of higher order without a formula, of which libtorch has none: an empty dict. */
  get_unsupported_ops(): Record<string, number> {
    return {};
  }

  /** The number of operations by module and operator; that of "Global" counts all. */
  get_flop_counts(): Record<string, Map<OpOverloadPacket, number>> {
    return Object.fromEntries([...this.flop_counts].map(([module, counts]) => [module, new Map(counts)]));
  }

  /** The numbers as a table of text, for modules up to a depth. */
  get_table(depth: number | null = null): string {
    const most = depth ?? this.depth ?? 999999;
    const global_flops = this.get_total_flops();
    const suffix = get_suffix_str(global_flops);
    let is_global_subsumed = false;
    const cells = (name: string, flops: number) => [
      name,
      convert_num_with_suffix(flops, suffix),
      convert_to_percent_str(flops, global_flops),
    ];
    const process_mod = (name: string, level: number): string[][] => {
      const counts = this.flop_counts.get(name);
      const total = sumOf(counts);
      is_global_subsumed ||= total >= global_flops;
      const padding = " ".repeat(level);
      const rows = [...(counts ?? [])].map(([packet, flops]) => cells(`${padding} - ${packet}`, flops));
      return [cells(padding + name, total), ...rows];
    };
    let values: string[][] = [];
    for (const module of [...this.flop_counts.keys()].sort()) {
      if (module === "Global") continue;
      const level = module.split(".").length;
      if (level <= most) values.push(...process_mod(module, level - 1));
    }
    // "Global" is left out where one module did it all.
    if (this.flop_counts.has("Global") && !is_global_subsumed) {
      values = [...process_mod("Global", 0), ...values.map(([name, ...rest]) => [` ${name}`, ...rest])];
    }
    if (values.length === 0) values = [["Global", "0", "0%"]];
    return tabulate(values, ["Module", "FLOP", "% Total"]);
  }

  __enter__(): this {
    this.flop_counts.clear();
    followAsync();
    this.mod_tracker.__enter__();
    this.#leave = enterDispatchMode({
      before: (operation) => this.#before(operation),
      after: (operation, out) => this.#count(operation, out),
    })();
    return this;
  }

  __exit__(): void {
    this.#leave?.();
    this.#leave = null;
    this.mod_tracker.__exit__();
    if (this.display) print(this.get_table(this.depth));
  }

  /** `using counter = FlopCounterMode()` */
  get [Symbol.dispose](): () => void {
    return enterForUsing(this);
  }

  #before({ func }: Operation): boolean | null {
    const name = func._schema.name;
    if (this.#formulas.has(name)) return true;
    return queries.has(name) ? null : false;
  }

  #count({ func, args }: Operation, out: unknown): void {
    const { formula, raw } = this.#formulas.get(func._schema.name) as Registered;
    const parameters = func._schema.arguments;
    const shapes = (value: unknown) => (raw ? value : tree_map(get_shape, value));
    const keywords = Object.fromEntries(
      parameters.flatMap(({ name, kwarg_only }, i) => (kwarg_only ? [[name, shapes(args[i])]] : [])),
    );
    const positional = args.filter((_, i) => !parameters[i].kwarg_only).map(shapes);
    const flops = formula(...positional, { ...keywords, [raw ? "out_val" : "out_shape"]: shapes(out) });
    for (const parent of this.mod_tracker.parents) {
      const counts = this.flop_counts.get(parent) ?? new Map<OpOverloadPacket, number>();
      this.flop_counts.set(parent, counts);
      const packet = ops[func.namespace][func._opname];
      counts.set(packet, (counts.get(packet) ?? 0) + flops);
    }
  }
}

takeKeywords("FlopCounterMode", Counter.prototype, {
  get_total_flops: [],
  get_unsupported_ops: [],
  get_flop_counts: [],
  get_table: ["depth"],
});

/**
 * Counts the operations of what runs within, by formulas from the sizes of tensors: `FlopCounterMode({ display: false },
 * (counter) => ...)`. Products of matrices, convolutions and attention count, forward and backward; all else is 0.
 *
 * `depth` is that of the modules in the table, which is printed at the end unless `display` is false; `custom_mapping` is
 * a Map of formulas for operators.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.utils.flop_counter.FlopCounterMode.html}
 */
export const FlopCounterMode = managerClass<Counter>("FlopCounterMode")(Counter, [
  "mods",
  "depth",
  "display",
  "custom_mapping",
  "skip_unsupported",
]);
export type FlopCounterMode = Counter;
