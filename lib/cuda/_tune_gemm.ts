// What tune_gemm_in_file() of torch/cuda/tunable.py does with each line of a file of untuned products.

import type { Tensor } from "../_tensor.js";
import { matmul } from "../backends/cuda/_matmul.js";
import type { dtype } from "../dtype.js";
import * as dtypes from "../dtype.js";
import { AssertionError, TypeError, ValueError } from "../errors.js";
import * as _nn from "../generated/nn.js";
import * as torch from "../generated/torch.js";
import { ScalingType, scaled_mm } from "../nn/functional/scaled_mm.js";
import { repr } from "../python/repr.js";
import { tensor } from "../tensor_new.js";
import { warn } from "../warnings.js";

const names: ReadonlyMap<string, dtype> = new Map([
  ["Float", dtypes.float32],
  ["float", dtypes.float32],
  ["tf32", dtypes.float32],
  ["double", dtypes.float64],
  ["BFloat16", dtypes.bfloat16],
  ["Half", dtypes.half],
  ["c10::complex<double>", dtypes.complex128],
  ["c10::complex<float>", dtypes.complex64],
  ["Float8_e4m3fn", dtypes.float8_e4m3fn],
  ["Float8_e5m2", dtypes.float8_e5m2],
  ["Float8_e4m3fnuz", dtypes.float8_e4m3fnuz],
  ["Float8_e5m2fnuz", dtypes.float8_e5m2fnuz],
]);

function dtypeOf(name: string, field: string): dtype {
  const found = names.get(name);
  if (found === undefined) throw new TypeError(`${field} must be a torch.dtype, but got ${name}`);
  return found;
}

function int(text: string): number {
  if (!/^\s*[+-]?\d+(_\d+)*\s*$/.test(text)) {
    throw new ValueError(`invalid literal for int() with base 10: ${repr(text)}`);
  }
  return Number(text.replaceAll("_", ""));
}

/** A product as BLAS is asked for it. */
interface Gemm {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly lda: number;
  readonly ldb: number;
  readonly ldc: number;
  readonly transA: boolean;
  readonly transB: boolean;
  /** Whether the matrices are parts of larger ones. */
  readonly subMatrix: boolean;
  readonly device: string;
}

/** Matrices of which the product is what BLAS was asked for. */
function _create_matrices(gemm: Gemm, dtypeA: dtype, dtypeB = dtypeA, randn = true): [Tensor, Tensor] {
  const { m, n, k, lda, ldb, ldc, transA, transB, subMatrix, device } = gemm;
  const [fillA, fillB] = [0.25, 0.75];
  if (subMatrix) {
    const rows = Math.max(ldc, k);
    const made = (columns: number, fill: number) =>
      randn
        ? torch.randn([rows, columns], { dtype: dtypeA, device })
        : torch.full([rows, columns], fill, { dtype: dtypeB, device });
    const [matA, matB] = [made(lda, fillA), made(ldb, fillB)];
    const part = (whole: Tensor, height: number, width: number) =>
      whole.narrow(0, 0, Math.min(height, whole.size(0))).narrow(1, 0, Math.min(width, whole.size(1)));
    return [transA ? part(matA, k, m).t() : part(matA, m, k), transB ? part(matB, n, k).t() : part(matB, k, n)];
  }
  const made = (sizes: [number, number], dtype: dtype, fill: number) =>
    randn ? torch.rand(sizes, { dtype, device }) : torch.full(sizes, fill, { dtype, device });
  return [
    transA ? made([k, m], dtypeA, fillA).t() : made([m, k], dtypeA, fillA),
    transB ? made([n, k], dtypeB, fillB).t() : made([k, n], dtypeB, fillB),
  ];
}

/** The same for batches of matrices. */
function _create_batch_matrices(gemm: Gemm, b: number, dtype: dtype): [Tensor, Tensor] {
  const { m, n, k, lda, ldb, ldc, transA, transB, subMatrix, device } = gemm;
  const options = { dtype, device };
  const rows = Math.max(ldc, k);
  const made = (height: number, width: number, columns: number) => {
    if (!subMatrix) return torch.rand([b, height, width], options);
    const whole = torch.randn([b, rows, columns], options);
    return whole.narrow(1, 0, Math.min(height, rows)).narrow(2, 0, Math.min(width, columns));
  };
  return [
    transA ? made(k, m, lda).transpose(1, 2) : made(m, k, lda),
    transB ? made(n, k, ldb).transpose(1, 2) : made(k, n, ldb),
  ];
}

const labels = ["a", "b", "c", "as", "bs", "ast", "bst", "dscale", "fast", "bias"];

function _parse_cuda_scaled_gemm_fields(tokens: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  let i = 8;
  for (const label of labels) {
    if (tokens[i] !== label) {
      throw new AssertionError(`expected ${repr(label)} at index ${i}, got ${repr(tokens[i] ?? null)}`);
    }
    const start = ++i;
    while (i < tokens.length && !labels.includes(tokens[i])) i++;
    if (i === start) throw new AssertionError(`expected value for ${repr(label)}`);
    fields[label] = tokens.slice(start, i).join("_");
  }
  if (i !== tokens.length) {
    throw new AssertionError(`unexpected CUDA scaled GEMM fields: ${repr(tokens.slice(i))}`);
  }
  return fields;
}

