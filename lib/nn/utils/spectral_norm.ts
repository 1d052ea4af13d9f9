// torch/nn/utils/spectral_norm.py

import type { Tensor } from "../../_tensor.js";
import { keywordClass } from "../../arguments/class.js";
import { def, generic } from "../../arguments/function.js";
import { no_grad } from "../../autograd/grad_mode.js";
import { RuntimeError, ValueError } from "../../errors.js";
import * as linalg from "../../generated/linalg.js";
import * as torch from "../../generated/torch.js";
import { contiguous_format } from "../../layout.js";
import * as F from "../functional.js";
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from "../modules/conv.js";
import { asHook, HookObject, hookObjects, removeHookObject } from "../modules/module/hook_objects.js";
import { deleteField, getField, hooksOf, members, setField } from "../modules/module/state.js";
import type { LocalMetadata, StateDict } from "../modules/module/state_dicts.js";
import type { Module } from "../modules/module.js";
import { Parameter, UninitializedParameter } from "../parameter.js";

/** What a state dict says of a module whose weights are normalized so. */
type Metadata = LocalMetadata & { spectral_norm?: Record<string, number> };

/** The dimension of a weight that counts its outputs. */
export function outputDim(module: Module): number {
  const transposed = [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d].some((type) => module instanceof type);
  return transposed ? 1 : 0;
}

class SpectralNormObject extends HookObject {
  readonly _version = 1;
  name: string;
  dim: number;
  n_power_iterations: number;
  eps: number;

  constructor(name = "weight", n_power_iterations = 1, dim = 0, eps = 1e-12) {
    super();
    this.name = name;
    this.dim = dim;
    if (n_power_iterations <= 0) {
      throw new ValueError(
        `Expected n_power_iterations to be positive, but got n_power_iterations=${n_power_iterations}`,
      );
    }
    this.n_power_iterations = n_power_iterations;
    this.eps = eps;
  }

  reshape_weight_to_matrix(weight: Tensor): Tensor {
    let weight_mat = weight;
    if (this.dim !== 0) {
      const others = [...weight_mat.shape.keys()].filter((d) => d !== this.dim);
      weight_mat = weight_mat.permute(this.dim, ...others);
    }
    return weight_mat.reshape(weight_mat.size(0), -1);
  }

  compute_weight(module: Module, do_power_iteration: boolean): Tensor {
    const weight = getField(module, `${this.name}_orig`) as Tensor;
    let u = getField(module, `${this.name}_u`) as Tensor;
    let v = getField(module, `${this.name}_v`) as Tensor;
    const weight_mat = this.reshape_weight_to_matrix(weight);
    if (do_power_iteration) {
      no_grad(() => {
        for (let i = 0; i < this.n_power_iterations; i++) {
          // In place: the buffers are to change.
          v = F.normalize(torch.mv(weight_mat.t(), u), { dim: 0, eps: this.eps, out: v });
          u = F.normalize(torch.mv(weight_mat, v), { dim: 0, eps: this.eps, out: u });
        }
        // The next call must not change what backward needs of this one.
        u = u.clone({ memory_format: contiguous_format });
        v = v.clone({ memory_format: contiguous_format });
      });
    }
    const sigma = torch.dot(u, torch.mv(weight_mat, v));
    return weight.div(sigma);
  }

  remove(module: Module): void {
    const weight = no_grad(() => this.compute_weight(module, false));
    for (const suffix of ["", "_u", "_v", "_orig"]) deleteField(module, this.name + suffix);
    module.register_parameter(this.name, new Parameter(weight.detach()));
  }

  override __call__(module: Module): void {
    setField(module, this.name, this.compute_weight(module, module.training));
  }

  /** @internal The right singular vector for a given left one. */
  _solve_v_and_rescale(weight_mat: Tensor, u: Tensor, target_sigma: Tensor): Tensor {
    const inverse = weight_mat.t().mm(weight_mat).pinverse();
    const v = linalg.multi_dot([inverse, weight_mat.t(), u.unsqueeze(1)]).squeeze(1);
    return v.mul_(target_sigma.div(torch.dot(u, torch.mv(weight_mat, v))));
  }

  static override apply(
    module: Module,
    name: string,
    n_power_iterations: number,
    dim: number,
    eps: number,
  ): SpectralNorm {
    if (hookObjects(module, SpectralNormObject).some(([_id, hook]) => hook.name === name)) {
      throw new RuntimeError(`Cannot register two spectral_norm hooks on the same parameter ${name}`);
    }
    const fn = new SpectralNormObject(name, n_power_iterations, dim, eps);
    const weight = new Map(members(module, "parameter")).get(name);
    if (!weight) throw new ValueError(`\`SpectralNorm\` cannot be applied as parameter \`${name}\` is None`);
    if (weight instanceof UninitializedParameter) {
      throw new ValueError(
        "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run the dummy forward before applying spectral normalization",
      );
    }
    const [u, v] = no_grad(() => {
      const [h, w] = fn.reshape_weight_to_matrix(weight).size();
      return [h, w].map((size) => F.normalize(weight.new_empty([size]).normal_(0, 1), { dim: 0, eps: fn.eps }));
    });
    deleteField(module, name);
    module.register_parameter(`${name}_orig`, weight);
    // A plain tensor, so that the field is there, but no parameter.
    setField(module, name, weight.data);
    module.register_buffer(`${name}_u`, u);
    module.register_buffer(`${name}_v`, v);
    module.register_forward_pre_hook(asHook(fn));
    module._register_state_dict_hook(asHook(new StateDictHookObject(fn)));
    module._register_load_state_dict_pre_hook(asHook(new LoadStateDictPreHookObject(fn)));
    return fn;
  }
}

