// Settings of the whole process, and what a bug report needs to know.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/cpu/Utils.h>
#include <c10/core/AutogradState.h>
#include <c10/core/DefaultDtype.h>
#include <torch/csrc/jit/codegen/onednn/interface.h>
#include <torch/version.h>

#include <cctype>
#include <functional>
#include <map>

#include "functions.h"
#include "meta_kernels.h"

namespace tstorch {

namespace {

struct Setting {
  std::function<napi_value(Call&)> get;
  std::function<void(Call&)> set;  // the value is argument 1
};

Setting flag(std::function<bool()> get, std::function<void(bool)> set) {
  return {[get](Call& call) { return js::boolean(call.env(), get()); }, [set](Call& call) { set(call.boolean(1)); }};
}

Setting count(std::function<int()> get, std::function<void(int)> set) {
  return {[get](Call& call) { return js::number(call.env(), get()); },
          [set](Call& call) { set(static_cast<int>(call.integer(1))); }};
}

// A fact that nobody sets.
Setting fact(std::function<bool()> get) {
  return {[get](Call& call) { return js::boolean(call.env(), get()); },
          [](Call&) { TORCH_CHECK(false, "this cannot be set"); }};
}

// As Python names it: in lower case.
std::string name_of(at::QEngine engine) {
  std::string name = c10::toString(engine);
  for (char& letter : name) letter = static_cast<char>(std::tolower(letter));
  return name == "noqengine" ? "none" : name;
}

at::QEngine engine(const std::string& name) {
  for (const at::QEngine engine : at::Context::supportedQEngines()) {
    if (name_of(engine) == name) return engine;
  }
  TORCH_CHECK(false, name, " is not a valid value for quantized engine");
}

Setting precision(at::Float32Backend backend, at::Float32Op op) {
  return {[=](Call& call) {
            return js::string(call.env(), at::precision2str(at::globalContext().float32Precision(backend, op)));
          },
          [=](Call& call) { at::globalContext().setFloat32Precision(backend, op, at::str2precision(call.string(1))); }};
}

// By the names that lib/ uses; each pair is one function of Python's torch.
const std::map<std::string, Setting>& settings() {
  static at::Context& context = at::globalContext();
  static const auto* table = new std::map<std::string, Setting>{
      {"num_threads", count(at::get_num_threads, at::set_num_threads)},
      {"num_interop_threads", count(at::get_num_interop_threads, at::set_num_interop_threads)},
      {"deterministic_algorithms",
       flag([] { return context.deterministicAlgorithms(); },
            [](bool on) { context.setDeterministicAlgorithms(on, context.deterministicAlgorithmsWarnOnly()); })},
      {"deterministic_algorithms_warn_only",
       flag([] { return context.deterministicAlgorithmsWarnOnly(); },
            [](bool on) { context.setDeterministicAlgorithms(context.deterministicAlgorithms(), on); })},
      {"deterministic_fill_uninitialized_memory",
       flag([] { return context.deterministicFillUninitializedMemory(); },
            [](bool on) { context.setDeterministicFillUninitializedMemory(on); })},
      {"float32_matmul_precision",
       {[](Call& call) {
          switch (context.float32MatmulPrecision()) {
            case at::Float32MatmulPrecision::HIGHEST:
              return js::string(call.env(), "highest");
            case at::Float32MatmulPrecision::HIGH:
              return js::string(call.env(), "high");
            default:
              return js::string(call.env(), "medium");
          }
        },
        [](Call& call) { context.setFloat32MatmulPrecision(call.string(1)); }}},
      {"flush_denormal", flag([] { return false; }, [](bool on) { at::Context::setFlushDenormal(on); })},
      {"warn_always", flag(c10::WarningUtils::get_warnAlways, c10::WarningUtils::set_warnAlways)},
      {"cudnn_enabled",
       flag([] { return context.userEnabledCuDNN(); }, [](bool on) { context.setUserEnabledCuDNN(on); })},
      {"cudnn_benchmark",
       flag([] { return context.benchmarkCuDNN(); }, [](bool on) { context.setBenchmarkCuDNN(on); })},
      {"cudnn_deterministic",
       flag([] { return context.deterministicCuDNN(); }, [](bool on) { context.setDeterministicCuDNN(on); })},
      {"mkldnn_enabled",
       flag([] { return context.userEnabledMkldnn(); }, [](bool on) { context.setUserEnabledMkldnn(on); })},
      {"nnpack_enabled",
       flag([] { return context.userEnabledNNPACK(); }, [](bool on) { context.setUserEnabledNNPACK(on); })},
      {"sdp_flash", flag([] { return context.userEnabledFlashSDP(); }, [](bool on) { context.setSDPUseFlash(on); })},
      {"sdp_mem_efficient",
       flag([] { return context.userEnabledMemEfficientSDP(); }, [](bool on) { context.setSDPUseMemEfficient(on); })},
      {"sdp_cudnn", flag([] { return context.userEnabledCuDNNSDP(); }, [](bool on) { context.setSDPUseCuDNN(on); })},
      {"sdp_overrideable",
       flag([] { return context.userEnabledOverrideableSDP(); }, [](bool on) { context.setSDPUseOverrideable(on); })},
      {"sdp_priority_order",
       {[](Call& call) {
          const auto order = context.sDPPriorityOrder();
          const napi_value result = js::array(call.env(), order.size());
          for (size_t i = 0; i < order.size(); i++) {
            js::set_at(call.env(), result, i, js::number(call.env(), static_cast<double>(order[i])));
          }
          return result;
        },
        [](Call& call) {
          std::vector<int64_t> order;
          for (size_t i = 0; i < js::length_of(call.env(), call.value(1)); i++) {
            order.push_back(js::to_integer(call.env(), js::element(call.env(), call.value(1), i)));
          }
          context.setSDPPriorityOrder(order);
        }}},
      {"sdp_reduced_precision_math", flag([] { return context.allowFP16BF16ReductionMathSDP(); },
                                          [](bool on) { context.setAllowFP16BF16ReductionMathSDP(on); })},
      {"warn_on_accumulate_grad_stream_mismatch",
       flag([] { return context.warnOnAccumulateGradStreamMismatch(); },
            [](bool on) { context.setWarnOnAccumulateGradStreamMismatch(on); })},
      {"override_stale_capture_stream", flag([] { return context.overrideStaleCaptureStream(); },
                                             [](bool on) { context.setOverrideStaleCaptureStream(on); })},
      {"grad_layout_enforcement",
       flag([] { return c10::AutogradState::get_tls_state().get_grad_layout_enforcement_enabled(); },
            [](bool on) { c10::AutogradState::get_tls_state().set_grad_layout_enforcement_enabled(on); })},
      {"cudnn_allow_tf32",
       flag([] { return context.allowTF32CuDNN(); }, [](bool on) { context.setAllowTF32CuDNN(on); })},
      {"cudnn_benchmark_limit",
       count([] { return context.benchmarkLimitCuDNN(); }, [](int limit) { context.setBenchmarkLimitCuDNN(limit); })},
      {"cublas_allow_tf32",
       flag([] { return context.allowTF32CuBLAS(); }, [](bool on) { context.setAllowTF32CuBLAS(on); })},
      {"cublas_allow_fp16_accumulation", flag([] { return context.allowFP16AccumulationCuBLAS(); },
                                              [](bool on) { context.setAllowFP16AccumulationCuBLAS(on); })},
      {"cublaslt_prefer_grouped_gemm", flag([] { return context.preferCublasltGroupedGemm(); },
                                            [](bool on) { context.setPreferCublasltGroupedGemm(on); })},
      {"cudnn_depthwise_kernel",
       {[](Call& call) { return js::string(call.env(), at::cudnn_depthwise2str(context.cudnnDepthwiseKernel())); },
        [](Call& call) { context.setCuDNNDepthwiseKernel(at::str2cudnn_depthwise(call.string(1))); }}},
      {"mkldnn_deterministic",
       flag([] { return context.deterministicMkldnn(); }, [](bool on) { context.setDeterministicMkldnn(on); })},
      {"mkldnn_allow_tf32",
       flag([] { return context.allowTF32OneDNN(); }, [](bool on) { context.setAllowTF32OneDNN(on); })},
      {"fp32_precision_generic_all", precision(at::Float32Backend::GENERIC, at::Float32Op::ALL)},
      {"fp32_precision_mkldnn_all", precision(at::Float32Backend::MKLDNN, at::Float32Op::ALL)},
      {"fp32_precision_mkldnn_conv", precision(at::Float32Backend::MKLDNN, at::Float32Op::CONV)},
      {"fp32_precision_mkldnn_rnn", precision(at::Float32Backend::MKLDNN, at::Float32Op::RNN)},
      {"fp32_precision_mkldnn_matmul", precision(at::Float32Backend::MKLDNN, at::Float32Op::MATMUL)},
      {"fp32_precision_cuda_all", precision(at::Float32Backend::CUDA, at::Float32Op::ALL)},
      {"fp32_precision_cuda_conv", precision(at::Float32Backend::CUDA, at::Float32Op::CONV)},
      {"fp32_precision_cuda_rnn", precision(at::Float32Backend::CUDA, at::Float32Op::RNN)},
      {"fp32_precision_cuda_matmul", precision(at::Float32Backend::CUDA, at::Float32Op::MATMUL)},
      {"quantized_engine",
       {[](Call& call) { return js::string(call.env(), name_of(context.qEngine())); },
        [](Call& call) { context.setQEngine(engine(call.string(1))); }}},
      {"quantized_engines",
       {[](Call& call) {
          const auto& engines = at::Context::supportedQEngines();
          const napi_value names = js::array(call.env(), engines.size());
          for (size_t i = 0; i < engines.size(); i++) {
            js::set_at(call.env(), names, i, js::string(call.env(), name_of(engines[i])));
          }
          return names;
        },
        [](Call&) { TORCH_CHECK(false, "Assignment not supported"); }}},
      {"has_mkl", fact(at::Context::hasMKL)},
      {"has_mkldnn", fact(at::Context::hasMKLDNN)},
      {"has_openmp", fact(at::Context::hasOpenMP)},
      {"has_kleidiai", fact(at::Context::hasKleidiAI)},
      {"has_xnnpack", fact(at::Context::isXNNPACKAvailable)},
      {"has_cudnn", fact([] { return context.hasCUDA() && context.hasCuDNN(); })},
      {"onednn_fusion", flag(torch::jit::RegisterLlgaFuseGraph::isEnabled,
                             [](bool on) { torch::jit::RegisterLlgaFuseGraph::setEnabled(on); })},
      {"sdp_math", flag([] { return context.userEnabledMathSDP(); }, [](bool on) { context.setSDPUseMath(on); })},
  };
  return *table;
}

const Setting& setting(Call& call) {
  const auto found = settings().find(call.string(0));
  TORCH_CHECK_VALUE(found != settings().end(), "unknown setting ", call.string(0));
  return found->second;
}

}  // namespace

// config(): what the addon was built against and what it runs on
napi_value config(Call& call) {
  const napi_env env = call.env();
  const napi_value result = js::object(env);
  js::set(env, result, "torch", js::string(env, TORCH_VERSION));
  js::set(env, result, "cpuCapability", js::string(env, at::get_cpu_capability()));
  js::set(env, result, "threads", js::number(env, at::get_num_threads()));
  js::set(env, result, "cuda", js::boolean(env, at::globalContext().hasCUDA()));
  js::set(env, result, "build", js::string(env, at::show_config()));
  return result;
}

// cpu_capabilities(): what the CPU can, by cpuinfo's names
napi_value cpu_capabilities(Call& call) {
  const napi_env env = call.env();
  const napi_value result = js::object(env);
  for (const auto& [name, value] : at::cpu::get_cpu_capabilities()) {
    const napi_value written = value.isBool()  ? js::boolean(env, value.toBool())
                               : value.isInt() ? js::integer(env, value.toInt())
                                               : js::string(env, value.toStringRef());
    js::set(env, result, name.c_str(), written);
  }
  return result;
}

// parse_device(text): type * 256 + index + 1
napi_value parse_device(Call& call) {
  const c10::Device device(call.string(0));
  if (device.is_meta()) ensure_meta_kernels();
  return js::number(call.env(), static_cast<double>(device.type()) * 256 + device.index() + 1);
}

napi_value get_default_dtype(Call& call) {
  return js::number(call.env(), static_cast<double>(c10::get_default_dtype_as_scalartype()));
}

napi_value set_default_dtype(Call& call) {
  c10::set_default_dtype(c10::scalarTypeToTypeMeta(call.dtype(0)));
  return call.undefined();
}

napi_value get_setting(Call& call) { return setting(call).get(call); }

napi_value set_setting(Call& call) {
  setting(call).set(call);
  return call.undefined();
}

}  // namespace tstorch
