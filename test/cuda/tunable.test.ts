import * as torch from "tstorch";
import { afterEach, expect, test, vi } from "vitest";
import { _process_single_offline_gemm } from "../../dist/cuda/_tune_gemm.js";

afterEach(() => {
  vi.restoreAllMocks();
});

/** The floating-point operations of the product that a line asks for. */
function flops(line: string): number {
  const counter = torch.utils.flop_counter.FlopCounterMode({ display: false });
  counter.__enter__();
  try {
    _process_single_offline_gemm(line, "cpu");
  } finally {
    counter.__exit__();
  }
  return counter.get_total_flops();
}

test("each line of a file calls the operator that asks for its product", () => {
  const { allow_tf32 } = torch.backends.cuda.matmul;
  // "nt" and "tn" tell of the columns' order: n, m and k, and ldb, lda and ldc after "ld".
  expect(flops("GemmTunableOp_float_NN,nn_4_3_5_ld_4_5_4")).toBe(2 * 3 * 4 * 5);
  expect(flops("GemmTunableOp_double_TN,tn_4_3_5_ld_5_5_4")).toBe(2 * 3 * 4 * 5);
  expect(flops("GemmTunableOp_tf32_NT,nt_4_3_5_ld_4_3_4\n")).toBe(2 * 3 * 4 * 5);
  expect(torch.backends.cuda.matmul.allow_tf32).toBe(true);
  expect(flops("GemmTunableOp_float_NN,nn_4_3_5_ld_9_8_7")).toBe(2 * 3 * 4 * 5);
  expect(torch.backends.cuda.matmul.allow_tf32).toBe(false);
  expect(flops("GemmStridedBatchedTunableOp_float_TN,tn_4_3_5_B_2_ld_5_5_4")).toBe(2 * 2 * 3 * 4 * 5);
  expect(flops("GemmStridedBatchedTunableOp_float_TN,tn_4_3_5_B_2_ld_9_8_7")).toBe(2 * 2 * 3 * 4 * 5);
  torch.backends.cuda.matmul.allow_tf32 = allow_tf32;
});

test("what cannot be tuned is warned of", () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  expect(flops("GemmTunableOp_float_TN,tn_4_1_5_ld_5_5_4")).toBe(0);
  expect(flops("GemmStridedBatchedTunableOp_float_TN,tn_1_3_5_B_2_ld_5_5_1")).toBe(0);
  expect(flops("GemmOtherOp_float_TN,tn_4_3_5_ld_5_5_4")).toBe(0);
  const skipped = "Offline tuning is not supported for this GEMM. Use online tuning instead. Skipped tuning for: ";
  expect(warned.mock.calls.map(([text]) => String(text))).toEqual([
    `${skipped}tn_4_1_5_ld_5_5_4`,
    `${skipped}tn_1_3_5_B_2_ld_5_5_1`,
    "error: unknown op GemmOtherOp",
  ]);
});

test("lines that are none", () => {
  const error = (line: string) => {
    try {
      flops(line);
    } catch (thrown) {
      return `${(thrown as Error).name}: ${(thrown as Error).message}`;
    }
    return "";
  };
  expect(error("GemmTunableOp_none_TN,tn_4_3_5_ld_5_5_4")).toBe("TypeError: dtype must be a torch.dtype, but got None");
  expect(error("GemmTunableOp_float_TN,tn_4_3_5_xx_5_5_4")).toBe("AssertionError: expected 'ld' at index 4, got 'xx'");
  expect(error("GemmTunableOp_float_TN,tn_4_a_5_ld_5_5_4")).toBe(
    "ValueError: invalid literal for int() with base 10: 'a'",
  );
  expect(error("GemmAndBiasTunableOp_float_NN,nn_4_3_5_ld_4_5_4")).toBe(
    "AssertionError: transA and transB must differ for GemmAndBiasTunableOp, got transA=False, transB=False",
  );
  expect(error("ScaledGemmTunableOp_Float8_e4m3fn_Float8_e4m3fn_BFloat16_NN,nn_4_3_5_ld_4_5_4")).toBe(
    "AssertionError: transB must be True for ScaledGemmTunableOp, got False",
  );
  const scaled = "ScaledGemmTunableOp_Float8_e4m3fn_Float8_e4m3fn_BFloat16_TN,tn_4_3_5_ld_5_5_4";
  expect(error(scaled)).toBe("AssertionError: expected 'a' at index 8, got None");
  expect(error(`${scaled}_a_Float8_e4m3fn_b_Float8_e4m3fn_c_X_as_1_bs_1_ast_0_bst_1_dscale_0_fast_0_bias_None`)).toBe(
    "AssertionError: offline tuning only supports matching CUDA scaled GEMM scaling types",
  );
  expect(error(`${scaled}_a_Float8_e4m3fn_b_Float8_e4m3fn_c_X_as_1_bs_1_ast_0_bst_0_dscale_0_fast_0_bias_None`)).toBe(
    "TypeError: dtypeC must be a torch.dtype, but got X",
  );
  expect(error("GemmTunableOp_a_float_TN,tn_4_3_5_ld_5_5_4")).toBe("AssertionError: count must be 6 or 7, got 3");
});
