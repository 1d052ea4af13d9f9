// torch/nn/utils/prune.py

import type { Tensor } from "../../_tensor.js";
import { keywordClass, takeKeywords } from "../../arguments/class.js";
import { def, isPlainObject } from "../../arguments/function.js";
import { callable } from "../../callable.js";
import { AssertionError, AttributeError, IndexError, ValueError } from "../../errors.js";
import * as linalg from "../../generated/linalg.js";
import * as torch from "../../generated/torch.js";
import type { Index } from "../../indexing.js";
import { contiguous_format } from "../../layout.js";
import { isFloat, isInt, toNumber } from "../../python/float.js";
import { round } from "../../python/numbers.js";
import { typeName } from "../../python/objects.js";
import { repr, str } from "../../python/repr.js";
import { slice } from "../../python/slice.js";
import { asHook, HookObject, hookObjects, removeHookObject } from "../modules/module/hook_objects.js";
import { deleteField, getField, setField } from "../modules/module/state.js";
import type { Module } from "../modules/module.js";
import type { Parameter } from "../parameter.js";
import { sameModule } from "./_same_module.js";
import { parameters_to_vector } from "./convert_parameters.js";

/** Which elements a method decides about: each by itself, all of a channel together, or all by a given mask. */
type PruningType = "unstructured" | "structured" | "global";

const sizes = (t: Tensor) => String([...t.shape]);
const tensorOf = (module: Module, name: string) => getField(module, name) as Tensor;

/** The key that takes some indices of one dimension, and all of the others. */
function along(n_dims: number, dim: number, indices: Tensor): Index[] {
  const key: Index[] = new Array(n_dims).fill(slice(null));
  key[dim < 0 ? dim + n_dims : dim] = indices;
  return key;
}

/**
 * The base of pruning methods: a subclass has `PRUNING_TYPE` and `compute_mask()`.
 *
 * A pruned parameter `name` becomes `name_orig`, and before every call of the module `name` is that times the buffer
 * `name_mask`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.BasePruningMethod.html}
 */
export abstract class BasePruningMethod extends HookObject {
  declare _tensor_name: string;
  abstract readonly PRUNING_TYPE: PruningType | null;

  override __call__(module: Module): void {
    setField(module, this._tensor_name, this.apply_mask(module));
  }

  /** The mask, of ones and zeros, for a tensor of which `default_mask` has been pruned already. */
  abstract compute_mask(t: Tensor, default_mask: Tensor): Tensor;

  /** The original times the mask. */
  apply_mask(module: Module): Tensor {
    if (this._tensor_name === undefined) throw new AssertionError(`Module ${module} has to be pruned`);
    const mask = tensorOf(module, `${this._tensor_name}_mask`);
    const orig = tensorOf(module, `${this._tensor_name}_orig`);
    return mask.to(orig.dtype).mul(orig);
  }

  /** The elements of a tensor that the method leaves; `importance_scores` decide in place of the tensor's own. */
  prune(t: Tensor, default_mask: Tensor | null = null, importance_scores: Tensor | null = null): Tensor {
    if (importance_scores !== null && sizes(importance_scores) !== sizes(t)) {
      throw new AssertionError(
        `importance_scores should have the same shape as tensor t, got ${importance_scores.shape} vs ${t.shape}`,
      );
    }
    return t.mul(this.compute_mask(importance_scores ?? t, default_mask ?? torch.ones_like(t)));
  }

  /**
   * Prunes a parameter by a method of this class, which is made with the arguments after the parameter's name.
   *
   * By keyword `importance_scores`, of the parameter's shape, decide in place of its elements.
   */
  static override apply(module: Module, name: string, ...args: unknown[]): BasePruningMethod {
    const last = args.at(-1);
    const { importance_scores = null, ...kwargs } = isPlainObject(last) ? (args.pop() as Record<string, unknown>) : {};
    const Method = this as unknown as new (...args: unknown[]) => BasePruningMethod;
    const made = new Method(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []));
    return applyMethod(module, name, made, importance_scores as Tensor | null);
  }

  /** Makes the pruned tensor the parameter. */
  remove(module: Module): void {
    const name = this._tensor_name;
    if (name === undefined) {
      throw new AssertionError(`Module ${module} has to be pruned before pruning can be removed`);
    }
    const weight = this.apply_mask(module);
    const orig = tensorOf(module, `${name}_orig`);
    deleteField(module, name);
    orig.data = weight.data;
    deleteField(module, `${name}_orig`);
    deleteField(module, `${name}_mask`);
    setField(module, name, orig);
  }
}

