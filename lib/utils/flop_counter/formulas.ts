// torch/utils/flop_counter.py: how many operations an operator is

import type { Tensor } from "../../_tensor.js";
import { AssertionError } from "../../errors.js";
import { str } from "../../python/repr.js";
import { tupleText } from "../_pytree.js";

type Shape = readonly number[];

const prod = (values: Shape) => values.reduce((product, value) => product * value, 1);

/** 2 m n k for (m, k) times (k, n). */
export function mm_flop(a_shape: Shape, b_shape: Shape): number {
  const [m, k] = a_shape;
  const [k2, n] = b_shape;
  if (k !== k2) {
    throw new AssertionError(`matmul: inner dimensions must match (k == k2), got ${k} and ${k2}`);
  }
  return m * n * 2 * k;
}

export const addmm_flop = (_self: Shape, a_shape: Shape, b_shape: Shape): number => mm_flop(a_shape, b_shape);

/** 2 b m n k for b products of (m, k) and (k, n). */
export function bmm_flop(a_shape: Shape, b_shape: Shape): number {
  const [b, m, k] = a_shape;
  const [b2, k2, n] = b_shape;
  if (b !== b2) throw new AssertionError(`bmm: batch dimensions must match (b == b2), got ${b} and ${b2}`);
  if (k !== k2) throw new AssertionError(`bmm: inner dimensions must match (k == k2), got ${k} and ${k2}`);
  return b * m * n * 2 * k;
}

export const baddbmm_flop = (_self: Shape, a_shape: Shape, b_shape: Shape): number => bmm_flop(a_shape, b_shape);

/** The multiplications and additions of a convolution: each place of the output, or of the input of a transposed one. */
export function conv_flop_count(x_shape: Shape, w_shape: Shape, out_shape: Shape, transposed = false): number {
  const conv_shape = (transposed ? x_shape : out_shape).slice(2);
  return prod(conv_shape) * prod(w_shape) * x_shape[0] * 2;
}

type Given = { out_shape: unknown };
const outShape = (args: readonly unknown[]) => (args.at(-1) as Given).out_shape;

export function conv_flop(x: Shape, w: Shape, _b: unknown, _s: unknown, _p: unknown, _d: unknown, ...rest: unknown[]) {
  return conv_flop_count(x, w, outShape(rest) as Shape, rest[0] as boolean);
}

const t = ([first, second, ...rest]: Shape): Shape => [second, first, ...rest];

/** The gradient of the input is a convolution with the weight, that of the weight one of the input with the gradient. */
export function conv_backward_flop(grad_out: Shape, x: Shape, w: Shape, ...rest: unknown[]): number {
  const [, , , , transposed, , , output_mask] = rest as [...unknown[]] as [
    unknown,
    unknown,
    unknown,
    unknown,
    boolean,
    unknown,
    unknown,
    boolean[],
  ];
  const out = outShape(rest) as Shape[];
  let flop_count = 0;
  if (output_mask[0]) flop_count += conv_flop_count(grad_out, w, out[0], !transposed);
  if (output_mask[1]) {
    flop_count += transposed
      ? conv_flop_count(t(grad_out), t(x), t(out[1]))
      : conv_flop_count(t(x), t(grad_out), t(out[1]));
  }
  return flop_count;
}

function checkHeads(query: number, key: number, name: string): void {
  if (query >= key && query % key === 0) return;
  throw new AssertionError(`${name}: query heads (${query}) must be a multiple of key/value heads (${key})`);
}

/** The two products of attention; keys and values may have fewer heads than queries. */
export function sdpa_flop_count(query_shape: Shape, key_shape: Shape, value_shape: Shape): number {
  const [b, h_q, s_q, d_q] = query_shape;
  const [b2, h_kv, s_k, d2] = key_shape;
  const [b3, h3, s3, d_v] = value_shape;
  if (!(b === b2 && b === b3 && h_kv === h3 && d_q === d2 && s_k === s3)) {
    throw new AssertionError(
      `sdpa_flop_count: query/key/value shapes are incompatible: q=${str(query_shape)}, k=${str(key_shape)}, v=${str(value_shape)}`,
    );
  }
  checkHeads(h_q, h_kv, "sdpa_flop_count");
  const scores = bmm_flop([b * h_q, s_q, d_q], [b * h_q, d_q, s_k]);
  return scores + bmm_flop([b * h_q, s_q, s_k], [b * h_q, s_k, d_v]);
}

