// at::cuda::CUDAGraph, whose functions are found in libtorch_cuda by name.
#include <c10/core/CachingDeviceAllocator.h>

#include <array>
#include <cstddef>

#include "cuda.h"
#include "device_functions.h"
#include "resource.h"

namespace tstorch {

namespace {

using c10::MempoolId_t;

// The graph lives in memory of ours, and is built and ended by its own constructor and destructor.
class Graph final : public Resource {
 public:
  explicit Graph(bool keep_graph) { cuda_function<void(void*, bool)>("_ZN2at4cuda9CUDAGraphC1Eb")(self(), keep_graph); }
  ~Graph() override { call("_ZN2at4cuda9CUDAGraphD1Ev"); }

  void call(const char* name) { cuda_function<void(void*)>(name)(self()); }
  void* self() { return memory_.data(); }

 private:
  alignas(64) std::array<std::byte, 4096> memory_{};  // more than any version of CUDAGraph takes
};

Graph& graph_of(Call& call, size_t i) { return resource_of<Graph>(call, i, "CUDAGraph"); }

MempoolId_t pool_id(Call& call, size_t i) {
  return {static_cast<c10::CaptureId_t>(call.integer(i)), static_cast<c10::CaptureId_t>(call.integer(i + 1))};
}

napi_value give(Call& call, const MempoolId_t& id) {
  const napi_value result = js::array(call.env(), 2);
  js::set_at(call.env(), result, 0, js::integer(call.env(), static_cast<int64_t>(id.first)));
  js::set_at(call.env(), result, 1, js::integer(call.env(), static_cast<int64_t>(id.second)));
  return result;
}

// cudaStreamCaptureMode
int capture_mode(const std::string& name) {
  if (name == "global") return 0;
  if (name == "thread_local") return 1;
  if (name == "relaxed") return 2;
  TORCH_CHECK(false, "Unknown capture error mode. Expected `global`, `thread_local`, or `relaxed`, got ", name);
}

const char* step_name(const std::string& step) {
  if (step == "capture_end_pre") return "_ZN2at4cuda9CUDAGraph15capture_end_preEv";
  if (step == "capture_end_post") return "_ZN2at4cuda9CUDAGraph16capture_end_postEv";
  if (step == "instantiate") return "_ZN2at4cuda9CUDAGraph11instantiateEv";
  if (step == "replay") return "_ZN2at4cuda9CUDAGraph6replayEv";
  if (step == "reset") return "_ZN2at4cuda9CUDAGraph5resetEv";
  if (step == "enable_debug_mode") return "_ZN2at4cuda9CUDAGraph17enable_debug_modeEv";
  TORCH_CHECK_VALUE(false, "unknown step ", step);
}

}  // namespace

napi_value graph_pool_handle(Call& call) {
  return give(call, cuda_function<MempoolId_t()>("_ZN2at4cuda17graph_pool_handleEv")());
}

napi_value new_cuda_graph(Call& call) { return wrap_resource(call.addon(), std::make_shared<Graph>(call.boolean(0))); }

// cuda_graph_capture_begin(graph, pool id, capture error mode)
napi_value cuda_graph_capture_begin(Call& call) {
  cuda_function<void(void*, MempoolId_t, int)>(
      "_ZN2at4cuda9CUDAGraph13capture_beginESt4pairIyyE21cudaStreamCaptureMode")(
      graph_of(call, 0).self(), pool_id(call, 1), capture_mode(call.string(3)));
  return call.undefined();
}

// cuda_graph_step(graph, name of a function without arguments)
napi_value cuda_graph_step(Call& call) {
  graph_of(call, 0).call(step_name(call.string(1)));
  return call.undefined();
}

// cuda_graph_pools(graph): the ids of the pools that it uses, its own first
napi_value cuda_graph_pools(Call& call) {
  void* const graph = graph_of(call, 0).self();
  const auto pool = cuda_function<MempoolId_t(void*)>("_ZN2at4cuda9CUDAGraph4poolEv")(graph);
  const auto pools = cuda_function<std::vector<MempoolId_t>(void*)>("_ZN2at4cuda9CUDAGraph5poolsEv")(graph);
  std::vector<MempoolId_t> ordered{pool};
  for (const MempoolId_t& other : pools) {
    if (other != pool) ordered.push_back(other);
  }
  const napi_value result = js::array(call.env(), ordered.size());
  for (size_t i = 0; i < ordered.size(); i++) js::set_at(call.env(), result, i, give(call, ordered[i]));
  return result;
}

// cuda_graph_retain_pool(pool id): the graph that is being captured keeps the pool
napi_value cuda_graph_retain_pool(Call& call) {
  void* const graph = cuda_function<void*()>("_ZN2at4cuda9CUDAGraph29get_currently_capturing_graphEv")();
  cuda_function<void(void*, MempoolId_t)>("_ZN2at4cuda9CUDAGraph11retain_poolESt4pairIyyE")(graph, pool_id(call, 0));
  return call.undefined();
}

// cuda_graph_raw(graph, executable): the address of the cudaGraph_t or the cudaGraphExec_t
napi_value cuda_graph_raw(Call& call) {
  const auto get = cuda_function<void*(void*)>(call.boolean(1) ? "_ZN2at4cuda9CUDAGraph19raw_cuda_graph_execEv"
                                                               : "_ZN2at4cuda9CUDAGraph14raw_cuda_graphEv");
  return js::integer(call.env(), static_cast<int64_t>(reinterpret_cast<intptr_t>(get(graph_of(call, 0).self()))));
}

}  // namespace tstorch
