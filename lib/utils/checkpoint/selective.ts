// Selective checkpoints: of some operators the results are kept instead of being computed again.

import type { OpOverload } from "../../_ops.js";
import { ops } from "../../_ops.js";
import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { currentUserHooks } from "../../autograd/graph/saved_tensors_hooks.js";
import { native } from "../../binding.js";
import { RuntimeError, ValueError } from "../../errors.js";
import { withMode } from "../../modes.js";
import { typeName } from "../../python/objects.js";
import { str } from "../../python/repr.js";
import { handleOf, TensorBase, wrap } from "../../tensor_base.js";
import { warn } from "../../warnings.js";
import { type DispatchMode, enterDispatchMode, type Kept } from "../_python_dispatch.js";
import type { Context, SelectiveContext } from "./non_reentrant.js";

/** What a policy is told besides the operator and its arguments. */
export class SelectiveCheckpointContext {
  /** Always false: the second call does not ask the policy. */
  readonly is_recompute: boolean;
  /** What the operator returned. */
  readonly op_output: unknown;

  constructor({ is_recompute, op_output = null }: { is_recompute: boolean; op_output?: unknown }) {
    this.is_recompute = is_recompute;
    this.op_output = op_output;
  }
}

/**
 * Whether an operator's results are kept or computed again; MUST_ and PREFER_ are alike outside of torch.compile, and the
 * policies for the CPU compute again.
 *
 * {@link https://docs.pytorch.org/docs/2.15/checkpoint.html#torch.utils.checkpoint.CheckpointPolicy}
 */
export enum CheckpointPolicy {
  MUST_SAVE = 0,
  PREFER_SAVE = 1,
  MUST_RECOMPUTE = 2,
  PREFER_RECOMPUTE = 3,
  MUST_CPU_OFFLOAD = 4,
  PREFER_CPU_OFFLOAD = 5,
}

/** A policy for each operator. */
export type PolicyFn = (
  ctx: SelectiveCheckpointContext,
  op: OpOverload,
  ...args: unknown[]
) => CheckpointPolicy | boolean;

const isSaved = (policy: CheckpointPolicy | boolean): boolean =>
  policy === true || policy === CheckpointPolicy.MUST_SAVE || policy === CheckpointPolicy.PREFER_SAVE;

/** The operators that no policy is asked of: checkpoints add some of them to the first call. */
export const SAC_IGNORED_OPS: ReadonlySet<OpOverload> = new Set([ops.aten.detach.default]);

const mismatch =
  "This can happen if the operations in the checkpointed region are nondeterministic or depend on global state that changed between forward and backward.";

/** The results that were kept of one call of an operator, "recompute", or "consumed". */
type Entry = { get: (allow_mutation: boolean) => Kept } | "recompute" | "consumed";
type Storage = Map<OpOverload, Entry[]>;

const versionsOf = (kept: Kept): string => String(native.keptVersions(kept));

const MUTATED = "Tensor cached during selective activation checkpoint has been mutated";

const BYPASSED =
  "A saved_tensors_hooks context (e.g. save_on_cpu) is active around a selective activation checkpoint region. Tensors that SAC saves currently bypass these hooks, but a future release will route them through the hooks like any other saved tensor. Silence this warning and choose the behavior explicitly by passing respect_saved_tensors_hooks=True|False to torch.utils.checkpoint.checkpoint.";

/** An entry that keeps the results themselves. */
function asTheyAre(kept: Kept): Entry {
  const versions = versionsOf(kept);
  return {
    get: (allow_mutation) => {
      if (!allow_mutation && versionsOf(kept) !== versions) throw new RuntimeError(MUTATED);
      return kept;
    },
  };
}

const versionOf = (packed: unknown) => (packed instanceof TensorBase ? (packed as Tensor)._version : null);

/** An entry that keeps what hooks on saved tensors make of the results. */
function packed(kept: Kept, { pack_hook, unpack_hook }: NonNullable<ReturnType<typeof currentUserHooks>>): Entry {
  const values = native.keptTensors(kept).map((tensor) => tensor && { value: pack_hook(wrap(tensor)) });
  const versions = values.map((packed) => versionOf(packed?.value));
  const structure = native.replaceKept(kept, new Array(values.length).fill(null));
  return {
    get: (allow_mutation) => {
      if (!allow_mutation && values.some((packed, i) => versionOf(packed?.value) !== versions[i])) {
        throw new RuntimeError(MUTATED);
      }
      return native.replaceKept(
        structure,
        values.map((packed) => packed && handleOf(unpack_hook(packed.value))),
      );
    },
  };
}

