// torch/return_types.py: the classes of results with names. They take the values as one sequence.

import { type NamedTupleClass, namedTupleClass } from "./named_tuple.js";

/** A class of named tuples that is made of a sequence, with or without `new`. */
export interface ReturnType {
  new (values: Iterable<unknown>): unknown[];
  (values: Iterable<unknown>): unknown[];
}

function returnType(name: string, fields: readonly string[]): ReturnType {
  const made = (values: Iterable<unknown>): unknown[] => {
    const list = typeof values === "object" && values !== null && Symbol.iterator in values ? [...values] : null;
    if (list === null) throw new TypeError("constructor requires a sequence");
    if (list.length !== fields.length) {
      throw new TypeError(
        `torch.return_types.${name}() takes a ${fields.length}-sequence (${list.length}-sequence given)`,
      );
    }
    return new (namedTupleClass(name, fields))(...list);
  };
  return new Proxy(namedTupleClass(name, fields), {
    apply: (_, __, [values]) => made(values),
    construct: (_, [values]) => made(values),
  }) as NamedTupleClass as unknown as ReturnType;
}

export const aminmax = returnType("aminmax", ["min", "max"]);
export const aminmax_out = returnType("aminmax_out", ["min", "max"]);
export const cummax = returnType("cummax", ["values", "indices"]);
export const cummax_out = returnType("cummax_out", ["values", "indices"]);
export const cummin = returnType("cummin", ["values", "indices"]);
export const cummin_out = returnType("cummin_out", ["values", "indices"]);
export const frexp = returnType("frexp", ["mantissa", "exponent"]);
export const frexp_out = returnType("frexp_out", ["mantissa", "exponent"]);
export const geqrf = returnType("geqrf", ["a", "tau"]);
export const geqrf_out = returnType("geqrf_out", ["a", "tau"]);
export const histogram = returnType("histogram", ["hist", "bin_edges"]);
export const histogram_out = returnType("histogram_out", ["hist", "bin_edges"]);
export const histogramdd = returnType("histogramdd", ["hist", "bin_edges"]);
export const kthvalue = returnType("kthvalue", ["values", "indices"]);
export const kthvalue_out = returnType("kthvalue_out", ["values", "indices"]);
export const linalg_cholesky_ex = returnType("linalg_cholesky_ex", ["L", "info"]);
export const linalg_cholesky_ex_out = returnType("linalg_cholesky_ex_out", ["L", "info"]);
export const linalg_eig = returnType("linalg_eig", ["eigenvalues", "eigenvectors"]);
export const linalg_eig_out = returnType("linalg_eig_out", ["eigenvalues", "eigenvectors"]);
export const linalg_eigh = returnType("linalg_eigh", ["eigenvalues", "eigenvectors"]);
export const linalg_eigh_out = returnType("linalg_eigh_out", ["eigenvalues", "eigenvectors"]);
export const linalg_inv_ex = returnType("linalg_inv_ex", ["inverse", "info"]);
export const linalg_inv_ex_out = returnType("linalg_inv_ex_out", ["inverse", "info"]);
export const linalg_ldl_factor = returnType("linalg_ldl_factor", ["LD", "pivots"]);
export const linalg_ldl_factor_ex = returnType("linalg_ldl_factor_ex", ["LD", "pivots", "info"]);
export const linalg_ldl_factor_ex_out = returnType("linalg_ldl_factor_ex_out", ["LD", "pivots", "info"]);
export const linalg_ldl_factor_out = returnType("linalg_ldl_factor_out", ["LD", "pivots"]);
export const linalg_lstsq = returnType("linalg_lstsq", ["solution", "residuals", "rank", "singular_values"]);
export const linalg_lstsq_out = returnType("linalg_lstsq_out", ["solution", "residuals", "rank", "singular_values"]);
export const linalg_lu = returnType("linalg_lu", ["P", "L", "U"]);
export const linalg_lu_factor = returnType("linalg_lu_factor", ["LU", "pivots"]);
export const linalg_lu_factor_ex = returnType("linalg_lu_factor_ex", ["LU", "pivots", "info"]);
export const linalg_lu_factor_ex_out = returnType("linalg_lu_factor_ex_out", ["LU", "pivots", "info"]);
export const linalg_lu_factor_out = returnType("linalg_lu_factor_out", ["LU", "pivots"]);
export const linalg_lu_out = returnType("linalg_lu_out", ["P", "L", "U"]);
export const linalg_polar = returnType("linalg_polar", ["U", "H"]);
export const linalg_polar_out = returnType("linalg_polar_out", ["U", "H"]);
export const linalg_qr = returnType("linalg_qr", ["Q", "R"]);
export const linalg_qr_out = returnType("linalg_qr_out", ["Q", "R"]);
export const linalg_slogdet = returnType("linalg_slogdet", ["sign", "logabsdet"]);
export const linalg_slogdet_out = returnType("linalg_slogdet_out", ["sign", "logabsdet"]);
export const linalg_solve_ex = returnType("linalg_solve_ex", ["result", "info"]);
export const linalg_solve_ex_out = returnType("linalg_solve_ex_out", ["result", "info"]);
export const linalg_svd = returnType("linalg_svd", ["U", "S", "Vh"]);
export const linalg_svd_out = returnType("linalg_svd_out", ["U", "S", "Vh"]);
export const lu_unpack = returnType("lu_unpack", ["P", "L", "U"]);
export const lu_unpack_out = returnType("lu_unpack_out", ["P", "L", "U"]);
export const max = returnType("max", ["values", "indices"]);
export const max_out = returnType("max_out", ["values", "indices"]);
export const median = returnType("median", ["values", "indices"]);
export const median_out = returnType("median_out", ["values", "indices"]);
export const min = returnType("min", ["values", "indices"]);
export const min_out = returnType("min_out", ["values", "indices"]);
export const mode = returnType("mode", ["values", "indices"]);
export const mode_out = returnType("mode_out", ["values", "indices"]);
export const nanmedian = returnType("nanmedian", ["values", "indices"]);
export const nanmedian_out = returnType("nanmedian_out", ["values", "indices"]);
export const slogdet = returnType("slogdet", ["sign", "logabsdet"]);
export const slogdet_out = returnType("slogdet_out", ["sign", "logabsdet"]);
export const sort = returnType("sort", ["values", "indices"]);
export const sort_out = returnType("sort_out", ["values", "indices"]);
export const svd = returnType("svd", ["U", "S", "V"]);
export const svd_out = returnType("svd_out", ["U", "S", "V"]);
export const topk = returnType("topk", ["values", "indices"]);
export const topk_out = returnType("topk_out", ["values", "indices"]);
export const triangular_solve = returnType("triangular_solve", ["solution", "cloned_coefficient"]);
export const triangular_solve_out = returnType("triangular_solve_out", ["solution", "cloned_coefficient"]);

