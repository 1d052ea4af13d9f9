// libtorch's profilers: torch::autograd::profiler, and the labels of torch.profiler.record_function.
#include "profiler.h"

#include <ATen/Context.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Type.h>
#include <kineto/ActivityType.h>
#include <torch/csrc/autograd/profiler_kineto.h>
#include <torch/csrc/autograd/profiler_legacy.h>
#include <torch/csrc/autograd/record_function_ops.h>
#include <torch/csrc/profiler/standalone/execution_trace_observer.h>

#include <atomic>
#include <optional>
#include <set>

#include "functions.h"
#include "results.h"

// torch/csrc/profiler/kineto_shim.h declares these beside what needs kineto's own headers.
namespace torch::autograd::profiler {
TORCH_API void addMetadataJson(const std::string& key, const std::string& value);
TORCH_API void profilerStep();
TORCH_API bool isKinetoStopped();
}  // namespace torch::autograd::profiler

namespace tstorch {

namespace {

using namespace torch::autograd::profiler;
using torch::profiler::impl::ActivityType;
using torch::profiler::impl::ExperimentalConfig;
using torch::profiler::impl::ProfilerConfig;
using torch::profiler::impl::ProfilerState;

// How many profilers want to know of memory; the allocator asks nothing else while it is 0.
std::atomic<int> memory_profilers{0};

napi_value property(napi_env env, napi_value object, const char* name) {
  napi_value value = nullptr;
  js::check(napi_get_named_property(env, object, name, &value));
  return value;
}

bool flag(napi_env env, napi_value object, const char* name) {
  return js::to_boolean(env, property(env, object, name));
}

std::vector<std::string> strings(napi_env env, napi_value array) {
  std::vector<std::string> result;
  for (size_t i = 0; i < js::length_of(env, array); i++) {
    result.push_back(js::to_string(env, js::element(env, array, i)));
  }
  return result;
}

ExperimentalConfig experimental_config(napi_env env, napi_value config) {
  return {flag(env, config, "verbose"),
          strings(env, property(env, config, "performance_events")),
          flag(env, config, "enable_cuda_sync_events"),
          flag(env, config, "adjust_profiler_step"),
          flag(env, config, "disable_external_correlation"),
          flag(env, config, "profile_all_threads"),
          flag(env, config, "capture_overload_names"),
          flag(env, config, "record_python_gc_info"),
          flag(env, config, "expose_kineto_event_metadata"),
          js::to_string(env, property(env, config, "custom_profiler_config")),
          flag(env, config, "adjust_timestamps"),
          flag(env, config, "trace_only")};
}

ProfilerConfig profiler_config(napi_env env, napi_value config) {
  const auto state = js::to_integer(env, property(env, config, "state"));
  TORCH_CHECK_VALUE(state >= 0 && state < static_cast<int64_t>(ProfilerState::NUM_PROFILER_STATES),
                    "unknown state of a profiler: ", state);
  return ProfilerConfig(static_cast<ProfilerState>(state), flag(env, config, "record_shapes"),
                        flag(env, config, "profile_memory"), flag(env, config, "with_stack"),
                        flag(env, config, "with_flops"), flag(env, config, "with_modules"),
                        experimental_config(env, property(env, config, "experimental_config")),
                        js::to_string(env, property(env, config, "trace_id")));
}

ActivityType activity_type(int64_t value) {
  TORCH_CHECK_VALUE(value >= 0 && value < static_cast<int64_t>(ActivityType::NUM_KINETO_ACTIVITIES),
                    "unknown activity: ", value);
  return static_cast<ActivityType>(value);
}

std::set<ActivityType> activities(napi_env env, napi_value array) {
  std::set<ActivityType> result;
  for (size_t i = 0; i < js::length_of(env, array); i++) {
    result.insert(activity_type(js::to_integer(env, js::element(env, array, i))));
  }
  return result;
}

napi_value wrap_strings(napi_env env, c10::ArrayRef<std::string> values) {
  const napi_value result = js::array(env, values.size());
  for (size_t i = 0; i < values.size(); i++) js::set_at(env, result, i, js::string(env, values[i]));
  return result;
}

napi_value wrap_sizes(napi_env env, const std::vector<int64_t>& sizes) {
  const napi_value result = js::array(env, sizes.size());
  for (size_t i = 0; i < sizes.size(); i++) js::set_at(env, result, i, js::integer(env, sizes[i]));
  return result;
}

napi_value wrap_sizes(napi_env env, const std::vector<std::vector<int64_t>>& shapes) {
  const napi_value result = js::array(env, shapes.size());
  for (size_t i = 0; i < shapes.size(); i++) js::set_at(env, result, i, wrap_sizes(env, shapes[i]));
  return result;
}

napi_value wrap_shapes(napi_env env, c10::ArrayRef<torch::profiler::impl::shape> shapes) {
  const napi_value result = js::array(env, shapes.size());
  for (size_t i = 0; i < shapes.size(); i++) {
    js::set_at(env, result, i, std::visit([&](const auto& sizes) { return wrap_sizes(env, sizes); }, shapes[i]));
  }
  return result;
}

napi_value wrap_values(Addon& addon, const std::unordered_map<std::string, c10::IValue>& values) {
  const napi_value result = js::object(addon.env);
  for (const auto& [name, value] : values) js::set(addon.env, result, name.c_str(), wrap_value(addon, value));
  return result;
}

int64_t as_integer(uint64_t value) { return static_cast<int64_t>(value); }

napi_value wrap_event(Addon& addon, const KinetoEvent& event, uint64_t trace_start) {
  const napi_env env = addon.env;
  const napi_value result = js::object(env);
  const auto integer = [&](const char* name, int64_t value) { js::set(env, result, name, js::integer(env, value)); };
  const auto boolean = [&](const char* name, bool value) { js::set(env, result, name, js::boolean(env, value)); };
  const auto string = [&](const char* name, const std::string& value) {
    js::set(env, result, name, js::string(env, value));
  };
  string("name", event.name());
  string("overload_name", event.overload_name());
  string("activity_type", libkineto::toString(static_cast<libkineto::ActivityType>(event.activityType())));
  integer("start_ns", as_integer(event.startNs() - trace_start));
  integer("end_ns", as_integer(event.endNs() - trace_start));
  integer("start_thread_id", as_integer(event.startThreadId()));
  integer("end_thread_id", as_integer(event.endThreadId()));
  integer("fwd_thread_id", as_integer(event.fwdThreadId()));
  integer("correlation_id", as_integer(event.correlationId()));
  integer("linked_correlation_id", as_integer(event.linkedCorrelationId()));
  integer("external_id", event.externalId());
  integer("device_type", static_cast<int64_t>(event.deviceType()));
  integer("device_index", event.deviceIndex());
  integer("device_resource_id", event.deviceResourceId());
  integer("nbytes", event.nBytes());
  integer("scope", event.scope());
  integer("sequence_nr", event.sequenceNr());
  integer("flops", as_integer(event.flops()));
  integer("flow_id", event.flowId());
  integer("flow_type", event.flowType());
  boolean("flow_start", event.flowStart());
  boolean("is_async", event.isAsync());
  boolean("is_hidden_event", event.isHiddenEvent());
  boolean("is_python_function", event.isPythonFunction());
  integer("python_id", event.pythonId());
  integer("python_parent_id", event.pythonParentId());
  integer("python_module_id", event.pythonModuleId());
  js::set(env, result, "shapes", wrap_sizes(env, event.shapes().vec()));
  js::set(env, result, "structured_input_shapes", wrap_shapes(env, event.structuredInputShapes()));
  js::set(env, result, "structured_input_strides", wrap_shapes(env, event.structuredInputStrides()));
  js::set(env, result, "dtypes", wrap_strings(env, event.dtypes()));
  js::set(env, result, "stack", wrap_strings(env, event.stack()));
  const auto inputs = event.concreteInputs();
  const napi_value concrete = js::array(env, inputs.size());
  for (size_t i = 0; i < inputs.size(); i++) js::set_at(env, concrete, i, wrap_value(addon, inputs[i]));
  js::set(env, result, "concrete_inputs", concrete);
  js::set(env, result, "kwinputs", wrap_values(addon, event.kwinputs()));
  js::set(env, result, "typed_metadata", wrap_values(addon, event.typedMetadata()));
  const napi_value meta = js::object(env);
  for (const auto& [name, value] : event.extraMeta()) js::set(env, meta, name.c_str(), js::string(env, value));
  js::set(env, result, "extra_meta", meta);
  // Both ask for events of a device, which only a fallback profiler records.
  integer("cuda_elapsed_us", event.deviceType() == c10::DeviceType::CPU ? event.cudaElapsedUs() : -1);
  integer("privateuse1_elapsed_us", event.deviceType() == c10::DeviceType::CPU ? event.privateuse1ElapsedUs() : -1);
  return result;
}

napi_value wrap_legacy_event(napi_env env, LegacyEvent& event) {
  const napi_value result = js::object(env);
  const auto integer = [&](const char* name, int64_t value) { js::set(env, result, name, js::integer(env, value)); };
  const auto boolean = [&](const char* name, bool value) { js::set(env, result, name, js::boolean(env, value)); };
  js::set(env, result, "kind", js::string(env, event.kindStr()));
  js::set(env, result, "name", js::string(env, event.name()));
  js::set(env, result, "cpu_us", js::number(env, event.cpuUs()));
  js::set(env, result, "shapes", wrap_sizes(env, event.shapes()));
  js::set(env, result, "stack", wrap_strings(env, event.stack()));
  integer("thread_id", as_integer(event.threadId()));
  integer("fwd_thread_id", as_integer(event.fwdThreadId()));
  integer("handle", as_integer(event.handle()));
  integer("node_id", event.nodeId());
  integer("device", event.device());
  integer("scope", event.scope());
  integer("sequence_nr", event.sequenceNr());
  integer("flops", as_integer(event.flops()));
  integer("cpu_memory_usage", event.cpuMemoryUsage());
  integer("cuda_memory_usage", event.cudaMemoryUsage());
  boolean("is_async", event.isAsync());
  boolean("is_remote", event.isRemote());
  boolean("has_cuda", event.hasCuda());
  return result;
}

ProfilerResult& result_of(Call& call) {
  return *std::static_pointer_cast<ProfilerResult>(state_of(call.env(), call.value(0)));
}

struct Session {
  bool memory;
  bool stacks;
};

// The profiler of each thread: libtorch has one at a time.
thread_local std::optional<Session> session;

std::shared_ptr<void> end() {
  if (!session) return nullptr;
  if (session->memory) memory_profilers--;
  const std::shared_ptr<void> stacks = session->stacks ? stop_stacks() : nullptr;
  session.reset();
  return stacks;
}

void begin(const ProfilerConfig& config) {
  end();  // a second profiler takes the place of the first
  session = {config.profile_memory, config.with_stack};
  if (session->memory) memory_profilers++;
  if (session->stacks) start_stacks();
}

}  // namespace

void report_allocation(void* block, size_t bytes) {
  if (memory_profilers.load(std::memory_order_relaxed) > 0) c10::profiledCPUMemoryReporter().New(block, bytes);
}

void report_free(void* block) {
  if (memory_profilers.load(std::memory_order_relaxed) > 0) c10::profiledCPUMemoryReporter().Delete(block);
}

// supported_activities(): the numbers of ProfilerActivity
napi_value supported_activities(Call& call) {
  const napi_value result = js::array(call.env(), 0);
  js::set_at(call.env(), result, 0, js::number(call.env(), static_cast<double>(ActivityType::CPU)));
  if (at::hasCUDA() && at::detail::getCUDAHooks().deviceCount() > 0) {
    js::set_at(call.env(), result, 1, js::number(call.env(), static_cast<double>(ActivityType::CUDA)));
  }
  return result;
}

// prepare_profiler(config, activities, filter: [activity, names][], extensions: [key, value][])
napi_value prepare_profiler(Call& call) {
  const napi_env env = call.env();
  ActivityFilter filter;
  for (size_t i = 0; i < js::length_of(env, call.value(2)); i++) {
    const napi_value entry = js::element(env, call.value(2), i);
    const std::vector<std::string> names = strings(env, js::element(env, entry, 1));
    filter[activity_type(js::to_integer(env, js::element(env, entry, 0)))] = {names.begin(), names.end()};
  }
  ProfilerExtensionMap extensions;
  for (size_t i = 0; i < js::length_of(env, call.value(3)); i++) {
    const std::vector<std::string> entry = strings(env, js::element(env, call.value(3), i));
    extensions[entry.at(0)] = entry.at(1);
  }
  prepareProfiler(profiler_config(env, call.value(0)), activities(env, call.value(1)), filter, extensions);
  return call.undefined();
}

// enable_profiler(config, activities)
napi_value enable_profiler(Call& call) {
  const ProfilerConfig config = profiler_config(call.env(), call.value(0));
  enableProfiler(config, activities(call.env(), call.value(1)));
  begin(config);
  return call.undefined();
}

// disable_profiler(): what was recorded, and where
napi_value disable_profiler(Call& call) {
  const std::shared_ptr<void> stacks = end();
  std::shared_ptr<ProfilerResult> result = disableProfiler();
  if (!result) result = std::make_shared<ProfilerResult>();
  const napi_value pair = js::array(call.env(), 2);
  js::set_at(call.env(), pair, 0, wrap_state(call.addon(), std::move(result)));
  js::set_at(call.env(), pair, 1, stacks ? wrap_state(call.addon(), stacks) : js::null(call.env()));
  return pair;
}

// profiler_events(result): its events, the times from the start of the trace
napi_value profiler_events(Call& call) {
  const ProfilerResult& result = result_of(call);
  const auto& events = result.events();
  const napi_value array = js::array(call.env(), events.size());
  for (size_t i = 0; i < events.size(); i++) {
    js::HandleScope scope(call.env());
    js::set_at(call.env(), array, i, wrap_event(call.addon(), events[i], result.trace_start_ns()));
  }
  return array;
}

// save_profile(result, path): as Chrome's trace viewer reads it
napi_value save_profile(Call& call) {
  result_of(call).save(call.string(1));
  return call.undefined();
}

// add_profiler_metadata(key, json)
napi_value add_profiler_metadata(Call& call) {
  addMetadataJson(call.string(0), call.string(1));
  return call.undefined();
}

napi_value profiler_step(Call& call) {
  profilerStep();
  return call.undefined();
}

napi_value is_profiler_stopped(Call& call) { return js::boolean(call.env(), isKinetoStopped()); }

// toggle_profiler(enable, activities)
napi_value toggle_profiler(Call& call) {
  toggleCollectionDynamic(call.boolean(0), activities(call.env(), call.value(1)));
  return call.undefined();
}

// enable_profiler_legacy(config)
napi_value enable_profiler_legacy(Call& call) {
  const ProfilerConfig config = profiler_config(call.env(), call.value(0));
  enableProfilerLegacy(config);
  begin(config);
  return call.undefined();
}

// disable_profiler_legacy(): the events of each thread
napi_value disable_profiler_legacy(Call& call) {
  end();
  thread_event_lists threads = disableProfilerLegacy();
  const napi_value result = js::array(call.env(), threads.size());
  for (size_t i = 0; i < threads.size(); i++) {
    const napi_value events = js::array(call.env(), threads[i].size());
    for (size_t j = 0; j < threads[i].size(); j++) {
      js::HandleScope scope(call.env());
      js::set_at(call.env(), events, j, wrap_legacy_event(call.env(), threads[i][j]));
    }
    js::set_at(call.env(), result, i, events);
  }
  return result;
}

// record_function_enter(name, args?): a label that lasts until record_function_exit()
napi_value record_function_enter(Call& call) {
  std::optional<std::string> arguments;
  if (call.has(1)) arguments = call.string(1);
  auto record =
      std::make_shared<c10::intrusive_ptr<PythonRecordFunction>>(record_function_enter_new(call.string(0), arguments));
  return wrap_state(call.addon(), std::move(record));
}

// record_function_exit(label)
napi_value record_function_exit(Call& call) {
  auto& record =
      *std::static_pointer_cast<c10::intrusive_ptr<PythonRecordFunction>>(state_of(call.env(), call.value(0)));
  if (record) record->record.end();
  record.reset();
  return call.undefined();
}

// libtorch reads the observer without asking whether there is one.
std::atomic<bool> has_trace_observer{false};

// add_execution_trace_observer(path): whether it was added
napi_value add_execution_trace_observer(Call& call) {
  const bool added = torch::profiler::impl::addExecutionTraceObserver(call.string(0));
  if (added) has_trace_observer = true;
  return js::boolean(call.env(), added);
}

napi_value remove_execution_trace_observer(Call& call) {
  has_trace_observer = false;
  torch::profiler::impl::removeExecutionTraceObserver();
  return call.undefined();
}

napi_value enable_execution_trace_observer(Call& call) {
  TORCH_CHECK(has_trace_observer, "no execution trace observer was added");
  torch::profiler::impl::enableExecutionTraceObserver();
  return call.undefined();
}

napi_value disable_execution_trace_observer(Call& call) {
  TORCH_CHECK(has_trace_observer, "no execution trace observer was added");
  torch::profiler::impl::disableExecutionTraceObserver();
  return call.undefined();
}

// demangle(name): a C++ symbol as it is written
napi_value demangle_name(Call& call) { return js::string(call.env(), c10::demangle(call.string(0).c_str())); }

}  // namespace tstorch
