// torch.lu of torch/functional.py

import { boolean_dispatch } from "../_jit_internal.js";
import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import * as _VF from "../generated/torch.js";
import { typeName } from "../python/objects.js";
import type { Keywords } from "../types.js";

function _check_list_size(out: readonly Tensor[], get_infos: boolean): void {
  if (out.length - Number(get_infos) !== 2) {
    throw new TypeError(`expected tuple of ${2 + Number(get_infos)} elements but got ${out.length}`);
  }
  if (!Array.isArray(out)) throw new TypeError(`argument 'out' must be tuple of Tensors, not ${typeName(out)}`);
}

type Factors = readonly Tensor[];

function form_lu(name: string, pick: (result: Factors) => Factors) {
  return def(
    name,
    ["A", "pivot", "get_infos", "out"],
    (A: Tensor, pivot = true, get_infos = false, out: Factors | null = null): Factors => {
      const result = _VF._lu_with_info(A, { pivot, check_errors: !get_infos }) as Factors;
      if (out === null) return pick(result);
      _check_list_size(out, get_infos);
      for (let i = 0; i < out.length; i++) out[i].resize_as_(result[i]).copy_(result[i]);
      return out;
    },
  );
}

type LU<I> = I extends true ? [LU: Tensor, pivots: Tensor, infos: Tensor] : [LU: Tensor, pivots: Tensor];

/**
 * The LU factorization of matrices, in one tensor, and the pivots; with `get_infos` also a code for each matrix, which
 * is not zero where the factorization failed.
 *
 * `lu(A, pivot=True, get_infos=False, out=None)`
 *
 * Throws RuntimeError when it fails, unless `get_infos` asks for the codes. Deprecated by PyTorch for `linalg.lu_factor`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.lu.html}
 */
export const lu: {
  <I extends boolean = false>(
    A: Tensor,
    keywords: Keywords<{ pivot?: boolean; get_infos?: I; out?: Factors | null }>,
  ): LU<I>;
  <I extends boolean = false>(A: Tensor, pivot?: boolean, get_infos?: I, out?: Factors | null): LU<I>;
} = boolean_dispatch(
  "get_infos",
  2,
  false,
  form_lu("_lu_with_infos", (result) => result),
  form_lu("_lu_no_infos", ([LU, pivots]) => [LU, pivots]),
  "lu",
);
