// How linear_cross_entropy() goes through its input: torch/nn/modules/linear_cross_entropy_options.py

import { inspect } from "node:util";
import type { Arguments } from "../../arguments/function.js";
import { bindArguments } from "../../arguments/function.js";
import { native } from "../../binding.js";
import { callable } from "../../callable.js";
import type { device } from "../../device.js";
import { bfloat16, type dtype, float16, float32, float64 } from "../../dtype.js";
import { ValueError } from "../../errors.js";
import { repr } from "../../python/repr.js";

type AccPolicy = "auto" | "accurate" | "compact";

const fields = ["allow_retain_graph", "batch_chunk_size", "chunking_method", "acc_policy", "acc_dtype"] as const;
const acc_dtypes: readonly (dtype | null)[] = [null, float16, bfloat16, float32, float64];

const is_narrow = (type: dtype) => type === float16 || type === bfloat16;

/** On the CPU matrix products of narrow dtypes are emulated, and slow: there, weight gradients are kept in float32. */
function _auto_acc_policy(device: device, type: dtype): "accurate" | "compact" {
  return device.type === "cpu" && is_narrow(type) ? "accurate" : "compact";
}

function _resolve_auto_acc_dtype(type: dtype, device: device): dtype | null {
  if (!is_narrow(type)) return null;
  if (device.type === "cpu") return float32;
  if (device.type !== "cuda") return null;
  const [major] = native.deviceCapability(device.index ?? native.currentDevice());
  return major >= (type === bfloat16 ? 8 : 7) ? float32 : null;
}

/** What _adjust() makes of the options for one call: nothing is left to choose. */
export interface AdjustedOptions {
  readonly allow_retain_graph: boolean;
  readonly batch_chunk_size: number;
  readonly acc_policy: "accurate" | "compact";
  readonly acc_dtype: dtype;
}

function check(options: LinearCrossEntropyOptionsClass): void {
  const { acc_policy, chunking_method, batch_chunk_size, acc_dtype } = options;
  if (!["auto", "accurate", "compact"].includes(acc_policy)) {
    throw new ValueError(`invalid acc_policy: ${repr(acc_policy)}; expected one of 'auto', 'accurate', 'compact'`);
  }
  if (chunking_method !== null && !/^(auto|aspect_ratio(:0*[1-9]\d*)?)$/.test(chunking_method)) {
    throw new ValueError(`invalid chunking_method: ${repr(chunking_method)}`);
  }
  if (batch_chunk_size !== null && !(Number.isInteger(batch_chunk_size) && batch_chunk_size > 0)) {
    throw new ValueError(`batch_chunk_size must be positive int or None, got ${repr(batch_chunk_size)}`);
  }
  if (!acc_dtypes.includes(acc_dtype)) {
    throw new ValueError(
      `acc_dtype must be one of {None, torch.float16, torch.bfloat16, torch.float32, torch.float64}, got ${repr(acc_dtype)}. Pass acc_dtype=None to let the op pick automatically.`,
    );
  }
}

/** The class behind LinearCrossEntropyOptions, which can be called without `new` too. */
export class LinearCrossEntropyOptionsClass {
  /** Whether backward() can be called again on the same graph; otherwise it consumes the gradients and saves their memory. */
  readonly allow_retain_graph: boolean;
  /** The rows of a chunk, or null for what `chunking_method` chooses. */
  readonly batch_chunk_size: number | null;
  /** "aspect_ratio" makes a chunk's logits as large as the input, "aspect_ratio:N" N times smaller; null is one chunk. */
  readonly chunking_method: string | null;
  /** Whether weight gradients are added up in `acc_dtype` ("accurate") or in the input's dtype ("compact"). */
  readonly acc_policy: AccPolicy;
  /** The dtype to calculate in; null chooses float32 for narrow inputs where that is fast. */
  readonly acc_dtype: dtype | null;

