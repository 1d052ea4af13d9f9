// torch/nn/utils/weight_norm.py

import type { Tensor } from "../../_tensor.js";
import { keywordClass } from "../../arguments/class.js";
import { def, generic } from "../../arguments/function.js";
import { AttributeError, RuntimeError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { typeName } from "../../python/objects.js";
import { asHook, HookObject, hookObjects, removeHookObject } from "../modules/module/hook_objects.js";
import { deleteField, getField, setField } from "../modules/module/state.js";
import type { Module } from "../modules/module.js";
import { Parameter, UninitializedParameter } from "../parameter.js";

class WeightNormObject extends HookObject {
  name: string;
  dim: number;

  constructor(name: string, dim: number | null) {
    super();
    this.name = name;
    this.dim = dim ?? -1;
  }

  compute_weight(module: Module): Tensor {
    const g = getField(module, `${this.name}_g`) as Tensor;
    const v = getField(module, `${this.name}_v`) as Tensor;
    return torch._weight_norm(v, g, this.dim);
  }

  static override apply(module: Module, name: string, dim: number | null): WeightNorm {
    process.emitWarning(
      "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
      "FutureWarning",
    );
    if (hookObjects(module, WeightNormObject).some(([_id, hook]) => hook.name === name)) {
      throw new RuntimeError(`Cannot register two weight_norm hooks on the same parameter ${name}`);
    }
    const fn = new WeightNormObject(name, dim);
    const weight = getField(module, name) as Tensor | undefined;
    if (weight === undefined) {
      throw new AttributeError(`'${typeName(module)}' object has no attribute '${name}'`);
    }
    if (weight instanceof UninitializedParameter) {
      throw new ValueError(
        "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to run the dummy forward before applying weight normalization",
      );
    }
    deleteField(module, name);
    module.register_parameter(`${name}_g`, new Parameter(torch.norm_except_dim(weight, 2, fn.dim).data));
    module.register_parameter(`${name}_v`, new Parameter(weight.data));
    setField(module, name, fn.compute_weight(module));
    module.register_forward_pre_hook(asHook(fn));
    return fn;
  }

  remove(module: Module): void {
    const weight = this.compute_weight(module);
    deleteField(module, this.name);
    deleteField(module, `${this.name}_g`);
    deleteField(module, `${this.name}_v`);
    setField(module, this.name, new Parameter(weight.data));
  }

  override __call__(module: Module): void {
    setField(module, this.name, this.compute_weight(module));
  }
}

/** The hook that computes a weight from its length and its direction before every call. */
export interface WeightNorm extends WeightNormObject {}
export const WeightNorm = keywordClass<WeightNorm>("WeightNorm")(WeightNormObject, ["name", "dim"]);

/**
 * Deprecated: replaces a parameter `w` by its length `w_g` and its direction `w_v`; see parametrizations.weight_norm.
 *
 * `weight_norm(module, name='weight', dim=0) -> T_module`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.weight_norm.html}
 */
export const weight_norm = def(
  "weight_norm",
  ["module", "name", "dim"],
  (module: Module, name = "weight", dim: number | null = 0): Module => {
    WeightNorm.apply(module, name, dim);
    return module;
  },
) as <M extends Module>(
  module: M,
  name?: string | { name?: string; dim?: number | null },
  dim?: number | null | { dim?: number | null },
) => M;

/**
 * Takes back what `weight_norm()` did.
 *
 * `remove_weight_norm(module, name='weight') -> T_module`
 *
 * Throws ValueError if it did nothing.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.remove_weight_norm.html}
 */
export const remove_weight_norm = generic(
  "remove_weight_norm",
  ["module", "name"],
  <M extends Module>(module: M, name = "weight"): M => {
    for (const [id, hook] of hookObjects(module, WeightNormObject)) {
      if (hook.name !== name) continue;
      hook.remove(module);
      removeHookObject(module, id);
      return module;
    }
    throw new ValueError(`weight_norm of '${name}' not found in ${module}`);
  },
);