takeKeywords("BasePruningMethod", BasePruningMethod.prototype, {
  prune: ["t", "default_mask", "importance_scores"],
  apply_mask: ["module"],
  remove: ["module"],
});

/** Prunes a parameter by a method, after those that have pruned it already. */
function applyMethod(
  module: Module,
  name: string,
  made: BasePruningMethod,
  importance_scores: Tensor | null = null,
): BasePruningMethod {
  made._tensor_name = name;
  const method = compose(module, name, made);
  const orig = tensorOf(module, name);
  if (importance_scores !== null && sizes(importance_scores) !== sizes(orig)) {
    throw new AssertionError(
      `importance_scores should have the same shape as parameter ${name} of ${module}, got ${importance_scores.shape} vs ${orig.shape}`,
    );
  }
  const first = !(method instanceof PruningContainer);
  if (first) {
    module.register_parameter(`${name}_orig`, orig as Parameter);
    deleteField(module, name);
  }
  try {
    const default_mask = first
      ? torch.ones_like(orig)
      : tensorOf(module, `${name}_mask`).detach().clone({ memory_format: contiguous_format });
    module.register_buffer(`${name}_mask`, method.compute_mask(importance_scores ?? orig, default_mask));
    setField(module, name, method.apply_mask(module));
    module.register_forward_pre_hook(asHook(method));
  } catch (error) {
    if (first) {
      deleteField(module, `${name}_orig`);
      deleteField(module, name);
      module.register_parameter(name, orig as Parameter);
    }
    throw error;
  }
  return method;
}

/** The method, together with those that have pruned the parameter already; their hook is taken away. */
function compose(module: Module, name: string, method: BasePruningMethod): BasePruningMethod {
  const found = hookObjects(module, BasePruningMethod).filter(([_id, hook]) => hook._tensor_name === name);
  if (found.length > 1) {
    throw new AssertionError(
      `Avoid adding multiple pruning hooks to the same tensor ${name} of module ${module}. Use a PruningContainer.`,
    );
  }
  if (found.length === 0) return method;
  const [[id, old_method]] = found;
  removeHookObject(module, id);
  const container = old_method instanceof PruningContainer ? old_method : new PruningContainer(old_method);
  container.add_pruning_method(method);
  return container;
}

class PruningContainerMethod extends BasePruningMethod {
  readonly PRUNING_TYPE = null;
  _pruning_methods: BasePruningMethod[] = [];

  constructor(...methods: BasePruningMethod[]) {
    super();
    if (methods.length === 1) this._tensor_name = methods[0]._tensor_name;
    for (const method of methods) this.add_pruning_method(method);
  }

  /** Adds a method; throws ValueError if it is for another parameter, and TypeError for what is none. */
  add_pruning_method(method: BasePruningMethod): void {
    if (!(method instanceof BasePruningMethod)) {
      throw new TypeError(`<class '${typeName(method)}'> is not a BasePruningMethod subclass`);
    }
    if (this._tensor_name !== method._tensor_name) {
      throw new ValueError(
        `Can only add pruning methods acting on the parameter named '${this._tensor_name}' to PruningContainer ${this}. Found '${method._tensor_name}'`,
      );
    }
    this._pruning_methods.push(method);
  }

  __len__(): number {
    return this._pruning_methods.length;
  }

  [Symbol.iterator](): IterableIterator<BasePruningMethod> {
    return this._pruning_methods.values();
  }

  __getitem__(idx: number): BasePruningMethod | undefined {
    return this._pruning_methods.at(idx);
  }

  /** The mask of the last method, for the elements that those before it left. */
  override compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const method = this._pruning_methods[this._pruning_methods.length - 1];
    const new_mask = default_mask.to({ dtype: t.dtype, copy: true });
    const key = remaining(method, t, default_mask);
    const partial_mask = method.compute_mask(t.index(...key), default_mask.index(...key));
    return new_mask.index_put_(key, partial_mask.to(new_mask.dtype));
  }
}

takeKeywords("PruningContainer", PruningContainerMethod.prototype, {
  add_pruning_method: ["method"],
  compute_mask: ["t", "default_mask"],
});

/**
 * Several pruning methods, one after the other, on the same parameter.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.PruningContainer.html}
 */
export interface PruningContainer extends PruningContainerMethod {}
Object.defineProperty(PruningContainerMethod, "name", { value: "PruningContainer" });
export const PruningContainer = callable(PruningContainerMethod);

