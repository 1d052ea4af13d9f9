// The part of a tensor that everything else rests on: an object that owns a native handle.

import type { Tensor } from "./_tensor.js";
import { collectYoungGarbage, native, type TensorHandle } from "./binding.js";
import { NotImplementedError } from "./errors.js";

let read: (tensor: TensorBase) => TensorHandle;
/** @internal Whether a tensor consists of others and has no handle of its own. */
export let isHandleless: (tensor: TensorBase) => tensor is HandlelessTensor;

function refuse(tensor: TensorBase): never {
  throw new NoHandle(tensor);
}

/** @internal A call of an operator, as the class of a tensor without a handle gets it. */
export interface OperatorCall {
  /** The operator's name without namespace and overload. */
  readonly operator: string;
  readonly overload: string;
  /** The values by the names of the schema's arguments; undefined for those that were not given. */
  values(): Record<string, unknown>;
  /** Calls the operator with other tensors in the place of those without a handle, in lists too. */
  again(replace: (tensor: TensorBase) => unknown): unknown;
}

/** @internal A tensor that has no handle of its own, because it consists of other tensors: its class serves the operators. */
export interface HandlelessTensor extends TensorBase {
  /** Python's `__torch_dispatch__`: the result of an operator that was called with this tensor. */
  dispatch(call: OperatorCall): unknown;
  /** The tensors that it consists of. */
  parts(): readonly TensorBase[];
  /** x[key] for a key of parts. */
  at(key: readonly unknown[]): Tensor;
}

/** @internal What is thrown where the handle of a tensor without one is needed: before anything was done. */
export class NoHandle extends NotImplementedError {
  readonly tensor: HandlelessTensor;

  constructor(tensor: TensorBase) {
    super(`this function is not implemented for ${tensor.constructor.name}`);
    this.tensor = tensor as HandlelessTensor;
  }

  static {
    Object.defineProperty(NoHandle.prototype, "name", { value: "NotImplementedError" });
  }
}

/** What every tensor is; `Tensor` adds PyTorch's methods. */
export class TensorBase {
  #handle: TensorHandle | null;

  /** @internal */
  constructor(handle: TensorHandle | null) {
    this.#handle = handle;
    if (scopes !== null && handle !== null) scopes.push(this as unknown as Tensor);
  }

  static {
    read = (tensor) => tensor.#handle ?? refuse(tensor);
    isHandleless = (tensor): tensor is HandlelessTensor => tensor.#handle === null;
  }

  /**
   * Frees the tensor's memory now, as far as nothing else shares it, instead of at a later garbage collection.
   *
   * Any later use of the tensor throws RuntimeError.
   */
  dispose(): void {
    native.dispose(handleOf(this));
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** @internal The tensors made since torch.tidy() was entered, or null outside of it. */
export let scopes: Tensor[] | null = null;

/** @internal Collects the tensors made from now on in another list; returns the list so far. */
export function collectTensors(list: Tensor[] | null): Tensor[] | null {
  const previous = scopes;
  scopes = list;
  return previous;
}

/** @internal The native handle of a tensor. */
export function handleOf(tensor: TensorBase): TensorHandle {
  return read(tensor);
}

/** @internal Tells `new Tensor()` that it is given a handle, not data. */
export const WRAP = Symbol("wrap");

let TensorClass: new (handle: TensorHandle, wrap: typeof WRAP) => Tensor;

/** @internal The class of wrapped results: `_tensor.ts` gives it. */
export function setTensorClass(tensorClass: typeof TensorClass): void {
  TensorClass = tensorClass;
}

/** After how many new tensors the young ones are collected at the earliest. */
const FEW = 4096;
let due = FEW;

/**
 * Frees the tensors that died young, before V8 would: it sees a small part of their memory, and lets tens of thousands
 * die, whose memory has left the processor's caches when it is used again. Not so often where many live on, which would
 * become old before their time.
 */
function collectYoung(): void {
  collectYoungGarbage();
  due = Math.max(FEW, 4 * native.liveTensors());
}

/** @internal A tensor that owns a handle. */
export function wrap(handle: TensorHandle): Tensor {
  if (--due === 0) collectYoung();
  return new TensorClass(handle, WRAP);
}
