// The part of a tensor that everything else rests on: an object that owns a native handle.

import type { Tensor } from "./_tensor.js";
import { native, setBeforeCollection, type TensorHandle } from "./binding.js";
import { NotImplementedError } from "./errors.js";

let read: (tensor: TensorBase) => TensorHandle;
let pass: (tensor: TensorBase, argument: number) => TensorHandle;
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
  /** The place in a slab, if the handle is one's; -1 for a handle of its own. */
  #place: number;

  /** @internal */
  constructor(handle: TensorHandle | null, place = -1) {
    this.#handle = handle;
    this.#place = place;
    if (scopes !== null && handle !== null) scopes.push(this as unknown as Tensor);
  }

  static {
    read = (tensor) => {
      const handle = tensor.#handle ?? refuse(tensor);
      if (tensor.#place < 0) return handle;
      tensor.#handle = native.ownHandle(handle, tensor.#place);
      tensor.#place = -1;
      return tensor.#handle;
    };
    pass = (tensor, argument) => {
      places[argument] = tensor.#place;
      return tensor.#handle ?? refuse(tensor);
    };
    isHandleless = (tensor): tensor is HandlelessTensor => tensor.#handle === null;
  }

  /**
   * Frees the tensor's memory now, as far as nothing else shares it, instead of at a later garbage collection.
   *
   * Any later use of the tensor throws RuntimeError.
   */
  dispose(): void {
    native.dispose(passed(this, 0));
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

/** @internal The native handle of a tensor: its own, no slab. */
export function handleOf(tensor: TensorBase): TensorHandle {
  return read(tensor);
}

// The places in their slabs of the tensors passed to a native function: the addon reads them beside the arguments.
let places = new Int8Array(64);
native.setPlaces(places);

/** @internal Makes room for the places of so many arguments. */
export function reservePlaces(count: number): void {
  if (count <= places.length) return;
  places = new Int8Array(2 ** Math.ceil(Math.log2(count)));
  native.setPlaces(places);
}

/**
 * @internal What stands for a tensor as an argument of a native function that takes tensors in slabs: a quick reader, or
 * an operator. The other arguments must have been made before.
 */
export function passed(tensor: TensorBase, argument: number): TensorHandle {
  return pass(tensor, argument);
}

/** @internal Tells `new Tensor()` that it is given a handle, not data. */
export const WRAP = Symbol("wrap");

let TensorClass: new (handle: TensorHandle, wrap: typeof WRAP, place: number) => Tensor;

/** @internal The class of wrapped results: `_tensor.ts` gives it. */
export function setTensorClass(tensorClass: typeof TensorClass): void {
  TensorClass = tensorClass;
}

/** After how many new tensors the young ones are collected at the earliest. */
const FEW = 1024;
/** As how many of them one counts that has a handle of its own: it takes the collection longer. */
const OWN_HANDLE = 2;
let due = FEW;

/**
 * Frees the tensors that died young, before V8 would: it sees a small part of their memory, and lets tens of thousands
 * die, whose memory has left the processor's caches when it is used again. Not so often where many live on, which would
 * become old before their time.
 */
function collectYoung(): void {
  native.collectYoung();
  due = Math.max(FEW, 4 * native.liveTensors());
  replaceSlab(PLAIN); // the last one may be full and nobody know, or there was none
}

// What the addon puts small results into, as native/slab.h tells; null while slabs keep much memory already.
const slabs: (TensorHandle | null)[] = [null, null];
const PLAIN = 0;
const WITH_GRAPHS = 1;
const PLACES = 16;

function replaceSlab(kind: number): void {
  const made = native.newSlab(kind === WITH_GRAPHS);
  if (made !== undefined) slabs[kind] = made;
}

replaceSlab(PLAIN);
replaceSlab(WITH_GRAPHS);
// No graph outlives a collection because later results share its slab.
setBeforeCollection(() => replaceSlab(WITH_GRAPHS));

function wrapInSlab(code: number): Tensor {
  let place = -1 - code;
  const full = place >= 2 * PLACES;
  if (full) place -= 2 * PLACES;
  const kind = place >= PLACES ? WITH_GRAPHS : PLAIN;
  const handle = slabs[kind] as TensorHandle;
  if (full) replaceSlab(kind);
  return new TensorClass(handle, WRAP, place);
}

/** @internal A new tensor: what the addon returned for it is a handle of its own or tells its place in a slab. */
export function wrap(result: TensorHandle | number): Tensor {
  const tensor = wrapElement(result);
  if (due <= 0) collectYoung();
  return tensor;
}

/** @internal The same for one of several results: those that are not wrapped yet keep the slab from being replaced. */
export function wrapElement(result: TensorHandle | number): Tensor {
  if (typeof result === "number") {
    due--;
    return wrapInSlab(result);
  }
  due -= OWN_HANDLE;
  return new TensorClass(result, WRAP, -1);
}
