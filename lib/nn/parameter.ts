// torch/nn/parameter.py

import { Tensor } from "../_tensor.js";
import type { Constructor } from "../arguments/class.js";
import { bindArguments, generic } from "../arguments/function.js";
import { native, type TensorHandle } from "../binding.js";
import { callable } from "../callable.js";
import { AttributeError, RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { preserve_format } from "../layout.js";
import { typeName } from "../python/objects.js";
import { collectTensors, handleOf, WRAP } from "../tensor_base.js";
import type { DeviceLike, dtype, Keywords } from "../types.js";

/** The handle of a tensor that shares the data, outside of autograd; torch.tidy() must not free it with a temporary one. */
function detached(data: Tensor | null | undefined): TensorHandle {
  if (data !== null && data !== undefined && !(data instanceof Tensor)) {
    throw new AttributeError(`'${typeName(data)}' object has no attribute 'detach'`);
  }
  const scope = collectTensors(null);
  try {
    return handleOf(data ? data.detach() : torch.empty(0));
  } finally {
    collectTensors(scope);
  }
}

/** The public class of this name, whose objects are of type T. */
function named<T, Args extends readonly unknown[]>(
  name: string,
  base: new (...args: never[]) => unknown,
): Constructor<T, Args> {
  Object.defineProperty(base, "name", { value: name });
  return callable(base) as unknown as Constructor<T, Args>;
}

type ParameterArguments =
  | [data?: Tensor | null, requires_grad?: boolean]
  | [data: Tensor, keywords: Keywords<{ requires_grad?: boolean }>]
  | [keywords: Keywords<{ data?: Tensor | null; requires_grad?: boolean }>];

class ParameterTensor extends Tensor {
  constructor(...args: unknown[]) {
    const [data, requires_grad = true] = bindArguments("Parameter.__new__", ["data", "requires_grad"], 0, args);
    super(detached(data as Tensor | null), WRAP);
    native.setRequiresGrad(handleOf(this), requires_grad as boolean);
  }

  /** A copy with data of its own, as `copy.deepcopy()` makes it. */
  __deepcopy__(memo: Map<unknown, unknown>): Parameter {
    if (memo.has(this)) return memo.get(this) as Parameter;
    const result = new (this.constructor as typeof Parameter)(
      this.data.clone({ memory_format: preserve_format }),
      this.requires_grad,
    );
    memo.set(this, result);
    return result;
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}

/**
 * A tensor that a module counts among its parameters when it stands in one of the module's fields.
 *
 * It shares the memory of `data`, of which no graph is kept, and requires grad unless `requires_grad` is false.
 *
 * Throws RuntimeError for data that cannot have a gradient (integers), unless `requires_grad` is false.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parameter.Parameter.html}
 */
export interface Parameter extends ParameterTensor {}
export const Parameter = named<Parameter, ParameterArguments>("Parameter", ParameterTensor);

type BufferArguments =
  | [data?: Tensor | null, keywords?: Keywords<{ persistent?: boolean }>]
  | [keywords: Keywords<{ data?: Tensor | null; persistent?: boolean }>];

class BufferTensor extends Tensor {
  /** Whether the buffer is in the module's state dict. */
  declare persistent: boolean;

  constructor(...args: unknown[]) {
    const [data, persistent = true] = bindArguments("Buffer.__new__", ["data", "persistent"], 0, args);
    super(detached(data as Tensor | null), WRAP);
    if ((data as Tensor | null)?.requires_grad) this.requires_grad_();
    Object.defineProperty(this, "persistent", { value: persistent, writable: true, configurable: true });
  }
}

/**
 * A tensor that a module counts among its buffers, which are state but are not trained, when it stands in a field.
 *
 * Buffers are in the state dict unless `persistent` is false, and move with the module to another device or dtype.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parameter.Buffer.html}
 */
export interface Buffer extends BufferTensor {}
export const Buffer = named<Buffer, BufferArguments>("Buffer", BufferTensor);
// In Python its objects are plain tensors, and print as such.
Object.defineProperty(BufferTensor.prototype, "constructor", { value: Tensor });

// What can be called without `new` is a Proxy, and `instanceof` one takes 20 times as long.

/** @internal The same as `instanceof Parameter`. */
export const isParameter = (value: object): value is Parameter => value instanceof ParameterTensor;

/** @internal The same as `instanceof Buffer`. */
export const isBuffer = (value: object): value is Buffer => value instanceof BufferTensor;

const NO_SHAPE =
  "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before accessing their attributes.";

/** What an uninitialized parameter or buffer can do without having a shape. */
const ALLOWED = new Set(
  "size copy_ is_complex is_floating_point half float double char short int long cuda cpu to get_device".split(" "),
);

interface Uninitialized extends Tensor {
  constructor: { readonly cls_to_become: { prototype: object } };
}

/** Gives the tensor its shape and its class; its elements are arbitrary. */
function materialize(
  self: Uninitialized,
  shape: readonly number[],
  device: DeviceLike | null,
  dtype: dtype | null,
): void {
  const { cls_to_become } = self.constructor;
  self.data = torch.empty(shape, { device: device ?? self.device, dtype: dtype ?? self.dtype });
  Object.setPrototypeOf(self, cls_to_become.prototype);
}

/** Makes the methods of a class of uninitialized tensors throw, but for those that need no shape, once one is made. */
function forbidMethods(uninitialized: { prototype: Tensor; name: string }): void {
  const { prototype } = uninitialized;
  if (Object.hasOwn(prototype, "add")) return;
  for (const name of Object.getOwnPropertyNames(Tensor.prototype)) {
    if (name === "constructor" || name === "toString" || name.startsWith("_") || ALLOWED.has(name)) continue;
    const property = Object.getOwnPropertyDescriptor(Tensor.prototype, name);
    if (typeof property?.value !== "function" || Object.hasOwn(prototype, name)) continue;
    const value = () => {
      throw new ValueError(
        `Attempted to use an uninitialized parameter in <method '${name}' of 'torch._C.TensorBase' objects>. This error happens when you are using a \`LazyModule\` or explicitly manipulating \`torch.nn.parameter.${uninitialized.name}\` objects. When using LazyModules Call \`forward\` with a dummy batch to initialize the parameters before calling torch functions`,
      );
    };
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}

const UNINITIALIZED = ["requires_grad", "device", "dtype"] as const;

/** What the constructors of uninitialized parameters and buffers take by keyword. */
interface UninitializedKeywords {
  requires_grad?: boolean;
  device?: DeviceLike | null;
  dtype?: dtype | null;
}

type UninitializedArguments<K> =
  | [requires_grad?: boolean, device?: DeviceLike | null, dtype?: dtype | null]
  | [keywords: Keywords<K>];

class UninitializedParameterTensor extends ParameterTensor {
  static readonly cls_to_become = Parameter;

  constructor(...args: unknown[]) {
    const [requires_grad = true, device, dtype] = bindArguments(
      "UninitializedParameter.__new__",
      UNINITIALIZED,
      0,
      args,
    );
    super(torch.empty(0, { device, dtype } as UninitializedKeywords), requires_grad as boolean);
    forbidMethods(UninitializedParameterTensor);
  }

  override get shape(): never {
    throw new RuntimeError(NO_SHAPE);
  }

  /** Gives the parameter its shape and makes it a Parameter; its elements are arbitrary. */
  materialize(shape: readonly number[], device: DeviceLike | null = null, dtype: dtype | null = null): void {
    materialize(this as unknown as Uninitialized, shape, device, dtype);
  }

  override __deepcopy__(memo: Map<unknown, unknown>): UninitializedParameter {
    if (memo.has(this)) return memo.get(this) as UninitializedParameter;
    const result = new UninitializedParameter(this.requires_grad, this.device, this.dtype);
    memo.set(this, result);
    return result;
  }

  override toString(): string {
    return `<${this.constructor.name}>`;
  }
}

/**
 * A parameter of a lazy module, whose shape is found when the module is called for the first time.
 *
 * All but a few of its methods throw ValueError, and `shape` throws RuntimeError, until `materialize()` gives it a shape.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parameter.UninitializedParameter.html}
 */
export interface UninitializedParameter extends UninitializedParameterTensor {}
export const UninitializedParameter = named<UninitializedParameter, UninitializedArguments<UninitializedKeywords>>(
  "UninitializedParameter",
  UninitializedParameterTensor,
);

class UninitializedBufferTensor extends BufferTensor {
  static readonly cls_to_become = Tensor;

  constructor(...args: unknown[]) {
    const names = [...UNINITIALIZED, "persistent"];
    const [requires_grad = false, device, dtype, persistent] = bindArguments(
      "UninitializedBuffer.__new__",
      names,
      0,
      args,
    );
    super(torch.empty(0, { device, dtype } as UninitializedKeywords), {
      persistent: persistent as boolean | undefined,
    });
    this.requires_grad = requires_grad as boolean;
    forbidMethods(UninitializedBufferTensor);
  }

  override get shape(): never {
    throw new RuntimeError(NO_SHAPE);
  }

  /** Gives the buffer its shape and makes it a Tensor; its elements are arbitrary. */
  materialize(shape: readonly number[], device: DeviceLike | null = null, dtype: dtype | null = null): void {
    materialize(this as unknown as Uninitialized, shape, device, dtype);
  }

  override toString(): string {
    return `<${this.constructor.name}>`;
  }
}

/**
 * A buffer of a lazy module, whose shape is found when the module is called for the first time.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parameter.UninitializedBuffer.html}
 */
export interface UninitializedBuffer extends UninitializedBufferTensor {}
export const UninitializedBuffer = named<
  UninitializedBuffer,
  UninitializedArguments<UninitializedKeywords & { persistent?: boolean }>
>("UninitializedBuffer", UninitializedBufferTensor);

/** Whether a value is a parameter or buffer that has no shape yet. */
export const is_lazy = generic(
  "is_lazy",
  ["param"],
  (param: unknown): param is UninitializedParameter | UninitializedBuffer => {
    return param instanceof UninitializedParameter || param instanceof UninitializedBuffer;
  },
);
