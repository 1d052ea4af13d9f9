import type { dtype } from "../dtype.js";
import type { layout, qscheme } from "../layout.js";

/** The methods that give what a sparse tensor is made of. */
export type MemberMethod =
  | "_indices"
  | "_values"
  | "crow_indices"
  | "col_indices"
  | "ccol_indices"
  | "row_indices"
  | "values";

/** What printing reads of a tensor: PyTorch's own names. */
export interface PrintableTensor extends Record<MemberMethod, () => PrintableTensor> {
  readonly dtype: dtype;
  readonly shape: readonly number[];
  readonly device: { readonly type: string };
  readonly layout: layout;
  readonly is_nested: boolean;
  readonly is_quantized: boolean;
  readonly requires_grad: boolean;
  readonly grad_fn: { name(): string } | null;
  numel(): number;
  tolist(): unknown;
  narrow(dim: number, start: number, length: number): PrintableTensor;
  view(dtype: dtype): PrintableTensor;
  detach(): PrintableTensor;
  clone(): PrintableTensor;
  _is_zerotensor(): boolean;
  to_dense(): PrintableTensor;
  dequantize(): PrintableTensor;
  unbind(dim: number): readonly PrintableTensor[];
  _nnz(): number;
  qscheme(): qscheme;
  q_scale(): number;
  q_zero_point(): number;
  q_per_channel_scales(): PrintableTensor;
  q_per_channel_zero_points(): PrintableTensor;
  q_per_channel_axis(): number;
}