/** The scores once more, and the two products behind each of the two products of attention. */
export function sdpa_backward_flop_count(grad_out: Shape, query: Shape, key: Shape, value: Shape): number {
  const [b, h_q, s_q, d_q] = query;
  const [b2, h_kv, s_k, d2] = key;
  const [b3, h3, s3, d_v] = value;
  const [b4, h4, s4, d4] = grad_out;
  if (!(b === b2 && b === b3 && b === b4 && h_kv === h3 && h_q === h4)) {
    throw new AssertionError("sdpa_backward_flop_count: batch/heads mismatch among tensors");
  }
  checkHeads(h_q, h_kv, "sdpa_backward_flop_count");
  if (!(d_q === d2 && d_v === d4 && s_k === s3 && s_q === s4)) {
    throw new AssertionError("sdpa_backward_flop_count: grad_out/value/key/query shapes are incompatible");
  }
  const n = b * h_q;
  return (
    bmm_flop([n, s_q, d_q], [n, d_q, s_k]) +
    bmm_flop([n, s_q, d_v], [n, d_v, s_k]) +
    bmm_flop([n, s_k, s_q], [n, s_q, d_v]) +
    bmm_flop([n, s_q, s_k], [n, s_k, d_q]) +
    bmm_flop([n, d_q, s_q], [n, s_q, s_k])
  );
}

type Sizes = [query: Shape, key: Shape, value: Shape, grad_out: Shape | null];

const lengthsOf = (offsets: Tensor, max_len: number): number[] =>
  offsets.device.type === "meta" ? new Array(offsets.size(0) - 1).fill(max_len) : (offsets.diff().tolist() as number[]);

/** The sizes of each sequence of a batch whose sequences lie one behind the other: (1, heads, length, dimension). */
function* sequences(
  tensors: Tensor[],
  offsets: [Tensor, Tensor],
  longest: [number, number],
  name: string,
): Generator<Sizes> {
  const [query, key, value, grad_out] = tensors;
  const [seq_q, seq_k] = offsets;
  const [h_q, d_q, h_k, d_k, h_v, d_v] = [query, key, value].flatMap((tensor) => tensor.shape.slice(-2));
  const expected = [...query.shape.slice(0, -1), d_v];
  if (grad_out && String([...grad_out.shape]) !== String(expected)) {
    throw new AssertionError(
      `${name}: grad_out has shape ${tupleText([...grad_out.shape])}, expected ${tupleText(expected)}`,
    );
  }
  if (String([...seq_q.shape]) !== String([...seq_k.shape])) {
    throw new AssertionError(`${name}: cum_seq_q and cum_seq_k must have the same shape`);
  }
  const lengths_k = lengthsOf(seq_k, longest[1]);
  for (const [i, length] of lengthsOf(seq_q, longest[0]).entries()) {
    const grad = grad_out ? [1, h_q, length, d_v] : null;
    yield [[1, h_q, length, d_q], [1, h_k, lengths_k[i], d_k], [1, h_v, lengths_k[i], d_v], grad];
  }
}

const whole = ([query, key, value, grad_out]: Tensor[]): Sizes => [
  query.shape,
  key.shape,
  value.shape,
  grad_out?.shape ?? null,
];

function total(sizes: Iterable<Sizes>): number {
  let flops = 0;
  for (const [query, key, value, grad_out] of sizes) {
    flops += grad_out ? sdpa_backward_flop_count(grad_out, query, key, value) : sdpa_flop_count(query, key, value);
  }
  return flops;
}

type Offsets = Tensor | null;

function flash(tensors: Tensor[], cum_q: Offsets, cum_k: Offsets, max_q: number, max_k: number): number {
  if (cum_q && cum_k) return total(sequences(tensors, [cum_q, cum_k], [max_q, max_k], "sdpa_flop_count"));
  const isDense = tensors[0].ndim === 4;
  return total([whole(isDense ? tensors.map((tensor) => tensor.transpose(-2, -3)) : tensors)]);
}

function efficient(tensors: Tensor[], cu_q: Offsets, cu_k: Offsets, max_q: number, max_k: number): number {
  const name = "_unpack_efficient_attention_nested_shapes";
  return total(cu_q && cu_k ? sequences(tensors, [cu_q, cu_k], [max_q, max_k], name) : [whole(tensors)]);
}

type Args = readonly unknown[];

export const _flash_attention_forward_flop = (q: Tensor, k: Tensor, v: Tensor, ...rest: Args): number =>
  flash([q, k, v], rest[0] as Offsets, rest[1] as Offsets, rest[2] as number, rest[3] as number);

export const _flash_attention_backward_flop = (grad: Tensor, q: Tensor, k: Tensor, v: Tensor, ...rest: Args): number =>
  flash([q, k, v, grad], rest[2] as Offsets, rest[3] as Offsets, rest[4] as number, rest[5] as number);

export const _efficient_attention_forward_flop = (q: Tensor, k: Tensor, v: Tensor, ...rest: Args): number =>
  efficient([q, k, v], rest[1] as Offsets, rest[2] as Offsets, rest[3] as number, rest[4] as number);

export const _efficient_attention_backward_flop = (
  grad: Tensor,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  ...rest: Args
): number => efficient([q, k, v, grad], rest[2] as Offsets, rest[3] as Offsets, rest[4] as number, rest[5] as number);
