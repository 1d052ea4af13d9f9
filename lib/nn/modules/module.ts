// torch/nn/modules/module.py. What stands in a module's fields, its hooks and its state dicts are in module/.

import { inspect } from "node:util";
import type { Tensor } from "../../_tensor.js";
import { type Constructor, takeKeywords } from "../../arguments/class.js";
import { parser } from "../../arguments/parser.js";
import { no_grad } from "../../autograd/grad_mode.js";
import { callable } from "../../callable.js";
import { AssertionError, NotImplementedError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { deepcopy } from "../../python/copy.js";
import { repr } from "../../python/repr.js";
import type { DeviceLike, dtype, Keywords, memory_format } from "../../types.js";
import { Parameter } from "../parameter.js";
import { functionObject } from "./module/function_object.js";
import { members, STATE, setField, stateOf } from "./module/state.js";
import { StateDicts } from "./module/state_dicts.js";

export {
  register_module_backward_hook,
  register_module_buffer_registration_hook,
  register_module_forward_hook,
  register_module_forward_pre_hook,
  register_module_full_backward_hook,
  register_module_full_backward_pre_hook,
  register_module_module_registration_hook,
  register_module_parameter_registration_hook,
} from "./module/hook_registration.js";
export type { IncompatibleKeys, LocalMetadata, StateDict } from "./module/state_dicts.js";

/** What `Module.to()` takes by keyword. */
interface ToKeywords {
  device?: DeviceLike | null;
  dtype?: dtype | null;
  tensor?: Tensor;
  non_blocking?: boolean;
  memory_format?: memory_format;
}

const parseTo = parser(
  "to(Device device=None, ScalarType dtype=None, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
  "to(ScalarType dtype, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
  "to(Tensor tensor, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
);

function _addindent(text: string, numSpaces: number): string {
  const [first, ...lines] = text.split("\n");
  return [first, ...lines.map((line) => (line.trim() ? " ".repeat(numSpaces) + line : ""))].join("\n");
}

const isFloating = (t: Tensor) => t.dtype.is_floating_point;

/** What modules can do besides being called. */
export class ModuleObject extends StateDicts {
  /** Without a meaning: it once asked for changes of containers' sources to be written down. */
  declare dump_patches: boolean;

  constructor(...args: unknown[]) {
    super();
    const last = args[args.length - 1];
    if (args.length === 0) return;
    const name = `${this.constructor.name}.__init__()`;
    const [keyword] = args.length === 1 && typeof last === "object" ? Object.keys(last ?? {}) : [];
    if (keyword !== undefined) throw new TypeError(`${name} got an unexpected keyword argument '${keyword}'`);
    throw new TypeError(`${name} takes 1 positional argument but ${args.length + 1} were given`);
  }

  /**
   * What the module computes: every subclass writes its own, and calling the module calls it.
   *
   * Throws NotImplementedError if the subclass has none.
   */
  // biome-ignore lint/suspicious/noExplicitAny: subclasses give it their own type
  forward(..._input: any[]): any {
    throw new NotImplementedError(`Module [${this.constructor.name}] is missing the required "forward" function`);
  }

  /** @internal Puts what a function makes of each parameter, gradient and buffer in its place. */
  _apply(fn: (tensor: Tensor) => Tensor, recurse = true): this {
    if (recurse) for (const module of this.children()) module._apply(fn);
    for (const [key, param] of members(this, "parameter")) {
      if (param === null) continue;
      const param_applied = no_grad(() => fn(param));
      const param_grad = param.grad;
      let out_param = param;
      if (torch._has_compatible_shallow_copy_type(param, param_applied)) {
        param.data = param_applied;
      } else {
        if (!param.is_leaf) throw new AssertionError("param must be a leaf tensor");
        out_param = new Parameter(param_applied, param.requires_grad);
        setField(this, key, out_param);
      }
      if (param_grad === null) continue;
      const grad_applied = no_grad(() => fn(param_grad));
      if (out_param.grad !== null && torch._has_compatible_shallow_copy_type(param_grad, grad_applied)) {
        out_param.grad.data = grad_applied;
      } else {
        if (!param_grad.is_leaf) throw new AssertionError("param_grad must be a leaf tensor");
        out_param.grad = grad_applied.requires_grad_(param_grad.requires_grad);
      }
    }
    for (const [key, buffer] of members(this, "buffer")) if (buffer !== null) setField(this, key, fn(buffer));
    return this;
  }

  /**
   * Calls a function with every module below this one and, last, with this one.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.apply}
   */
  apply(fn: (module: Module) => void): this {
    for (const module of this.children()) module.apply(fn);
    fn(this as unknown as Module);
    return this;
  }

  /** Moves all parameters and buffers to a CUDA device, the current one by default, in place. */
  cuda(device: DeviceLike | null | Keywords<{ device?: DeviceLike | null }> = null): this {
    return this._apply((t) => t.cuda(device as DeviceLike | null));
  }

  /** Moves all parameters and buffers to the CPU, in place. */
  cpu(): this {
    return this._apply((t) => t.cpu());
  }

  /** Shares the memory of all parameters and buffers, which worker threads do as it is; see {@link Tensor.share_memory_}. */
  share_memory(): this {
    return this._apply((t) => t.share_memory_());
  }

  /** Converts all parameters and buffers to a dtype, in place. */
  type(dst_type: dtype | string | Keywords<{ dst_type: dtype | string }>): this {
    return this._apply((t) => t.type(dst_type as dtype));
  }

  /** Converts all floating point parameters and buffers to float32, in place. */
  float(): this {
    return this._apply((t) => (isFloating(t) ? t.float() : t));
  }

  /** Converts all floating point parameters and buffers to float64, in place. */
  double(): this {
    return this._apply((t) => (isFloating(t) ? t.double() : t));
  }

  /** Converts all floating point parameters and buffers to float16, in place. */
  half(): this {
    return this._apply((t) => (isFloating(t) ? t.half() : t));
  }

  /** Converts all floating point parameters and buffers to bfloat16, in place. */
  bfloat16(): this {
    return this._apply((t) => (isFloating(t) ? t.bfloat16() : t));
  }

  /**
   * Moves the module to a device without copying: the elements of its parameters and buffers are arbitrary afterwards.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.to_empty}
   */
  to_empty(keywords: Keywords<{ device: DeviceLike | null; recurse?: boolean }>): this;
  to_empty(device: unknown, recurse = true): this {
    return this._apply((t) => torch.empty_like(t, { device: device as DeviceLike | null }), recurse);
  }

  /**
   * Moves and converts all parameters and buffers, in place: a dtype is only for those of floating point.
   *
   * Throws TypeError for a dtype that is neither floating point nor complex.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.to}
   */
  to(dtype: dtype, non_blocking?: boolean): this;
  to(
    device: DeviceLike | null,
    dtype?: dtype | null | Omit<ToKeywords, "device" | "tensor">,
    non_blocking?: boolean,
  ): this;
  to(tensor: Tensor, non_blocking?: boolean): this;
  to(keywords: Keywords<ToKeywords>): this;
  to(...args: unknown[]): this {
    const { tensor, non_blocking, memory_format, ...given } = parseTo<ToKeywords>(args);
    const device = given.device ?? tensor?.device ?? null;
    const dtype = given.dtype ?? tensor?.dtype ?? null;
    if (dtype !== null) {
      if (!(dtype.is_floating_point || dtype.is_complex)) {
        throw new TypeError(
          `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${dtype}`,
        );
      }
      if (dtype.is_complex) {
        process.emitWarning(
          "Complex modules are a new feature under active development whose design may change, and some modules might not work as expected when using complex tensors as parameters or buffers. Please file an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work as expected.",
        );
      }
    }
    return this._apply((t) => {
      const type = t.dtype.is_floating_point || t.dtype.is_complex ? dtype : null;
      const hasFormat = memory_format !== undefined && (t.dim() === 4 || t.dim() === 5);
      try {
        return t.to({ device, dtype: type, non_blocking, ...(hasFormat ? { memory_format } : {}) });
      } catch (error) {
        throw withAdvice(error);
      }
    });
  }

  /**
   * Sets whether this module and all below it are being trained, which Dropout and BatchNorm ask for, say.
   *
   * Throws ValueError for what is no boolean.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.train}
   */
  train(mode: boolean | Keywords<{ mode?: boolean }> = true): this {
    if (typeof mode !== "boolean") throw new ValueError("training mode is expected to be boolean");
    this.training = mode;
    for (const module of this.children()) module.train(mode);
    return this;
  }

  /**
   * The same as `train(false)`.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.eval}
   */
  eval(): this {
    return this.train(false);
  }

  /**
   * Sets whether the gradients of the parameters are computed, in place.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.requires_grad_}
   */
  requires_grad_(requires_grad: boolean | Keywords<{ requires_grad?: boolean }> = true): this {
    for (const p of this.parameters()) p.requires_grad_(requires_grad as boolean);
    return this;
  }

  /**
   * Takes the gradients of all parameters away or, if `set_to_none` is false, sets them to zero.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.zero_grad}
   */
  zero_grad(set_to_none: boolean | Keywords<{ set_to_none?: boolean }> = true): void {
    for (const p of this.parameters()) {
      const { grad } = p;
      if (grad === null) continue;
      if (set_to_none) {
        p.grad = null;
      } else {
        if (grad.grad_fn !== null) grad.detach_();
        else grad.requires_grad_(false);
        grad.zero_();
      }
    }
  }

  /** Does nothing: compiling a module needs Python. */
  compile(..._args: unknown[]): void {}

  /** @internal The name that the module is printed under. */
  _get_name(): string {
    return this.constructor.name;
  }

  /** What is printed between the parentheses of the module's own line; a subclass with something to say overrides it. */
  extra_repr(): string {
    return "";
  }

  __repr__(): string {
    const extra_repr = this.extra_repr();
    const extra_lines = extra_repr ? extra_repr.split("\n") : [];
    const child_lines = members(this, "module").map(([key, module]) => `(${key}): ${_addindent(repr(module), 2)}`);
    const lines = [...extra_lines, ...child_lines];
    if (lines.length === 0) return `${this._get_name()}()`;
    if (lines.length === 1 && child_lines.length === 0) return `${this._get_name()}(${lines[0]})`;
    return `${this._get_name()}(\n  ${lines.join("\n  ")}\n)`;
  }

  override toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }

  /** A copy with parameters, buffers and modules of its own, as `copy.deepcopy()` makes it; not of `#private` fields. */
  __deepcopy__(memo: Map<unknown, unknown>): this {
    if (memo.has(this)) return memo.get(this) as this;
    const made = functionObject(Object.getPrototypeOf(this)) as this;
    memo.set(this, made);
    const state = stateOf(this);
    const copied = stateOf(made);
    for (const [name, persistent] of state.buffers) copied.buffers.set(name, persistent);
    for (const [name, kind] of state.none) copied.none.set(name, kind);
    copied.order = state.order && new Set(state.order);
    copied.hooks = state.hooks?.copy(memo) ?? null;
    for (const key of Reflect.ownKeys(this)) {
      if (key === STATE) continue;
      const property = Object.getOwnPropertyDescriptor(this, key) as PropertyDescriptor;
      if ("value" in property) property.value = deepcopy(property.value, memo);
      Object.defineProperty(made, key, property);
    }
    return made;
  }
}

