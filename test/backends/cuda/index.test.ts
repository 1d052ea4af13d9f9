import * as torch from "tstorch";
import { expect, test } from "vitest";

const { cuda, cudnn, cusparselt, mkl, mkldnn, opt_einsum } = torch.backends;

test("preferred libraries", () => {
  expect(cuda.preferred_linalg_library()).toBe(cuda._LinalgBackend.Default);
  expect(() => cuda.preferred_linalg_library("x")).toThrow(
    "Unknown input value. Choose from: default, cusolver, magma.",
  );
  expect(() => cuda.preferred_linalg_library(7 as never)).toThrow("Unknown input value type.");
  expect(() => cuda.preferred_blas_library("zz")).toThrow(
    "Unknown input value. Choose from: default, cublas, hipblas, cublaslt, hipblaslt, ck.",
  );
  expect(() => cuda.preferred_rocm_fa_library("zz")).toThrow(
    "Unknown input value. Choose from: default, aotriton, ck.",
  );
});

test("workspaces", () => {
  expect(() => cuda.blas_workspace_size(null, "zz")).toThrow(
    "Unknown backend string. Choose from: default, cublas, hipblas, cublaslt, hipblaslt, ck.",
  );
  expect(() => cuda.blas_workspace_size(null, "ck")).toThrow("CK backend does not use a workspace.");
  expect(() => cuda.blas_workspace_size(null, 3.5 as never)).toThrow("Unknown backend type.");
});

test("SDPAParams", () => {
  const x = torch.zeros(1, 1, 2, 2);
  const params = new cuda.SDPAParams(x, x, x, null, 0, false, false);
  expect(params.query).toBe(x);
  expect(cuda.can_use_flash_attention(params)).toBe(false);
  expect(cuda.can_use_efficient_attention(params)).toBe(false);
  expect(() => cuda.can_use_flash_attention(1 as never)).toThrow(
    "_can_use_flash_attention(): incompatible function arguments",
  );
  expect(cuda.is_ck_sdpa_available()).toBe(false);
});

test("sdp_kernel() holds while a function runs", () => {
  expect(cuda.sdp_kernel({ enable_flash: false }, () => cuda.flash_sdp_enabled())).toBe(false);
  expect(cuda.flash_sdp_enabled()).toBe(true);
});

test("reductions of matrix products", () => {
  const { matmul } = cuda;
  expect(matmul.allow_fp16_reduced_precision_reduction).toBe(true);
  matmul.allow_fp16_reduced_precision_reduction = [false, true];
  expect(matmul.allow_fp16_reduced_precision_reduction).toBe(false);
  expect(matmul.allow_fp16_reduced_precision_reduction_split_k).toBe(true);
  matmul.allow_fp16_reduced_precision_reduction = [false, false];
  expect(matmul.allow_fp16_reduced_precision_reduction_split_k).toBe(false);
  matmul.allow_fp16_reduced_precision_reduction = true;
  const set = (value: unknown) => () => {
    matmul.allow_bf16_reduced_precision_reduction = value as boolean;
  };
  expect(set([true, 1])).toThrow(
    "allow_bf16_reduced_precision_reduction expects a bool for allow_splitk, but got <class 'int'>",
  );
  expect(set([])).toThrow("allow_bf16_reduced_precision_reduction expects at least one boolean argument");
});

test("flags that were missing", () => {
  expect(cudnn.set_flags()).toHaveLength(7);
  expect(() => cudnn.set_flags({ _depthwise_kernel: "zz" })).toThrow("Unknown cuDNN depthwise kernel mode: zz");
  expect(cudnn.depthwise_kernel).toBe("auto");
  expect(["RNN_RELU", "RNN_TANH", "LSTM", "GRU"].map((mode) => cudnn.rnn.get_cudnn_mode(mode))).toEqual([0, 1, 2, 3]);
  expect(() => cudnn.rnn.get_cudnn_mode("X")).toThrow("Unknown mode: X");
  expect(mkldnn.allow_tf32).toBe(null);
  expect(mkldnn.set_flags()).toEqual([true, false, null, "none"]);
  expect(cusparselt.get_max_alg_id()).toBe(null);
});

test("verbose", () => {
  expect(mkl.verbose(mkl.VERBOSE_OFF, () => 3)).toBe(3);
  expect(() => mkldnn.verbose(7, () => 3)).toThrow(
    "Failed to set MKLDNN into verbose mode. Please consider to disable this verbose scope.",
  );
});

test("arguments of flags()", () => {
  const wrong = { foo: 1 } as never;
  expect(() => cudnn.flags(wrong)).toThrow("flags() got an unexpected keyword argument 'foo'");
  expect(() => mkldnn.flags(wrong)).toThrow("flags() got an unexpected keyword argument 'foo'");
  expect(() => torch.backends.flags(wrong)).toThrow("flags() got an unexpected keyword argument 'foo'");
  expect(() => torch.backends.nnpack.flags(wrong)).toThrow("flags() got an unexpected keyword argument 'foo'");
  expect(() => opt_einsum.flags({ enabled: true }, () => 1)).toThrow("opt_einsum is not available");
});