/** The hook that divides a weight by its largest singular value before every call. */
export interface SpectralNorm extends SpectralNormObject {}
export const SpectralNorm = keywordClass<SpectralNorm>("SpectralNorm")(SpectralNormObject, [
  "name",
  "n_power_iterations",
  "dim",
  "eps",
]);

class LoadStateDictPreHookObject extends HookObject {
  fn: SpectralNorm;

  constructor(fn: SpectralNorm) {
    super();
    this.fn = fn;
  }

  override __call__(
    state_dict: StateDict,
    prefix: string,
    local_metadata: Metadata,
    strict: boolean,
    missing_keys: string[],
  ): void {
    const { fn } = this;
    const version = local_metadata.spectral_norm?.[`${fn.name}.version`] ?? null;
    if (version !== null && version >= 1) return;
    const weight_key = prefix + fn.name;
    const has = (suffix: string) => Object.hasOwn(state_dict, weight_key + suffix);
    if (version === null && ["_orig", "_u", "_v"].every(has) && !has("")) return;
    const missing = ["_orig", "", "_u"].filter((suffix) => !has(suffix));
    if (strict) missing_keys.push(...missing.map((suffix) => weight_key + suffix));
    if (missing.length > 0) return;
    no_grad(() => {
      const weight_orig: Tensor = state_dict[`${weight_key}_orig`];
      const weight: Tensor = state_dict[weight_key];
      delete state_dict[weight_key];
      const sigma = weight_orig.div(weight).mean();
      const weight_mat = fn.reshape_weight_to_matrix(weight_orig);
      state_dict[`${weight_key}_v`] = fn._solve_v_and_rescale(weight_mat, state_dict[`${weight_key}_u`], sigma);
    });
  }
}

/** The hook that brings state dicts of older versions up to date, which had no right singular vector. */
export interface SpectralNormLoadStateDictPreHook extends LoadStateDictPreHookObject {}
export const SpectralNormLoadStateDictPreHook = keywordClass<SpectralNormLoadStateDictPreHook>(
  "SpectralNormLoadStateDictPreHook",
)(LoadStateDictPreHookObject, ["fn"]);

class StateDictHookObject extends HookObject {
  fn: SpectralNorm;

  constructor(fn: SpectralNorm) {
    super();
    this.fn = fn;
  }

  override __call__(_module: Module, _state_dict: StateDict, _prefix: string, local_metadata: Metadata): void {
    local_metadata.spectral_norm ??= {};
    const key = `${this.fn.name}.version`;
    if (Object.hasOwn(local_metadata.spectral_norm, key)) {
      throw new RuntimeError(`Unexpected key in metadata['spectral_norm']: ${key}`);
    }
    local_metadata.spectral_norm[key] = this.fn._version;
  }
}

/** The hook that notes the version in the state dict. */
export interface SpectralNormStateDictHook extends StateDictHookObject {}
export const SpectralNormStateDictHook = keywordClass<SpectralNormStateDictHook>("SpectralNormStateDictHook")(
  StateDictHookObject,
  ["fn"],
);

/**
 * Divides a parameter by its largest singular value, which power iteration finds, before every call of the module.
 *
 * `spectral_norm(module, name='weight', n_power_iterations=1, eps=1e-12, dim=None) -> T_module`
 *
 * `dim` is the dimension of the outputs: 0, or 1 for transposed convolutions, if it is null. The newer one is
 * parametrizations.spectral_norm.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.spectral_norm.html}
 */
export const spectral_norm = def(
  "spectral_norm",
  ["module", "name", "n_power_iterations", "eps", "dim"],
  (module: Module, name = "weight", n_power_iterations = 1, eps = 1e-12, dim: number | null = null): Module => {
    SpectralNorm.apply(module, name, n_power_iterations, dim ?? outputDim(module), eps);
    return module;
  },
) as <M extends Module>(
  module: M,
  name?: string | SpectralNormKeywords,
  n_power_iterations?: number | Omit<SpectralNormKeywords, "name">,
  eps?: number,
  dim?: number | null,
) => M;

/** What `spectral_norm()` takes by keyword. */
export interface SpectralNormKeywords {
  name?: string;
  n_power_iterations?: number;
  eps?: number;
  dim?: number | null;
}

/**
 * Takes back what `spectral_norm()` did.
 *
 * `remove_spectral_norm(module, name='weight') -> T_module`
 *
 * Throws ValueError if it did nothing.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.remove_spectral_norm.html}
 */
export const remove_spectral_norm = generic(
  "remove_spectral_norm",
  ["module", "name"],
  <M extends Module>(module: M, name = "weight"): M => {
    const found = hookObjects(module, SpectralNormObject).find(([_id, hook]) => hook.name === name);
    if (!found) throw new ValueError(`spectral_norm of '${name}' not found in ${module}`);
    const [id, fn] = found;
    fn.remove(module);
    removeHookObject(module, id);
    removeOf(hooksOf(module).state_dict, StateDictHookObject, name);
    removeOf(hooksOf(module).load_state_dict_pre, LoadStateDictPreHookObject, name);
    return module;
  },
);

type OfSpectralNorm = HookObject & { fn: SpectralNorm };

/** Takes away the first hook of a class that is for the parameter of this name. */
function removeOf(
  hooks: Map<number, { readonly hook: unknown }>,
  type: abstract new (...args: never[]) => OfSpectralNorm,
  name: string,
): void {
  const found = [...hooks].find(([_id, { hook }]) => hook instanceof type && hook.fn.name === name);
  if (found) hooks.delete(found[0]);
}