function scaledProduct(gemm: Gemm, tokens: readonly string[]): void {
  const { m, n, transA, transB, device } = gemm;
  if (!transB) throw new AssertionError(`transB must be True for ScaledGemmTunableOp, got ${repr(transB)}`);
  if (transA) throw new AssertionError(`transA must be False for ScaledGemmTunableOp, got ${repr(transA)}`);
  const fields = _parse_cuda_scaled_gemm_fields(tokens);
  if (fields.dscale !== "0") {
    throw new AssertionError("offline tuning for CUDA scaled GEMM with dscale is not supported");
  }
  if (fields.ast !== fields.bst) {
    throw new AssertionError("offline tuning only supports matching CUDA scaled GEMM scaling types");
  }
  if (!["0", "1"].includes(fields.ast)) {
    throw new AssertionError("offline tuning only supports CUDA tensorwise and rowwise scaled GEMM");
  }
  if (!["0", "1"].includes(fields.fast)) throw new AssertionError("expected CUDA scaled GEMM fast field to be 0 or 1");
  const bias_dtype = fields.bias === "None" ? null : dtypeOf(fields.bias, "bias_dtype");
  // The product of rows is asked for as that of columns: the operands change places.
  const dtypeA = dtypeOf(fields.b, "dtypeA");
  const dtypeB = dtypeOf(fields.a, "dtypeB");
  const output_dtype = dtypeOf(fields.c, "dtypeC");
  const [matA, matB] = _create_matrices(gemm, dtypeA, dtypeB, false);
  const rowwise = fields.ast === "1";
  const recipe = rowwise ? ScalingType.RowWise : ScalingType.TensorWise;
  scaled_mm(matA, matB, {
    scale_a: rowwise ? torch.ones([m, 1], { device }) : tensor(0.8, { device }),
    scale_recipe_a: recipe,
    scale_b: rowwise ? torch.ones([1, n], { device }) : tensor(0.9, { device }),
    scale_recipe_b: recipe,
    output_dtype,
    use_fast_accum: fields.fast === "1",
    bias: bias_dtype && torch.full([n], 0.1, { dtype: bias_dtype, device }),
  });
}

const skip = (sizes: string) =>
  warn(`Offline tuning is not supported for this GEMM. Use online tuning instead. Skipped tuning for: ${sizes}`);

/** Calls the operator that asks for the product of a line, on a device. */
export function _process_single_offline_gemm(untuned_gemm_line: string, device: string): void {
  const [signature, sizes] = untuned_gemm_line.trim().split(",");
  const parts = signature.split("_");
  const count = parts.length - 1;
  const isScaled = count !== 2;
  if (isScaled && count !== 6 && count !== 7) throw new AssertionError(`count must be 6 or 7, got ${count}`);
  const [op_sig, data_type] = parts;
  const layout = parts[count];
  const [transB, transA] = [layout[0] === "T", layout[1] === "T"];
  if (!isScaled) matmul.allow_tf32 = data_type === "tf32";
  const dtype = (): dtype => {
    const found = isScaled ? undefined : names.get(data_type);
    if (found === undefined) throw new TypeError("dtype must be a torch.dtype, but got None");
    return found;
  };

  const tokens = sizes.split("_");
  const [n, m, k] = tokens.slice(1, 4).map(int);
  const at = op_sig === "GemmStridedBatchedTunableOp" ? 6 : 4;
  if (tokens[at] !== "ld") throw new AssertionError(`expected 'ld' at index ${at}, got ${repr(tokens[at])}`);
  const [ldb, lda, ldc] = tokens.slice(at + 1, at + 4).map(int);
  const isTight = lda === (transA ? m : k) && ldb === (transB ? k : n) && ldc === n;
  const gemm: Gemm = { m, n, k, lda, ldb, ldc, transA, transB, subMatrix: !isTight, device };
  const isThin = m === 1 || n === 1 || k === 1;

  if (op_sig === "GemmTunableOp") {
    if (isThin && (transA || transB) && !(transA && n === 1)) skip(sizes);
    else torch.mm(..._create_matrices(gemm, dtype()));
  } else if (op_sig === "GemmStridedBatchedTunableOp") {
    if (isThin) skip(sizes);
    else torch.bmm(..._create_batch_matrices(gemm, int(tokens[5]), dtype()));
  } else if (op_sig === "ScaledGemmTunableOp") {
    scaledProduct(gemm, tokens);
  } else if (op_sig === "GemmAndBiasTunableOp") {
    if (transA === transB) {
      throw new AssertionError(
        `transA and transB must differ for GemmAndBiasTunableOp, got transA=${repr(transA)}, transB=${repr(transB)}`,
      );
    }
    const bias = torch.rand([n], { dtype: dtype(), device });
    const [X, matA] = _create_matrices(gemm, dtype());
    _nn.linear(X, matA.t(), bias);
  } else {
    warn(`error: unknown op ${op_sig}`);
  }
}
