// torch/masked/maskedtensor/core.py

import { WrapperTensor } from "../../_tensor/wrapper.js";
import type { Tensor } from "../../_tensor.js";
import { keywordClass } from "../../arguments/class.js";
import { def } from "../../arguments/function.js";
import { is_grad_enabled } from "../../autograd/grad_mode.js";
import { bool, type dtype, float16, float32, float64, int8, int16, int32, int64 } from "../../dtype.js";
import { RuntimeError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { getIndex } from "../../indexing.js";
import { sparse_coo, sparse_csr, strided } from "../../layout.js";
import { str } from "../../python/repr.js";
import { type OperatorCall, TensorBase } from "../../tensor_base.js";
import { tensor } from "../../tensor_new.js";
import { warn } from "../../warnings.js";
import { _sparse_coo_where } from "../_ops/sparse.js";
import { table } from "./_ops_refs.js";

let hasWarned = false;

function warnPrototype(): void {
  if (hasWarned) return;
  hasWarned = true;
  warn(
    "The PyTorch API of MaskedTensors is in prototype stage and will change in the near future. Please open a Github " +
      "issue for feature requests and see our documentation on the torch.masked module for further information about " +
      "the project.",
  );
}

/**
 * Whether an object is a MaskedTensor.
 *
 * `is_masked_tensor(obj, /) -> TypeIs[MaskedTensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const is_masked_tensor = def("is_masked_tensor", ["obj"], (obj: unknown) => obj instanceof Masked, {
  dict: 0,
}) as (obj: unknown) => obj is MaskedTensor;

/** Whether two tensors of one layout hold the same. */
export function tensorsMatch(a: Tensor, b: Tensor): boolean {
  if (a.layout !== b.layout) {
    throw new ValueError(`\`a\` and \`b\` must have the same layout. Got ${a.layout} and ${b.layout}`);
  }
  if (a.layout === sparse_coo) return tensorsMatch(a.values(), b.values()) && tensorsMatch(a.indices(), b.indices());
  if (a.layout === sparse_csr) {
    return (["crow_indices", "col_indices", "values"] as const).every((part) => tensorsMatch(a[part](), b[part]()));
  }
  return a.dim() === b.dim() && Boolean(torch.eq(a, b).all().item());
}

/** Whether two values, if both are MaskedTensors, have the same mask. */
export function masksMatch(a: unknown, b: unknown): boolean {
  return !is_masked_tensor(a) || !is_masked_tensor(b) || tensorsMatch(a.get_mask(), b.get_mask());
}

const supported: readonly dtype[] = [float16, float32, float64, bool, int8, int16, int32, int64];

/** Data and mask as a MaskedTensor keeps them: copies, sparse ones with the same indices. */
function preprocess(given: Tensor, givenMask: Tensor): [data: Tensor, mask: Tensor] {
  let [data, mask] = [given, givenMask];
  if (data.layout !== mask.layout) throw new TypeError("data and mask must have the same layout.");
  if (data.layout === sparse_coo) {
    [data, mask] = [data.coalesce(), mask.coalesce()];
    if (data._nnz() !== mask._nnz()) data = _sparse_coo_where(mask, data, tensor(0));
  } else if (data.layout === sparse_csr && data._nnz() !== mask._nnz()) {
    data = _sparse_coo_where(mask.to_sparse(), data.to_sparse(), tensor(0)).to_sparse_csr();
  }
  return [data.clone(), mask.clone()];
}

function validate(data: Tensor, mask: Tensor): void {
  if (data.layout !== strided && data.layout !== sparse_coo && data.layout !== sparse_csr) {
    throw new TypeError(`data layout of ${data.layout} is not supported.`);
  }
  if (data.layout === sparse_coo && !tensorsMatch(data.indices(), mask.indices())) {
    throw new ValueError("data and mask are both sparse COO tensors but do not have the same indices.");
  }
  const parts = ["crow_indices", "col_indices"] as const;
  if (data.layout === sparse_csr && !parts.every((part) => tensorsMatch(data[part](), mask[part]()))) {
    throw new ValueError("data and mask are both sparse CSR tensors but do not share either crow or col indices.");
  }
  if (mask.dtype !== bool) throw new TypeError("mask must have dtype bool.");
  if (!supported.includes(data.dtype)) throw new TypeError(`${data.dtype} is not supported in MaskedTensor.`);
  if (data.dim() !== mask.dim()) throw new ValueError("data.dim() must equal mask.dim()");
  if (String(data.shape) !== String(mask.shape)) throw new ValueError("data.size() must equal mask.size()");
}

/** One element as text: floats with four digits after the point. */
function elementText(data: Tensor): string {
  const value = data.item();
  if (!data.dtype.is_floating_point) return str(value);
  const digits = Number.isFinite(value) ? Math.abs(value).toFixed(4) : str(Math.abs(value));
  return `${value < 0 || Object.is(value, -0) ? "-" : ""}${digits}`.padStart(8);
}

/** What a MaskedTensor of one or more dimensions prints. */
function textOf(data: Tensor, mask: Tensor): string {
  if (data.dim() > 1) {
    const parts = [...data].map((part, i) => textOf(part, mask[i]).replace(/^/gm, "  "));
    return `[\n${parts.join(",\n")}\n]`;
  }
  const shown: boolean[] = mask.tolist();
  const elements = [...data].map(elementText);
  const width = Math.max(...elements.map((text, i) => (shown[i] ? text.length : 8)));
  return `[${elements.map((text, i) => (shown[i] ? text : "--".padStart(width))).join(", ")}]`;
}

/** @internal The class behind MaskedTensor. */
export class Masked extends WrapperTensor {
  #data: Tensor;
  #mask: Tensor;

  constructor(data: Tensor, mask: Tensor, requires_grad = false) {
    if (is_masked_tensor(data) || !(data instanceof TensorBase)) throw new TypeError("data must be a Tensor");
    if (is_masked_tensor(mask) || !(mask instanceof TensorBase)) throw new TypeError("mask must be a Tensor");
    warnPrototype();
    if (data.requires_grad) {
      warn(
        "It is not recommended to create a MaskedTensor with a tensor that requires_grad. " +
          "To avoid this, you can use data.detach().clone()",
      );
    }
    super();
    const parts = preprocess(data.detach(), mask);
    validate(...parts);
    [this.#data, this.#mask] = parts;
    if (requires_grad) this.#data.requires_grad_();
  }

  /** @internal A MaskedTensor that keeps the graph of its data. */
  static _from_values(data: Tensor, mask: Tensor): MaskedTensor {
    const result = new Masked(data.detach(), mask);
    result.#data = preprocess(data, mask)[0];
    return result;
  }

  /** @internal */
  override get wrapped(): Tensor {
    return this.#data;
  }

  /** @internal */
  override parts(): readonly Tensor[] {
    return [this.#data, this.#mask];
  }

  /** @internal */
  override around(data: Tensor): Tensor {
    return Masked._from_values(data, this.#mask);
  }

  /** @internal */
  override dispatch(call: OperatorCall): unknown {
    return table(call)(call);
  }

  /** @internal */
  override at(key: readonly unknown[]): Tensor {
    return Masked._from_values(getIndex(this.get_data(), key), getIndex(this.#mask, key));
  }

  /** @internal Throws where autograd would: for a change of a leaf that requires grad. */
  refuseInPlace(): void {
    if (!this.requires_grad || !this.is_leaf || !is_grad_enabled()) return;
    throw new RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.");
  }

  /** @internal */
  _set_data_mask(data: Tensor, mask: Tensor): void {
    validate(data, mask);
    [this.#data, this.#mask] = [data, mask];
  }

  /** The data, masked elements among them; gradients pass. */
  get_data(): Tensor {
    if (!this.#data.requires_grad) return this.#data.detach();
    return this.layout === strided ? this.#data.view_as(this.#data) : this.#data.clone();
  }

  /** The mask: true where an element counts. */
  get_mask(): Tensor {
    return this.#mask;
  }

  /** The data as a plain tensor, with `value` in the place of masked elements. */
  to_tensor(value: number): Tensor {
    return this.get_data().masked_fill(this.#mask.logical_not(), value);
  }

  is_sparse_coo(): boolean {
    return this.layout === sparse_coo;
  }

  override item(): number {
    return this.#data.item();
  }

  override tolist(): never {
    throw new RuntimeError(".tolist() is not supported for tensor subclasses, got MaskedTensor");
  }

  override numpy(): never {
    throw new RuntimeError(".numpy() is not supported for tensor subclasses.");
  }

  override __repr__(): string {
    const [data, mask] = [this.#data.detach(), this.#mask];
    if (this.dim() === 0) return `MaskedTensor(${mask.item() ? elementText(data) : "--"}, ${str(mask.item())})`;
    const dense = this.layout === strided ? [data, mask] : [data.to_dense(), mask.to_dense()];
    return `MaskedTensor(\n${textOf(dense[0], dense[1]).replace(/^/gm, "  ")}\n)`;
  }
}

/**
 * A tensor with a mask: elements where the mask is false do not count, and print as `--`.
 *
 * `data` (float16, float32, float64, bool or a signed integer; strided, COO or CSR) and `mask` (bool) are copied. Operators work on the
 * elements that count; those that MaskedTensor does not know throw TypeError.
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const MaskedTensor = keywordClass<Masked>("MaskedTensor")(Masked, ["data", "mask", "requires_grad"]);
export type MaskedTensor = Masked;

/** @internal A MaskedTensor that keeps the graph of its data. */
export const fromValues = Masked._from_values;
