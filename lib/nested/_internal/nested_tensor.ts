// torch/nested/_internal/nested_tensor.py: nested tensors of the jagged layout

import { WrapperTensor } from "../../_tensor/wrapper.js";
import type { Tensor } from "../../_tensor.js";
import { int64 } from "../../dtype.js";
import { AssertionError, RuntimeError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { getIndex } from "../../indexing.js";
import { jagged, type layout } from "../../layout.js";
import { repr } from "../../python/repr.js";
import { type Size, sizeOf } from "../../size.js";
import type { OperatorCall } from "../../tensor_base.js";
import { tensor } from "../../tensor_new.js";
import type { DeviceLike, dtype } from "../../types.js";
import { NestedInt } from "./nested_int.js";
import { serve, viewOf } from "./ops.js";

/** What a NestedTensor is made of besides its values. */
export interface Ragged {
  readonly offsets: Tensor;
  readonly lengths: Tensor | null;
  readonly ragged_idx: number;
  min_seqlen?: number;
  max_seqlen?: number;
}

type Dim = number | NestedInt;

const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

/**
 * A nested tensor of the jagged layout: tensors of one dtype whose sizes differ in one dimension, end to end in `values()`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nested.html}
 */
export class NestedTensor extends WrapperTensor {
  readonly #values: Tensor;
  /** @internal */
  readonly ragged: Ragged;

  /** @internal */
  constructor(values: Tensor, ragged: Ragged) {
    const { offsets, lengths, ragged_idx } = ragged;
    if (offsets.ndim !== 1) throw new AssertionError(`offsets must be 1D, but got ${offsets.ndim}D`);
    if (String(values.device) !== String(offsets.device)) {
      throw new AssertionError(
        `values and offsets must be on the same device, but got values.device=${values.device} and offsets.device=${offsets.device}`,
      );
    }
    const count = offsets.shape[0] - 1;
    if (lengths !== null && count !== lengths.shape[0]) {
      throw new AssertionError(
        `offsets and lengths batch sizes must match: offsets.shape[0] - 1 = ${count}, lengths.shape[0] = ${lengths.shape[0]}`,
      );
    }
    if (ragged_idx - 1 >= values.dim()) throw new RuntimeError("the ragged dimension is none of the values");
    super();
    this.#values = values;
    this.ragged = ragged;
  }

  /** @internal */
  override get wrapped(): Tensor {
    return this.#values;
  }

  /** @internal */
  override parts(): readonly Tensor[] {
    const { offsets, lengths } = this.ragged;
    return lengths ? [this.#values, offsets, lengths] : [this.#values, offsets];
  }

  /** @internal */
  override around(values: Tensor): NestedTensor {
    return new NestedTensor(values, this.ragged);
  }

  /** @internal */
  override dispatch(call: OperatorCall): unknown {
    return serve(call);
  }

  /** @internal */
  override at(key: readonly unknown[]): Tensor {
    const [first, ...rest] = key;
    if (typeof first !== "number") {
      throw new RuntimeError("slice(): not supported for NestedTensor on dim=0");
    }
    const part = (this.select as (dim: number, index: number) => Tensor)(0, first);
    return rest.length ? getIndex(part, rest) : part;
  }

  /** The sizes; in the place of the ragged dimension stands a symbol such as `j1`. */
  override get shape(): Size {
    return sizeOf(this.sizes() as number[]);
  }

  /** @internal */
  sizes(): Dim[] {
    const { offsets, lengths, ragged_idx } = this.ragged;
    const sizes: Dim[] = [...this.#values.shape];
    sizes[ragged_idx - 1] = NestedInt.of(lengths ?? offsets);
    return [offsets.shape[0] - 1, ...sizes];
  }

  override size(): Size;
  override size(dim: number): number;
  override size(dim?: number | null | { dim?: number | null }): Size | number;
  override size(given?: number | null | { dim?: number | null }): Size | number {
    const dim = typeof given === "object" && given !== null ? given.dim : given;
    if (dim === undefined || dim === null) return this.shape;
    return this.shape[dim < 0 ? dim + this.dim() : dim];
  }

  override stride(): number[];
  override stride(dim: number): number;
  override stride(dim?: number | null | { dim?: number | null }): number[] | number;
  override stride(given?: number | null | { dim?: number | null }): number[] | number {
    const { offsets, lengths, ragged_idx } = this.ragged;
    const inner = this.#values.stride();
    const all = [NestedInt.of(lengths ?? offsets).mul(inner[ragged_idx - 1]), ...inner] as number[];
    const dim = typeof given === "object" && given !== null ? given.dim : given;
    return dim === undefined || dim === null ? all : all[dim < 0 ? dim + all.length : dim];
  }

  override get length(): number {
    return this.ragged.offsets.shape[0] - 1;
  }

  override dim(): number {
    return this.#values.dim() + 1;
  }

  override numel(): number {
    const { lengths, ragged_idx } = this.ragged;
    if (lengths === null) return this.#values.numel();
    return lengths.sum().item() * product(this.#values.shape.filter((_, i) => i !== ragged_idx - 1));
  }

  override get layout(): layout {
    return jagged;
  }

  override get is_nested(): boolean {
    return true;
  }

  override is_contiguous(): boolean {
    return this.ragged.lengths === null && this.#values.is_contiguous();
  }

  /** The elements of all tensors, end to end. */
  override values(): Tensor {
    return this.#values;
  }

  /** Where each tensor begins in the values, and the last one ends. */
  offsets(): Tensor {
    return this.ragged.offsets;
  }

  /** The lengths of the tensors, where they leave holes between them; else null. */
  lengths(): Tensor | null {
    return this.ragged.lengths;
  }

  /** @internal */
  get _max_seqlen(): number {
    const { ragged } = this;
    ragged.max_seqlen ??= (ragged.lengths ?? ragged.offsets.diff()).max().item();
    return ragged.max_seqlen;
  }

  override view(...sizes: never[]): Tensor {
    return viewOf(this, sizes.flat() as never, "view");
  }

  override reshape(...sizes: never[]): Tensor {
    return viewOf(this, sizes.flat() as never, "reshape");
  }

  override item(): never {
    throw new RuntimeError(`a Tensor with ${this.numel()} elements cannot be converted to Scalar`);
  }

  override tolist(): never {
    throw new RuntimeError(".tolist() is not supported for tensor subclasses, got NestedTensor");
  }

  override numpy(): never {
    throw new RuntimeError(".numpy() is not supported for tensor subclasses.");
  }

  override __repr__(): string {
    const node = this.grad_fn;
    const graph = node ? `, grad_fn=<${node.name()}>` : this.requires_grad ? ", requires_grad=True" : "";
    return `NestedTensor(size=(${this.sizes().join(", ")}), offsets=${this.ragged.offsets}${graph}, contiguous=${repr(this.is_contiguous())})`;
  }
}

/** A tensor's own error for a list that no jagged tensor can hold. */
function checkList(tensors: readonly Tensor[]): number {
  if (tensors.length === 0) throw new RuntimeError("Cannot construct a nested tensor from an empty tensor list");
  const rules: [string, (t: Tensor) => unknown][] = [
    ["have the same dtype", (t) => t.dtype],
    ["be on the same device", (t) => String(t.device)],
    ["have the same dim", (t) => t.dim()],
  ];
  for (const [what, of] of rules) {
    if (new Set(tensors.map(of)).size !== 1) {
      throw new RuntimeError(`When constructing a nested tensor, all tensors in list must ${what}`);
    }
  }
  if (tensors[0].dim() === 0)
    throw new RuntimeError("Cannot construct a nested tensor from a list of zero-dim tensors");
  const first = tensors[0].shape;
  const ragged = [...first.keys()].filter((d) => tensors.some((t) => t.shape[d] !== first[d]));
  if (ragged.length > 1) {
    throw new RuntimeError(
      "Cannot represent given tensor list as a nested tensor with the jagged layout. " +
        "Note that the jagged layout only allows for a single ragged dimension. " +
        "For example: (B, *, D_0, D_1, ..., D_N), with ragged * dim.",
    );
  }
  return (ragged[0] ?? 0) + 1;
}

/** @internal A jagged tensor of a list of tensors, which keeps their graph. */
export function jagged_from_list(
  tensors: readonly Tensor[],
  offsets: Tensor | null,
  dtype: dtype | null = null,
  device: DeviceLike | null = null,
): NestedTensor {
  const ragged_idx = checkList(tensors);
  const lengths = tensors.map((t) => t.shape[ragged_idx - 1]);
  const values = torch.cat(tensors, ragged_idx - 1).to({ device, dtype });
  const made = () => {
    const sums = [0];
    for (const length of lengths) sums.push((sums.at(-1) as number) + length);
    return tensor(sums, { dtype: int64, device: values.device });
  };
  return new NestedTensor(values, {
    offsets: offsets ?? made(),
    lengths: null,
    ragged_idx,
    min_seqlen: Math.min(...lengths),
    max_seqlen: Math.max(...lengths),
  });
}

/** The starts or lengths, one for each row; throws where they do not broadcast. */
function perRow(given: Tensor, rows: number): Tensor {
  if (given.dim() === 0 || (given.dim() === 1 && (given.shape[0] === 1 || given.shape[0] === rows))) {
    return given.expand(rows);
  }
  throw new RuntimeError(
    "When constructing a jagged nested tensor using narrow(), your start and length must be Tensors that broadcast to input.shape[0]",
  );
}

/** @internal A jagged tensor of parts of a tensor's rows, which shares its memory. */
export function jagged_from_tensor_and_lengths(given: Tensor, starts: Tensor, lengths: Tensor): NestedTensor {
  const rows = given.shape[0];
  const [start_list, length_list] = [perRow(starts, rows), perRow(lengths, rows)];
  if (given.dim() < 2) throw new AssertionError("tensor must at least be 2D for the nested narrow op to work");
  const width = given.shape[1];
  const firsts = start_list.add(torch.arange(0, rows, { dtype: int64, device: given.device }).mul(width));
  const offsets = torch.cat([firsts, firsts.narrow(0, rows - 1, 1).add(length_list.narrow(0, rows - 1, 1))]);
  const values = given.view(-1, ...given.shape.slice(2));
  const [begins, counts] = [offsets.tolist() as number[], length_list.tolist() as number[]];
  const isContiguous =
    counts.slice(1, -1).every((count) => count === width) &&
    begins.slice(1, -2).every((begin, i, all) => i === 0 || begin - all[i - 1] === width) &&
    begins[0] + counts[0] === width;
  const seqlens = { min_seqlen: Math.min(...counts), max_seqlen: Math.max(...counts) };
  if (!isContiguous) return new NestedTensor(values, { offsets, lengths: length_list, ragged_idx: 1, ...seqlens });
  const part = values.narrow(0, begins[0], (begins.at(-1) as number) - begins[0]);
  return new NestedTensor(part, { offsets: offsets.sub(begins[0]), lengths: null, ragged_idx: 1, ...seqlens });
}
