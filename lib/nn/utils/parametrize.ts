// torch/nn/utils/parametrize.py

import { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { def, generic } from "../../arguments/function.js";
import { type Mode, mode } from "../../arguments/mode.js";
import { no_grad } from "../../autograd/grad_mode.js";
import { NotImplementedError, RuntimeError, ValueError } from "../../errors.js";
import { typeName } from "../../python/objects.js";
import { ModuleDict, ModuleList } from "../modules/container.js";
import { deleteField, getField, hasattr, members, setField } from "../modules/module/state.js";
import type { Module } from "../modules/module.js";
import { Parameter } from "../parameter.js";
import { sameModule } from "./_same_module.js";

/** A module that computes a tensor; with `right_inverse()` it can be given the result instead. */
export interface Parametrization extends Module {
  right_inverse?(value: Tensor): Tensor | readonly Tensor[];
}

let cacheEnabled = 0;
let cache = new Map<object, Map<string, Tensor>>();

/**
 * Computes each parametrized tensor once, for as long as a function runs or, without one, until it is disposed.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.parametrize.cached.html}
 */
export const cached: Mode = mode("nn.utils.parametrize.cached", [], () => () => {
  cacheEnabled += 1;
  return () => {
    cacheEnabled -= 1;
    if (cacheEnabled === 0) cache = new Map();
  };
});

function _register_parameter_or_buffer(module: Module, name: string, X: Tensor): void {
  if (X instanceof Parameter) module.register_parameter(name, X);
  else module.register_buffer(name, X);
}

/** What `right_inverse()` of the parametrizations, from the last to the first, makes of a value. */
function invert(modules: Iterable<Parametrization>, value: Tensor, isRequired: boolean): Tensor | readonly Tensor[] {
  let inverted: Tensor | readonly Tensor[] = value;
  for (const module of [...modules].reverse()) {
    if (typeof module.right_inverse === "function") {
      try {
        inverted = module.right_inverse(inverted as Tensor);
      } catch (error) {
        if (isRequired || !(error instanceof NotImplementedError)) throw error;
      }
    } else if (isRequired) {
      throw new RuntimeError(`parametrization ${module.constructor.name} does not implement right_inverse.`);
    }
  }
  return inverted;
}

/**
 * The parametrizations of one tensor: called, it computes the tensor from `original`, or `original0`, `original1`, ...
 *
 * Throws ValueError for parametrizations that change the tensor's dtype or shape, unless `unsafe` is set.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.parametrize.ParametrizationList.html}
 */
export class ParametrizationList extends ModuleList<Parametrization> {
  declare original: Tensor;
  unsafe: boolean;
  is_tensor: boolean;
  ntensors: number;

  constructor(modules: readonly Parametrization[], original: Tensor, unsafe = false) {
    if (modules.length === 0) throw new ValueError("ParametrizationList requires one or more modules.");
    super(modules);
    this.unsafe = unsafe;
    const original_shape = String(original.shape);
    const original_dtype = original.dtype;
    const inverted = no_grad(() => invert(this, original, false));
    if (!(inverted instanceof Tensor) && !Array.isArray(inverted)) {
      throw new ValueError(
        `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got ${typeName(inverted)}`,
      );
    }
    this.is_tensor = inverted instanceof Tensor;
    this.ntensors = inverted instanceof Tensor ? 1 : inverted.length;
    if (inverted instanceof Tensor) keepOriginal(this, original, inverted);
    else keepOriginals(this, original, inverted);
    if (this.unsafe) return;
    const Z = this.forward();
    if (!(Z instanceof Tensor)) throw new ValueError(`A parametrization must return a tensor. Got ${typeName(Z)}.`);
    if (Z.dtype !== original_dtype) {
      throw new ValueError(
        `Registering a parametrization may not change the dtype of the tensor, unless \`unsafe\` flag is enabled.\nunparametrized dtype: ${original_dtype}\nparametrized dtype: ${Z.dtype}`,
      );
    }
    if (String(Z.shape) !== original_shape) {
      throw new ValueError(
        `Registering a parametrization may not change the shape of the tensor, unless \`unsafe\` flag is enabled.\nunparametrized shape: ${original_shape}\nparametrized shape: ${Z.shape}`,
      );
    }
  }

  /** Sets the originals so that the parametrizations compute a value; throws if one of them has no `right_inverse()`. */
  right_inverse(value: Tensor): void {
    no_grad(() => {
      const inverted = invert(this, value, true);
      if (this.is_tensor) {
        if (!(inverted instanceof Tensor)) {
          throw new ValueError(`\`right_inverse\` should return a tensor. Got ${typeName(inverted)}`);
        }
        if (inverted.dtype !== this.original.dtype) {
          throw new ValueError(
            `The tensor returned by \`right_inverse\` has dtype ${inverted.dtype} while \`original\` has dtype ${this.original.dtype}`,
          );
        }
        this.original.set_(inverted);
      } else {
        setOriginals(this, inverted);
      }
    });
  }

  override forward(): Tensor {
    const originals = this.is_tensor
      ? [this.original]
      : Array.from({ length: this.ntensors }, (_, i) => getField(this, `original${i}`));
    const [first, ...others] = this as Iterable<Module>;
    let x: Tensor = first(...originals);
    for (const module of others) x = module(x);
    return x;
  }
}

takeKeywords("ParametrizationList", ParametrizationList.prototype, { forward: [] });

takeKeywords("ParametrizationList", ParametrizationList.prototype, { right_inverse: ["value"] });

/** Keeps the tensor itself as the original, with the elements that the parametrization is to be given. */
function keepOriginal(list: ParametrizationList, original: Tensor, inverted: Tensor): void {
  if (original.dtype !== inverted.dtype) {
    throw new ValueError(
      `When \`right_inverse\` outputs one tensor, it may not change the dtype.\noriginal.dtype: ${original.dtype}\nright_inverse(original).dtype: ${inverted.dtype}`,
    );
  }
  if (!original.device.equals(inverted.device)) {
    throw new ValueError(
      `When \`right_inverse\` outputs one tensor, it may not change the device.\noriginal.device: ${original.device}\nright_inverse(original).device: ${inverted.device}`,
    );
  }
  no_grad(() => original.set_(inverted));
  _register_parameter_or_buffer(list, "original", original);
}

/** Keeps several tensors as the originals, trained if the tensor itself was. */
function keepOriginals(list: ParametrizationList, original: Tensor, inverted: readonly Tensor[]): void {
  for (const [i, given] of inverted.entries()) {
    if (!(given instanceof Tensor)) {
      throw new ValueError(
        `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got element ${i} of the sequence with type ${typeName(given)}.`,
      );
    }
    const kept = original instanceof Parameter ? new Parameter(given, original.requires_grad) : given;
    kept.requires_grad_(original.requires_grad);
    _register_parameter_or_buffer(list, `original${i}`, kept);
  }
}

function setOriginals(list: ParametrizationList, inverted: unknown): void {
  if (!Array.isArray(inverted)) {
    throw new ValueError(`'right_inverse' must return a sequence of tensors. Got ${typeName(inverted)}.`);
  }
  if (inverted.length !== list.ntensors) {
    throw new ValueError(
      `'right_inverse' must return a sequence of tensors of length ${list.ntensors}. Got a sequence of length ${inverted.length}.`,
    );
  }
  for (const [i, tensor] of inverted.entries()) {
    const original_i = getField(list, `original${i}`) as Tensor;
    if (!(tensor instanceof Tensor)) {
      throw new ValueError(
        `'right_inverse' must return a sequence of tensors or reference-type opaques. Got element ${i} of type ${typeName(tensor)}.`,
      );
    }
    if (original_i.dtype !== tensor.dtype) {
      throw new ValueError(
        `Tensor ${i} returned by \`right_inverse\` has dtype ${tensor.dtype} while \`original${i}\` has dtype ${original_i.dtype}`,
      );
    }
    original_i.set_(tensor);
  }
}

/** The parametrizations of a module, by the names of its tensors. */
const parametrizationsOf = (module: Module) =>
  getField(module, "parametrizations") as ModuleDict & Record<string, ParametrizationList>;

/** Changes the class of a module to one of its own, which has the properties of its parametrized tensors. */
function _inject_new_class(module: Module): void {
  const type = module.constructor as new () => Module;
  const parametrized = class extends type {};
  Object.defineProperty(parametrized, "name", { value: `Parametrized${type.name}` });
  Object.setPrototypeOf(module, parametrized.prototype);
}

/** Makes a property that computes a tensor when it is read, and sets the originals when it is written. */
function _inject_property(module: Module, tensor_name: string): void {
  Object.defineProperty(Object.getPrototypeOf(module), tensor_name, {
    get(this: Module): Tensor {
      const parametrization = parametrizationsOf(this)[tensor_name];
      if (cacheEnabled === 0) return (parametrization as Module)();
      const known = cache.get(parametrization) ?? new Map<string, Tensor>();
      cache.set(parametrization, known);
      const tensor = known.get(tensor_name) ?? ((parametrization as Module)() as Tensor);
      known.set(tensor_name, tensor);
      return tensor;
    },
    set(this: Module, value: Tensor) {
      parametrizationsOf(this)[tensor_name].right_inverse(value);
    },
    configurable: true,
  });
}

/** Checks that another parametrization keeps a tensor's dtype and shape, and so does the way back. */
function checkAnother(module: Module, tensor_name: string, parametrization: Parametrization): void {
  const Y = getField(module, tensor_name) as Tensor;
  const X: unknown = parametrization(Y);
  if (!(X instanceof Tensor)) throw new ValueError(`A parametrization must return a tensor. Got ${typeName(X)}.`);
  if (X.dtype !== Y.dtype) {
    throw new ValueError(
      `Registering a parametrization may not change the dtype of the tensor, unless the \`unsafe\` flag is enabled.\nmodule.${tensor_name}.dtype: ${Y.dtype}\nparametrization(module.${tensor_name}).dtype: ${X.dtype}`,
    );
  }
  if (String(X.shape) !== String(Y.shape)) {
    throw new ValueError(
      `Registering a parametrization may not change the shape of the tensor, unless the \`unsafe\` flag is enabled.\nmodule.${tensor_name}.shape: ${Y.shape}\nparametrization(module.${tensor_name}).shape: ${X.shape}`,
    );
  }
  if (typeof parametrization.right_inverse !== "function") return;
  let Z: unknown;
  try {
    Z = parametrization.right_inverse(X);
  } catch (error) {
    if (error instanceof NotImplementedError) return;
    throw error;
  }
  if (!(Z instanceof Tensor)) {
    throw new ValueError(`parametrization.right_inverse must return a tensor. Got: ${typeName(Z)}`);
  }
  if (Z.dtype !== Y.dtype) {
    throw new ValueError(
      `The tensor returned by parametrization.right_inverse must have the same dtype as module.${tensor_name}, unless the \`unsafe\` flag is enabled.\nmodule.${tensor_name}.dtype: ${Y.dtype}\nreturned dtype: ${Z.dtype}`,
    );
  }
  if (String(Z.shape) !== String(Y.shape)) {
    throw new ValueError(
      `The tensor returned by parametrization.right_inverse must have the same shape as module.${tensor_name}, unless the \`unsafe\` flag is enabled.\nmodule.${tensor_name}.shape: ${Y.shape}\nreturned shape: ${Z.shape}`,
    );
  }
}

/**
 * Computes a parameter or buffer of a module, whenever it is read, from the original by a module.
 *
 * The original is at `module.parametrizations[name].original`. A second parametrization is applied to what the first
 * gives. With a method `right_inverse()` of the parametrization the tensor can be assigned to.
 *
 * Throws ValueError for a name of no tensor and, unless `unsafe` is true, for parametrizations that change dtype or shape.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.parametrize.register_parametrization.html}
 */
export const register_parametrization = sameModule(
  "register_parametrization",
  ["module", "tensor_name", "parametrization", "*", "unsafe"],
  (module: Module, tensor_name: string, parametrization: Module, unsafe = false): Module => {
    parametrization.train(module.training);
    if (is_parametrized(module, tensor_name)) {
      if (!unsafe) checkAnother(module, tensor_name, parametrization as Parametrization);
      const list = parametrizationsOf(module)[tensor_name];
      list.append(parametrization as Parametrization);
      list.unsafe ||= unsafe;
      return module;
    }
    const tensors = new Map<string, unknown>([...members(module, "buffer"), ...members(module, "parameter")]);
    if (!tensors.has(tensor_name)) {
      throw new ValueError(
        `Module '${module}' does not have a parameter, a buffer, or a parametrized element with name '${tensor_name}'`,
      );
    }
    const original = tensors.get(tensor_name) as Tensor;
    const parametrizations = new ParametrizationList([parametrization as Parametrization], original, unsafe);
    deleteField(module, tensor_name);
    if (!is_parametrized(module)) {
      _inject_new_class(module);
      setField(module, "parametrizations", new ModuleDict());
    }
    _inject_property(module, tensor_name);
    parametrizationsOf(module).__setitem__(tensor_name, parametrizations);
    return module;
  },
);

/**
 * Whether a module has parametrized tensors, or whether the one of this name is.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.parametrize.is_parametrized.html}
 */
export const is_parametrized = def(
  "is_parametrized",
  ["module", "tensor_name"],
  (module: Module, tensor_name: string | null = null): boolean => {
    const parametrizations = getField(module, "parametrizations");
    if (!(parametrizations instanceof ModuleDict)) return false;
    return tensor_name === null ? parametrizations.length > 0 : parametrizations.__contains__(tensor_name);
  },
);

/**
 * Takes the parametrizations of a tensor away: it keeps its present value or, if `leave_parametrized` is false, takes
 * the original's.
 *
 * Throws ValueError if it is not parametrized, and if several originals would have to become the tensor.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.parametrize.remove_parametrizations.html}
 */
export const remove_parametrizations = sameModule(
  "remove_parametrizations",
  ["module", "tensor_name", "leave_parametrized"],
  (module: Module, tensor_name: string, leave_parametrized = true): Module => {
    if (!is_parametrized(module, tensor_name)) {
      throw new ValueError(`Module ${module} does not have a parametrization on ${tensor_name}`);
    }
    const all = parametrizationsOf(module);
    const parametrizations = all[tensor_name];
    let original: Tensor;
    if (parametrizations.is_tensor) {
      original = parametrizations.original;
      if (leave_parametrized) no_grad(() => original.set_(getField(module, tensor_name) as Tensor));
    } else if (leave_parametrized) {
      const t = getField(module, tensor_name) as Tensor;
      original = t.requires_grad ? new Parameter(t) : t;
    } else {
      throw new ValueError(
        "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors.",
      );
    }
    const injected = Object.getPrototypeOf(module);
    delete injected[tensor_name];
    all.__delitem__(tensor_name);
    _register_parameter_or_buffer(module, tensor_name, original);
    if (!is_parametrized(module)) {
      deleteField(module, "parametrizations");
      Object.setPrototypeOf(module, Object.getPrototypeOf(injected));
    }
    return module;
  },
);

/** The class that a module had before it was parametrized. */
export const type_before_parametrizations = def(
  "type_before_parametrizations",
  ["module"],
  (module: Module): unknown => {
    if (!is_parametrized(module)) return module.constructor;
    return Object.getPrototypeOf(Object.getPrototypeOf(module)).constructor;
  },
);

/**
 * Gives a module the parametrizations, and the originals, of another: of all of its tensors, or of one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.parametrize.transfer_parametrizations_and_params.html}
 */
export const transfer_parametrizations_and_params = generic(
  "transfer_parametrizations_and_params",
  ["from_module", "to_module", "tensor_name"],
  <M extends Module>(from_module: Module, to_module: M, tensor_name: string | null = null): M => {
    if (!is_parametrized(from_module)) return to_module;
    const from = parametrizationsOf(from_module);
    for (const parameter_name of tensor_name === null ? from.keys() : [tensor_name]) {
      if (!hasattr(to_module, parameter_name)) {
        setField(to_module, parameter_name, new Parameter(getField(from_module, parameter_name) as Tensor));
      }
      const list = from[parameter_name];
      for (const param_func of list as Iterable<Module>)
        register_parametrization(to_module, parameter_name, param_func);
      const made = parametrizationsOf(to_module)[parameter_name];
      for (const name of Object.keys(list)) {
        if (/^original\d*$/.test(name)) setField(made, name, getField(list, name));
      }
    }
    return to_module;
  },
);