function entryOf(kept: Kept, respects: boolean | null): Entry {
  const hooks = currentUserHooks();
  if (hooks && respects === null) warn(BYPASSED, "FutureWarning");
  return hooks && respects ? packed(kept, hooks) : asTheyAre(kept);
}

/** Asks the policy of each operator in the first call. */
function caching(policy_fn: PolicyFn, storage: Storage, respects: () => boolean | null): DispatchMode {
  return {
    before: ({ func }) => (SAC_IGNORED_OPS.has(func) ? null : true),
    after: ({ func, args }, op_output, kept) => {
      const context = new SelectiveCheckpointContext({ is_recompute: false, op_output });
      const entries = storage.get(func) ?? [];
      storage.set(func, entries);
      const saved = isSaved(policy_fn(context, func, ...args));
      entries.push(saved ? entryOf(kept, respects()) : "recompute");
    },
  };
}

/** Gives the results that were kept in the second call. */
function cached(storage: Storage, allow_cache_entry_mutation: boolean): DispatchMode {
  const counts = new Map<OpOverload, number>();
  return {
    before: ({ func }) => {
      if (SAC_IGNORED_OPS.has(func)) return null;
      const index = counts.get(func) ?? 0;
      counts.set(func, index + 1);
      const entries = storage.get(func);
      if (!entries) throw new RuntimeError(`${func} encountered during backward but not found in storage. ${mismatch}`);
      const entry = entries[index];
      if (entry === undefined) {
        throw new RuntimeError(
          `${func} invocation index ${index} encountered during backward but not found in storage. ${mismatch}`,
        );
      }
      if (entry === "consumed") {
        throw new RuntimeError(
          "Trying to backward an extra time. You are only allowed to backward once on any region computed under selective activation checkpoint.",
        );
      }
      if (entry === "recompute") return null;
      entries[index] = "consumed";
      return entry.get(allow_cache_entry_mutation);
    },
  };
}

function policyOf(given: PolicyFn | readonly OpOverload[]): PolicyFn {
  if (typeof given === "function") return given;
  if (!Array.isArray(given)) throw new TypeError("policy_fn_or_list must be either a function or a list of ops.");
  for (const op of given) {
    if (typeof op === "function" && "_schema" in op) continue;
    const isPacket = typeof op === "function" && "_qualified_op_name" in op;
    const hint = isPacket
      ? "Please update the OpOverloadPacket to a specific OpOverload.For example, if you have `torch.ops.aten.mm`, change it to `torch.ops.aten.mm.default`."
      : "";
    const type = isPacket ? "torch._ops.OpOverloadPacket" : typeName(op);
    throw new ValueError(
      `Expected op in \`op_list\` to be an OpOverload but got: ${isPacket ? op : str(op)} of type <class '${type}'>. ${hint}`,
    );
  }
  return (_, op) => (given.includes(op) ? CheckpointPolicy.MUST_SAVE : CheckpointPolicy.PREFER_RECOMPUTE);
}

/**
 * The two modes for the `context_fn` of checkpoint(): operators for which the policy says so, or that are in the list, are
 * not run again, but give what they gave.
 *
 * The policy is called with a SelectiveCheckpointContext, the operator (`torch.ops.aten.mm.default`) and its arguments. A
 * result that is kept must not be changed in place, unless `allow_cache_entry_mutation` is set.
 *
 * {@link https://docs.pytorch.org/docs/2.15/checkpoint.html#torch.utils.checkpoint.create_selective_checkpoint_contexts}
 */
export const create_selective_checkpoint_contexts = def(
  "create_selective_checkpoint_contexts",
  ["policy_fn_or_list", "allow_cache_entry_mutation"],
  (
    policy_fn_or_list: PolicyFn | readonly OpOverload[],
    allow_cache_entry_mutation = false,
  ): [forward: Context, recompute: Context] => {
    const policy_fn = policyOf(policy_fn_or_list);
    const storage: Storage = new Map();
    const context =
      (name: string, mode: () => DispatchMode): Context =>
      (body) =>
        withMode(name, enterDispatchMode(mode()), body) as ReturnType<typeof body>;
    const forward: SelectiveContext = Object.assign(
      context("_CachingTorchDispatchMode", () =>
        caching(policy_fn, storage, () => forward.respect_saved_tensors_hooks),
      ),
      { respect_saved_tensors_hooks: null },
    );
    return [forward, context("_CachedTorchDispatchMode", () => cached(storage, allow_cache_entry_mutation))];
  },
);