/** All of these classes. */
export const all_return_types: readonly ReturnType[] = [
  aminmax,
  aminmax_out,
  cummax,
  cummax_out,
  cummin,
  cummin_out,
  frexp,
  frexp_out,
  geqrf,
  geqrf_out,
  histogram,
  histogram_out,
  histogramdd,
  kthvalue,
  kthvalue_out,
  linalg_cholesky_ex,
  linalg_cholesky_ex_out,
  linalg_eig,
  linalg_eig_out,
  linalg_eigh,
  linalg_eigh_out,
  linalg_inv_ex,
  linalg_inv_ex_out,
  linalg_ldl_factor,
  linalg_ldl_factor_ex,
  linalg_ldl_factor_ex_out,
  linalg_ldl_factor_out,
  linalg_lstsq,
  linalg_lstsq_out,
  linalg_lu,
  linalg_lu_factor,
  linalg_lu_factor_ex,
  linalg_lu_factor_ex_out,
  linalg_lu_factor_out,
  linalg_lu_out,
  linalg_polar,
  linalg_polar_out,
  linalg_qr,
  linalg_qr_out,
  linalg_slogdet,
  linalg_slogdet_out,
  linalg_solve_ex,
  linalg_solve_ex_out,
  linalg_svd,
  linalg_svd_out,
  lu_unpack,
  lu_unpack_out,
  max,
  max_out,
  median,
  median_out,
  min,
  min_out,
  mode,
  mode_out,
  nanmedian,
  nanmedian_out,
  slogdet,
  slogdet_out,
  sort,
  sort_out,
  svd,
  svd_out,
  topk,
  topk_out,
  triangular_solve,
  triangular_solve_out,
];