/** The key of the elements that a method may still decide about. */
function remaining(method: BasePruningMethod, t: Tensor, mask: Tensor): Index[] {
  const n_dims = t.dim();
  switch (method.PRUNING_TYPE) {
    case "unstructured":
      return [mask.eq(1)];
    case "structured": {
      const { dim: given } = method as BasePruningMethod & { dim?: number };
      if (given === undefined) {
        throw new AttributeError(
          'Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.',
        );
      }
      const dim = given < 0 ? given + n_dims : given;
      if (dim < 0) throw new IndexError(`Index is out of bounds for tensor with dimensions ${n_dims}`);
      const others = [...new Array(n_dims).keys()].filter((d) => d !== dim);
      return along(n_dims, dim, mask.sum({ dim: others }).ne(0));
    }
    case "global":
      return new Array(n_dims).fill(slice(null));
    default:
      throw new ValueError(`Unrecognized PRUNING_TYPE ${method.PRUNING_TYPE}`);
  }
}

class IdentityMethod extends BasePruningMethod {
  readonly PRUNING_TYPE = "unstructured";

  override compute_mask(_t: Tensor, default_mask: Tensor): Tensor {
    return default_mask;
  }

  static override apply(module: Module, name: string): BasePruningMethod {
    return applyMethod(module, name, new this());
  }
}

takeKeywords("Identity", IdentityMethod, { apply: ["module", "name"] });
takeKeywords("Identity", IdentityMethod.prototype, { compute_mask: ["t", "default_mask"] });

/** Prunes nothing, but gives the parameter a mask. */
export interface Identity extends IdentityMethod {}
export const Identity = keywordClass<Identity>("Identity")(IdentityMethod, []);

/** A method that prunes a share, between 0 and 1, or a number of elements or channels. */
abstract class AmountMethod extends BasePruningMethod {
  amount: number;

  constructor(amount: number) {
    super();
    _validate_pruning_amount_init(amount);
    this.amount = amount;
  }

  /** How many of so many are pruned. */
  protected count(tensor_size: number): number {
    const nparams_toprune = _compute_nparams_toprune(this.amount, tensor_size);
    _validate_pruning_amount(nparams_toprune, tensor_size);
    return nparams_toprune;
  }
}

/** A copy of a mask with zeros at some places of it, seen as a vector. */
function without(default_mask: Tensor, indices: Tensor): Tensor {
  const mask = default_mask.clone({ memory_format: contiguous_format });
  mask.view(-1).index_put_([indices], 0);
  return mask;
}

class RandomUnstructuredMethod extends AmountMethod {
  readonly PRUNING_TYPE = "unstructured";

  override compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const nparams_toprune = this.count(t.nelement());
    if (nparams_toprune === 0) return default_mask.clone({ memory_format: contiguous_format });
    const prob = torch.rand_like(t);
    return without(default_mask, torch.topk(prob.view(-1), nparams_toprune).indices);
  }

  static override apply(module: Module, name: string, amount: number): BasePruningMethod {
    return applyMethod(module, name, new this(amount));
  }
}

takeKeywords("RandomUnstructured", RandomUnstructuredMethod, { apply: ["module", "name", "amount"] });
takeKeywords("RandomUnstructured", RandomUnstructuredMethod.prototype, { compute_mask: ["t", "default_mask"] });

/** Prunes elements at random. */
export interface RandomUnstructured extends RandomUnstructuredMethod {}
export const RandomUnstructured = keywordClass<RandomUnstructured>("RandomUnstructured")(RandomUnstructuredMethod, [
  "amount",
]);

class L1UnstructuredMethod extends AmountMethod {
  readonly PRUNING_TYPE = "unstructured";

  override compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const nparams_toprune = this.count(t.nelement());
    if (nparams_toprune === 0) return default_mask.clone({ memory_format: contiguous_format });
    const topk = torch.topk(torch.abs(t).view(-1), nparams_toprune, { largest: false });
    return without(default_mask, topk.indices);
  }

  static override apply(
    module: Module,
    name: string,
    amount: number,
    importance_scores: Tensor | null = null,
  ): BasePruningMethod {
    return applyMethod(module, name, new this(amount), importance_scores);
  }
}

takeKeywords("L1Unstructured", L1UnstructuredMethod, { apply: ["module", "name", "amount", "importance_scores"] });
takeKeywords("L1Unstructured", L1UnstructuredMethod.prototype, { compute_mask: ["t", "default_mask"] });

