// Tensors that consist of other tensors, as Python's wrapper subclasses (Tensor._make_wrapper_subclass) do.

import { Tensor } from "../_tensor.js";
import type { Node } from "../autograd/graph.js";
import type { device } from "../device.js";
import type { dtype } from "../dtype.js";
import { RuntimeError } from "../errors.js";
import type { layout, memory_format } from "../layout.js";
import type { Size } from "../size.js";
import { type HandlelessTensor, type OperatorCall, type TensorBase, WRAP } from "../tensor_base.js";
import type { RemovableHandle } from "../utils/_removable_handle.js";
import type { Hook } from "./gradients.js";

/**
 * A tensor without a handle of its own: what it has in common with other tensors comes from one that it holds, `wrapped`,
 * which also carries its graph; operators are served by dispatch(); whatever needs its handle throws NotImplementedError.
 */
export abstract class WrapperTensor extends Tensor implements HandlelessTensor {
  constructor() {
    super(null as never, WRAP);
  }

  /** @internal */
  abstract get wrapped(): Tensor;
  /** @internal */
  abstract parts(): readonly Tensor[];
  /** @internal */
  abstract dispatch(call: OperatorCall): unknown;
  /** @internal */
  abstract at(key: readonly unknown[]): Tensor;
  /** @internal A tensor like this one around another inner tensor. */
  abstract around(inner: Tensor): Tensor;

  override get dtype(): dtype {
    return this.wrapped.dtype;
  }

  override get device(): device {
    return this.wrapped.device;
  }

  override get layout(): layout {
    return this.wrapped.layout;
  }

  override get shape(): Size {
    return this.wrapped.shape;
  }

  override stride(): number[];
  override stride(dim: number): number;
  override stride(dim?: number | null | { dim?: number | null }): number[] | number;
  override stride(...args: unknown[]): number[] | number {
    return this.wrapped.stride(...(args as [number]));
  }

  override dim(): number {
    return this.wrapped.dim();
  }

  override numel(): number {
    return this.wrapped.numel();
  }

  override storage_offset(): number {
    return this.wrapped.storage_offset();
  }

  override is_contiguous(options?: { memory_format?: memory_format }): boolean {
    return this.wrapped.is_contiguous(options);
  }

  override get is_nested(): boolean {
    return this.wrapped.is_nested;
  }

  override get requires_grad(): boolean {
    return this.wrapped.requires_grad;
  }

  override set requires_grad(value: boolean) {
    this.wrapped.requires_grad = value;
  }

  override requires_grad_(requires_grad?: boolean | { requires_grad?: boolean }): this {
    this.wrapped.requires_grad_(requires_grad);
    return this;
  }

  override get is_leaf(): boolean {
    return this.wrapped.is_leaf;
  }

  override get retains_grad(): boolean {
    return this.wrapped.retains_grad;
  }

  override get output_nr(): number {
    return this.wrapped.output_nr;
  }

  override get _version(): number {
    return this.wrapped._version;
  }

  override get _base(): Tensor | null {
    return null;
  }

  override get grad_fn(): Node | null {
    return this.wrapped.grad_fn;
  }

  override get grad(): Tensor | null {
    const { grad } = this.wrapped;
    return grad && this.around(grad);
  }

  override set grad(grad: Tensor | null) {
    this.wrapped.grad = grad && innerOf(grad);
  }

  override register_hook(hook: Hook): RemovableHandle {
    return this.wrapped.register_hook((grad) => {
      const result = hook(this.around(grad));
      return result ? innerOf(result) : undefined;
    });
  }

  override backward(...args: never[]): void {
    const [gradient, ...rest] = args as unknown[];
    const named = gradient as { gradient?: Tensor } | undefined;
    if (isWrapper(gradient)) this.wrapped.backward(gradient.wrapped, ...(rest as []));
    else if (named && isWrapper(named.gradient)) this.wrapped.backward({ ...named, gradient: named.gradient.wrapped });
    else this.wrapped.backward(...args);
  }

  /** Frees the tensors that it consists of. */
  override dispose(): void {
    for (const part of this.parts()) part.dispose();
  }
}

const isWrapper = (value: unknown): value is WrapperTensor => value instanceof WrapperTensor;

function innerOf(tensor: Tensor): Tensor {
  return isWrapper(tensor) ? tensor.wrapped : tensor;
}

/** The first tensor of a class among the values of a call. */
export function firstOf<T extends TensorBase>(
  Class: abstract new (...args: never[]) => T,
  values: readonly unknown[],
): T {
  const found = values.flat().find((value): value is T => value instanceof Class);
  if (!found) throw new RuntimeError(`no ${Class.name} among the arguments`);
  return found;
}
