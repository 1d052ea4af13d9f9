// AOTICompiledModel of torch/export/pt2_archive/_package.py: a model that AOTInductor compiled.

import { inspect } from "node:util";
import { type TreeSpec, treespec_loads } from "../../_export/serde/treespec.js";
import type { Tensor } from "../../_tensor.js";
import { run, takeSignal } from "../../aio/run.js";
import { takeKeywords } from "../../arguments/class.js";
import { native, type StateHandle } from "../../binding.js";
import { callableObject } from "../../callable.js";
import { deferral } from "../../deferral.js";
import { RuntimeError } from "../../errors.js";
import { typeName } from "../../python/objects.js";
import { repr } from "../../python/repr.js";
import { handleOf, TensorBase, wrap } from "../../tensor_base.js";
import { flattenInputs } from "../_tree_utils.js";

abstract class CallableObject {
  constructor() {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a class makes functions
    return callableObject(new.target.prototype as never) as CallableObject;
  }
}

/**
 * A model that AOTInductor compiled, as `torch._inductor.aoti_load_package()` gives it: call it as the module that was
 * compiled.
 */
class AOTICompiledModelObject extends CallableObject {
  readonly #handle: StateHandle;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #in_spec: TreeSpec;
  readonly #out_spec: TreeSpec;

  /** @internal */
  constructor(handle: StateHandle, metadata: Readonly<Record<string, string>>) {
    super();
    const [in_spec, out_spec] = native.aotiCallSpec(handle);
    this.#handle = handle;
    this.#metadata = metadata;
    this.#in_spec = treespec_loads(in_spec, null);
    this.#out_spec = treespec_loads(out_spec, null);
  }

  /**
   * Runs the model, without gradients. Keyword arguments are the last object.
   *
   * Throws ValueError for inputs of another structure, and RuntimeError for another dtype, shape, stride or device than the
   * model was compiled for.
   */
  __call__(...args: unknown[]): unknown {
    const leaves = flattenInputs(this.#in_spec, args);
    const inputs = leaves.filter((leaf) => leaf instanceof TensorBase).map((tensor) => handleOf(tensor));
    const outputs =
      deferral === null
        ? native.aotiRun(this.#handle, inputs)
        : (deferral.take(() => native.submitAotiRun(this.#handle, inputs)) as ReturnType<typeof native.aotiRun>);
    return this.#out_spec.unflatten(outputs.map((output) => output && wrap(output)));
  }

  /**
   * Runs the model on the compute thread of `torch.aio`, while the event loop turns.
   *
   * The keyword `signal` takes an AbortSignal, which ends a call that has not begun.
   */
  forward_async(...args: unknown[]): Promise<unknown> {
    const signal = takeSignal(args);
    return run(() => this.__call__(...args), true, signal, this.forward_async);
  }

  /** What the package says of itself: the device and the machine that it was compiled for, and what its maker added. */
  get_metadata(): Record<string, string> {
    return { ...this.#metadata };
  }

  /** The names of the parameters, buffers and other constants, as they were in the module. */
  get_constant_fqns(): string[] {
    return native.aotiConstantFqns(this.#handle);
  }

  /**
   * Gives constants of the model new values: tensors of the same dtype and shape by their names.
   *
   * With `check_full_update` none may be missing. With `user_managed` the model computes with these tensors themselves, which must
   * lie in memory as its own do; otherwise they are copied. `allow_h2d_copy` takes tensors on the CPU for a model on another device.
   *
   * Throws RuntimeError for an unknown name, and ValueError for another dtype, shape, stride or device.
   */
  load_constants(
    constants_map: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>,
    check_full_update: boolean,
    user_managed = false,
    allow_h2d_copy = false,
  ): void {
    if (typeof check_full_update !== "boolean") {
      throw new TypeError(
        "AOTICompiledModel.load_constants() missing 1 required keyword-only argument: 'check_full_update'",
      );
    }
    const entries = constants_map instanceof Map ? [...constants_map] : Object.entries(constants_map);
    for (const [name, tensor] of entries) {
      if (!(tensor instanceof TensorBase)) {
        throw new TypeError(`load_constants(): the constant ${name} must be a Tensor, not ${typeName(tensor)}`);
      }
    }
    try {
      native.aotiLoadConstants(
        this.#handle,
        entries.map(([name]) => name),
        entries.map(([, tensor]) => handleOf(tensor)),
        check_full_update,
        user_managed,
        allow_h2d_copy,
      );
    } catch (error) {
      const given = new Set(entries.map(([name]) => name));
      const missing = this.get_constant_fqns().filter((name) => !given.has(name));
      const isPartial = check_full_update && missing.length > 0 && /API call failed/.test(String(error));
      if (!isPartial) throw error;
      throw new RuntimeError(`load_constants(): the full update misses the constants ${repr(missing)}`, {
        cause: error,
      });
    }
  }

  __repr__(): string {
    return "<torch.export.pt2_archive._package.AOTICompiledModel object>";
  }

  override toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}
Object.defineProperty(AOTICompiledModelObject, "name", { value: "AOTICompiledModel" });
takeKeywords(
  "AOTICompiledModel",
  AOTICompiledModelObject.prototype,
  { load_constants: ["constants_map", "*", "check_full_update", "user_managed", "allow_h2d_copy"] },
  { dict: 0 },
);

// biome-ignore-start lint/suspicious/noExplicitAny: what the model takes and gives is known when it runs

/** {@inheritDoc AOTICompiledModelObject} */
export interface AOTICompiledModel
  extends Omit<AOTICompiledModelObject, "__call__" | "forward_async" | "load_constants"> {
  (...args: any[]): any;
  __call__(...args: any[]): any;
  forward_async(...args: any[]): Promise<any>;
  /** {@inheritDoc AOTICompiledModelObject.load_constants} */
  load_constants(
    constants_map: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>,
    options: { check_full_update: boolean; user_managed?: boolean; allow_h2d_copy?: boolean },
  ): void;
}
export const AOTICompiledModel = AOTICompiledModelObject as unknown as new (
  handle: StateHandle,
  metadata: Readonly<Record<string, string>>,
) => AOTICompiledModel;

// biome-ignore-end lint/suspicious/noExplicitAny: see above