/** Prunes the elements that are nearest to 0. */
export interface L1Unstructured extends L1UnstructuredMethod {}
export const L1Unstructured = keywordClass<L1Unstructured>("L1Unstructured")(L1UnstructuredMethod, ["amount"]);

/** What prunes whole channels has in common. */
abstract class StructuredMethod extends AmountMethod {
  readonly PRUNING_TYPE = "structured";
  dim: number;

  constructor(amount: number, dim: number) {
    super(amount);
    this.dim = dim;
  }

  /** How many of the channels are pruned. */
  protected channels(t: Tensor): [pruned: number, all: number] {
    _validate_structured_pruning(t);
    _validate_pruning_dim(t, this.dim);
    const tensor_size = t.shape.at(this.dim);
    if (tensor_size === undefined) throw new IndexError("tuple index out of range");
    return [this.count(tensor_size), tensor_size];
  }

  /** The default mask with zeros in the channels that are not kept. */
  protected keep(t: Tensor, default_mask: Tensor, kept: Tensor): Tensor {
    const mask = torch.zeros_like(t);
    mask.index_put_(along(t.dim(), this.dim, kept), 1);
    return mask.mul_(default_mask.to(mask.dtype));
  }
}

class RandomStructuredMethod extends StructuredMethod {
  constructor(amount: number, dim = -1) {
    super(amount, dim);
  }

  override compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const [nchannels_toprune, nchannels] = this.channels(t);
    if (nchannels_toprune === 0) return default_mask;
    const prob = torch.rand(nchannels);
    const threshold = torch.kthvalue(prob, nchannels_toprune).values;
    return this.keep(t, default_mask, prob.gt(threshold));
  }

  static override apply(module: Module, name: string, amount: number, dim = -1): BasePruningMethod {
    return applyMethod(module, name, new this(amount, dim));
  }
}

takeKeywords("RandomStructured", RandomStructuredMethod, { apply: ["module", "name", "amount", "dim"] });
takeKeywords("RandomStructured", RandomStructuredMethod.prototype, { compute_mask: ["t", "default_mask"] });

/** Prunes channels at random. */
export interface RandomStructured extends RandomStructuredMethod {}
export const RandomStructured = keywordClass<RandomStructured>("RandomStructured")(RandomStructuredMethod, [
  "amount",
  "dim",
]);

class LnStructuredMethod extends StructuredMethod {
  n: number | "fro" | "nuc";

  constructor(amount: number, n: number | "fro" | "nuc", dim = -1) {
    super(amount, dim);
    this.n = n;
  }

  override compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const [nparams_toprune, tensor_size] = this.channels(t);
    const norm = _compute_norm(t, this.n, this.dim);
    const topk = torch.topk(norm, tensor_size - nparams_toprune, { largest: true });
    return nparams_toprune === 0 ? default_mask : this.keep(t, default_mask, topk.indices);
  }

  static override apply(
    module: Module,
    name: string,
    amount: number,
    n: number | "fro" | "nuc",
    dim: number,
    importance_scores: Tensor | null = null,
  ): BasePruningMethod {
    return applyMethod(module, name, new this(amount, n, dim), importance_scores);
  }
}

takeKeywords("LnStructured", LnStructuredMethod, {
  apply: ["module", "name", "amount", "n", "dim", "importance_scores"],
});
takeKeywords("LnStructured", LnStructuredMethod.prototype, { compute_mask: ["t", "default_mask"] });

/** Prunes the channels with the smallest norm. */
export interface LnStructured extends LnStructuredMethod {}
export const LnStructured = keywordClass<LnStructured>("LnStructured")(LnStructuredMethod, ["amount", "n", "dim"]);

class CustomFromMaskMethod extends BasePruningMethod {
  readonly PRUNING_TYPE = "global";
  mask: Tensor;

  constructor(mask: Tensor) {
    super();
    this.mask = mask;
  }

  override compute_mask(_t: Tensor, default_mask: Tensor): Tensor {
    if (sizes(default_mask) !== sizes(this.mask)) {
      throw new AssertionError(
        `default_mask shape ${default_mask.shape} must match self.mask shape ${this.mask.shape}`,
      );
    }
    return default_mask.mul(this.mask.to(default_mask.dtype));
  }

  static override apply(module: Module, name: string, mask: Tensor): BasePruningMethod {
    return applyMethod(module, name, new this(mask));
  }
}