Object.defineProperty(ModuleObject.prototype, "dump_patches", { value: false, writable: true, configurable: true });

takeKeywords("Module", ModuleObject.prototype, {
  bfloat16: [],
  cpu: [],
  double: [],
  eval: [],
  extra_repr: [],
  float: [],
  half: [],
  share_memory: [],
  apply: ["fn"],
  cuda: ["device"],
  type: ["dst_type"],
  to_empty: ["*", "device", "recurse"],
  train: ["mode"],
  requires_grad_: ["requires_grad"],
  zero_grad: ["set_to_none"],
});

/** The error with advice how to move a module off the meta device, if that is what failed. */
function withAdvice(error: unknown): unknown {
  const base_message = "Cannot copy out of meta tensor; no data!";
  if (!(error instanceof NotImplementedError) || !error.message.startsWith(base_message)) return error;
  return new NotImplementedError(
    `${base_message} Please use torch.nn.Module.to_empty() instead of torch.nn.Module.to() when moving module from meta to a different device.${error.message.slice(base_message.length)}`,
  );
}

/**
 * The base of all networks and their layers.
 *
 * A Parameter, an `nn.Buffer` or a Module in a field of a module belongs to the module: it is listed, moved, converted
 * and saved with it. Modules are called as functions are.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html}
 */
export interface Module extends ModuleObject {
  /** Calls `forward`, with the hooks around it. */
  (...args: Parameters<this["forward"]>): ReturnType<this["forward"]>;
}

Object.defineProperty(ModuleObject, "name", { value: "Module" });
export const Module = callable(ModuleObject) as unknown as Constructor<Module, []>;