  constructor(
    ...args: Arguments<
      typeof fields,
      [
        allow_retain_graph?: boolean,
        batch_chunk_size?: number | null,
        chunking_method?: string | null,
        acc_policy?: AccPolicy,
        acc_dtype?: dtype | null,
      ]
    >
  ) {
    const given = bindArguments("LinearCrossEntropyOptions.__init__", fields, 0, args);
    const [allow_retain_graph, batch_chunk_size, chunking_method, acc_policy, acc_dtype] = given;
    this.allow_retain_graph = (allow_retain_graph ?? false) as boolean;
    this.batch_chunk_size = (batch_chunk_size ?? null) as number | null;
    this.chunking_method = (chunking_method === undefined ? "auto" : chunking_method) as string | null;
    this.acc_policy = (acc_policy ?? "auto") as AccPolicy;
    this.acc_dtype = (acc_dtype ?? null) as dtype | null;
    check(this);
    Object.freeze(this);
  }

  /** The rows of a chunk that the method chooses for these sizes. */
  _compute_batch_chunk_size(num_batches: number, in_features: number, num_classes: number, method: string): number {
    const factor = Number(method.split(":")[1] ?? 1);
    const inc_factor = Math.ceil(num_classes / in_features);
    const target = Math.ceil(num_batches / inc_factor);
    const chunk_size = 2 ** Math.ceil(Math.log2(Math.max(target, 1)));
    return Math.min(Math.floor(chunk_size / factor), num_batches);
  }

  /** @internal The options for one call. Throws ValueError if a given size and a given method do not agree. */
  _adjust(
    num_batches: number,
    in_features: number,
    num_classes: number,
    dtype: dtype,
    device: device,
    prob_target: boolean,
  ): AdjustedOptions {
    const was_auto = this.chunking_method === "auto";
    const given = this.batch_chunk_size;
    const method = was_auto ? (given === null ? "aspect_ratio" : null) : this.chunking_method;
    const acc_policy = this.acc_policy === "auto" ? _auto_acc_policy(device, dtype) : this.acc_policy;

    let batch_chunk_size = Math.min(given ?? num_batches, num_batches);
    if (method !== null) {
      batch_chunk_size = this._compute_batch_chunk_size(num_batches, in_features, num_classes, method);
      if (was_auto && acc_policy === "compact") {
        // With more features than classes one chunk could take more memory than no chunks at all.
        const b_ref = prob_target ? num_batches / 2 : (num_batches * num_classes) / (4 * in_features);
        batch_chunk_size = Math.min(batch_chunk_size, b_ref >= 1 ? 2 ** Math.floor(Math.log2(Math.floor(b_ref))) : 1);
      }
      if (given !== null && given !== batch_chunk_size) {
        throw new ValueError(
          `batch_chunk_size (=${given}) and chunking_method ('${method}') give different chunk sizes (${given} vs ${batch_chunk_size}); pass only one.`,
        );
      }
    }
    const auto_acc = this.acc_policy === "auto" ? _resolve_auto_acc_dtype(dtype, device) : null;
    return {
      allow_retain_graph: this.allow_retain_graph,
      batch_chunk_size: Math.max(1, batch_chunk_size),
      acc_policy,
      acc_dtype: this.acc_dtype ?? auto_acc ?? dtype,
    };
  }

  __repr__(): string {
    return `LinearCrossEntropyOptions(${fields.map((field) => `${field}=${repr(this[field])}`).join(", ")})`;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

Object.defineProperty(LinearCrossEntropyOptionsClass, "name", { value: "LinearCrossEntropyOptions" });

/**
 * Asks linear_cross_entropy() to go through the batch in chunks, so that the logits of all of it never exist at once.
 *
 * That pays where there are many more classes than features. Throws ValueError for values that cannot be.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LinearCrossEntropyOptions.html}
 */
export const LinearCrossEntropyOptions = callable(LinearCrossEntropyOptionsClass);
export type LinearCrossEntropyOptions = LinearCrossEntropyOptionsClass;