takeKeywords("CustomFromMask", CustomFromMaskMethod, { apply: ["module", "name", "mask"] });
takeKeywords("CustomFromMask", CustomFromMaskMethod.prototype, { compute_mask: ["t", "default_mask"] });

/** Prunes by a given mask. */
export interface CustomFromMask extends CustomFromMaskMethod {}
export const CustomFromMask = keywordClass<CustomFromMask>("CustomFromMask")(CustomFromMaskMethod, ["mask"]);

/**
 * Gives a parameter a mask of ones, in place.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.identity.html}
 */
export const identity = sameModule("identity", ["module", "name"], (module: Module, name: string): Module => {
  Identity.apply(module, name);
  return module;
});

/**
 * Prunes elements of a parameter at random, in place: a share (a number with a fraction, or `float(1)`) or so many.
 *
 * Throws ValueError for an amount that is negative or more than there are.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.random_unstructured.html}
 */
export const random_unstructured = sameModule(
  "random_unstructured",
  ["module", "name", "amount"],
  (module: Module, name: string, amount: number): Module => {
    RandomUnstructured.apply(module, name, amount);
    return module;
  },
);

/**
 * Prunes the elements of a parameter that are nearest to 0, in place: a share (a number with a fraction) or so many.
 *
 * `importance_scores`, of the same shape, decide in place of the elements.
 *
 * Throws ValueError for an amount that is negative or more than there are.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.l1_unstructured.html}
 */
export const l1_unstructured = sameModule(
  "l1_unstructured",
  ["module", "name", "amount", "importance_scores"],
  (module: Module, name: string, amount: number, importance_scores: Tensor | null = null): Module => {
    L1Unstructured.apply(module, name, amount, importance_scores);
    return module;
  },
);

/**
 * Prunes channels of a parameter, along a dimension, at random, in place: a share (a number with a fraction) or so many.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.random_structured.html}
 */
export const random_structured = sameModule(
  "random_structured",
  ["module", "name", "amount", "dim"],
  (module: Module, name: string, amount: number, dim: number): Module => {
    RandomStructured.apply(module, name, amount, dim);
    return module;
  },
);

/**
 * Prunes the channels of a parameter, along a dimension, with the smallest norm of order `n`, in place: a share (a number
 * with a fraction) or so many.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.ln_structured.html}
 */
export const ln_structured = sameModule(
  "ln_structured",
  ["module", "name", "amount", "n", "dim", "importance_scores"],
  (
    module: Module,
    name: string,
    amount: number,
    n: number | "fro" | "nuc",
    dim: number,
    importance_scores: Tensor | null = null,
  ): Module => {
    LnStructured.apply(module, name, amount, n, dim, importance_scores);
    return module;
  },
);

/** A parameter: its module and its name. */
type Named = readonly [module: Module, name: string];

/** Importance scores by parameters. */
type Scores = ReadonlyMap<Named, Tensor>;

// biome-ignore lint/suspicious/noExplicitAny: each method has arguments of its own
type Method = new (...args: any[]) => BasePruningMethod;

/** What a method's constructor takes. */
type MethodKeywords = Record<string, unknown>;

/**
 * Prunes parameters of several modules together, as if they were one vector, in place, by a class of methods such as
 * `prune.L1Unstructured` with the amount.
 *
 * `importance_scores` is a Map with keys `[module, name]`.
 *
 * Throws TypeError for a method that does not prune single elements.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.global_unstructured.html}
 */
export function global_unstructured(
  parameters: Iterable<Named>,
  ...args:
    | [pruning_method: Method, importance_scores: Scores | null, keywords?: MethodKeywords]
    | [pruning_method: Method, keywords?: MethodKeywords & { importance_scores?: Scores | null }]
    | [keywords: MethodKeywords & { pruning_method: Method; importance_scores?: Scores | null }]
): void;
export function global_unstructured(parameters: Iterable<Named>, ...args: unknown[]): void {
  const keywords = isPlainObject(args.at(-1)) ? (args.pop() as Record<string, unknown>) : {};
  const { pruning_method = args[0], importance_scores = args[1], ...kwargs } = keywords;
  if (typeof (parameters as { [Symbol.iterator]?: unknown } | null)?.[Symbol.iterator] !== "function") {
    throw new TypeError("global_unstructured(): parameters is not an Iterable");
  }
  const scores: unknown = importance_scores ?? new Map();
  if (!(scores instanceof Map)) throw new TypeError("global_unstructured(): importance_scores must be of type dict");
  const pruned = [...parameters];
  const relevant = pruned.map(([module, name]) => {
    const given = [...(scores as Scores)].find(([[other, known]]) => other === module && known === name);
    return given ? given[1] : tensorOf(module, name);
  });
  const masks = pruned.map(([module, name]) => {
    const mask = getField(module, `${name}_mask`) as Tensor | undefined;
    return mask ?? torch.ones_like(tensorOf(module, name));
  });
  const container = new PruningContainer();
  container._tensor_name = "temp";
  const method = new (pruning_method as Method)(kwargs);
  method._tensor_name = "temp";
  if (method.PRUNING_TYPE !== "unstructured") {
    throw new TypeError(
      `Only "unstructured" PRUNING_TYPE supported for the \`pruning_method\`. Found method ${repr(pruning_method)} of type ${method.PRUNING_TYPE}`,
    );
  }
  container.add_pruning_method(method);
  const final_mask = container.compute_mask(parameters_to_vector(relevant), parameters_to_vector(masks));
  let pointer = 0;
  for (const [module, name] of pruned) {
    const param = tensorOf(module, name);
    const num_param = param.numel();
    custom_from_mask(module, name, final_mask.index(slice(pointer, pointer + num_param)).view_as(param));
    pointer += num_param;
  }
}

/**
 * Prunes a parameter by a mask of its shape, in place.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.custom_from_mask.html}
 */
export const custom_from_mask = sameModule(
  "custom_from_mask",
  ["module", "name", "mask"],
  (module: Module, name: string, mask: Tensor): Module => {
    CustomFromMask.apply(module, name, mask);
    return module;
  },
);

/**
 * Makes a pruned tensor the parameter, without mask and original, in place.
 *
 * Throws ValueError if it is not pruned.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.remove.html}
 */
export const remove = sameModule("remove", ["module", "name"], (module: Module, name: string): Module => {
  for (const [id, hook] of hookObjects(module, BasePruningMethod)) {
    if (hook._tensor_name !== name) continue;
    hook.remove(module);
    removeHookObject(module, id);
    return module;
  }
  throw new ValueError(`Parameter '${name}' of module ${module} has to be pruned before pruning can be removed`);
});

/**
 * Whether some parameter of a module, or of one below it, is pruned.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.prune.is_pruned.html}
 */
export const is_pruned = def("is_pruned", ["module"], (module: Module): boolean => {
  return [...module.modules()].some((submodule) => hookObjects(submodule, BasePruningMethod).length > 0);
});

function _validate_pruning_amount_init(amount: unknown): void {
  if (!isInt(amount) && !isFloat(amount)) {
    throw new TypeError(`Invalid type for amount: ${str(amount)}. Must be int or float.`);
  }
  const value = toNumber(amount as number);
  if (value < 0 || (!isInt(amount) && !(value <= 1))) {
    throw new ValueError(
      `amount=${str(amount)} should either be a float in the range [0, 1] or a non-negative integer`,
    );
  }
}

function _validate_pruning_amount(amount: number, tensor_size: number): void {
  if (amount > tensor_size) {
    throw new ValueError(`amount=${amount} should be smaller than the number of parameters to prune=${tensor_size}`);
  }
}

function _validate_structured_pruning(t: Tensor): void {
  const { shape } = t;
  if (shape.length <= 1) {
    throw new ValueError(
      `Structured pruning can only be applied to multidimensional tensors. Found tensor of shape ${shape} with ${shape.length} dims`,
    );
  }
}

function _compute_nparams_toprune(amount: number, tensor_size: number): number {
  return isInt(amount) ? amount : round(toNumber(amount) * tensor_size);
}

function _validate_pruning_dim(t: Tensor, dim: number): void {
  if (dim >= t.dim()) throw new IndexError(`Invalid index ${dim} for tensor of size ${t.shape}`);
}

/** The norm of each channel. */
function _compute_norm(t: Tensor, n: number | "fro" | "nuc", dim: number): Tensor {
  const channel = dim < 0 ? dim + t.dim() : dim;
  const dims = [...new Array(t.dim()).keys()].filter((d) => d !== channel);
  const is_matrix_dim = dims.length === 2;
  if (n === "nuc" || (n === "fro" && is_matrix_dim)) {
    return linalg.matrix_norm(t, { ord: n, dim: is_matrix_dim ? dims : [-2, -1] });
  }
  return linalg.vector_norm(t, { ord: n === "fro" ? 2 : n, dim: dims });
}
