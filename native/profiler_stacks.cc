// Where an operator was called from in JavaScript: libtorch's profilers know of no other stacks than Python's.
#include <ATen/record_function.h>

#include <optional>
#include <string>
#include <vector>

#include "functions.h"
#include "profiler.h"

namespace tstorch {

namespace {

struct Recorded {
  uint64_t thread = at::RecordFunction::currentThreadId();
  std::vector<std::string> names;
  std::vector<size_t> places;       // of each name's stack among the stacks
  std::vector<std::string> stacks;  // each one's text
};

struct Recorder {
  std::shared_ptr<Recorded> recorded = std::make_shared<Recorded>();
  at::CallbackHandle handle = 0;
  size_t depth = 0;  // of operators, which run no JavaScript between them
};

// Of the JavaScript thread whose profiler it is; other threads that the profiler follows to have none.
thread_local std::unique_ptr<Recorder> recorder;

struct Operator final : at::ObserverContext {};

std::string capture(Addon& addon) {
  js::HandleScope scope(addon.env);
  napi_value capture = nullptr, stack = nullptr;
  js::check(napi_get_reference_value(addon.env, addon.capture_stack, &capture));
  js::check(napi_call_function(addon.env, js::undefined(addon.env), capture, 0, nullptr, &stack));
  return js::to_string(addon.env, stack);
}

std::unique_ptr<at::ObserverContext> on_start(const at::RecordFunction& function) {
  if (!recorder) return nullptr;
  Recorded& recorded = *recorder->recorded;
  if (recorder->depth == 0) {
    Addon* addon = Addon::current();
    recorded.stacks.push_back(addon == nullptr ? "" : capture(*addon));
  }
  recorded.names.emplace_back(function.name());
  recorded.places.push_back(recorded.stacks.size() - 1);
  // JavaScript runs inside of a label, and inside of a function of the graph whose hook it is.
  if (function.scope() != at::RecordScope::FUNCTION) return nullptr;
  recorder->depth++;
  return std::make_unique<Operator>();
}

void on_end(const at::RecordFunction&, at::ObserverContext* context) {
  if (context != nullptr && recorder && recorder->depth > 0) recorder->depth--;
}

}  // namespace

void start_stacks() {
  recorder = std::make_unique<Recorder>();
  recorder->handle = at::addThreadLocalCallback(at::RecordFunctionCallback(&on_start, &on_end));
}

std::shared_ptr<void> stop_stacks() {
  if (!recorder) return nullptr;
  at::removeCallback(recorder->handle);
  std::shared_ptr<void> recorded = recorder->recorded;
  recorder.reset();
  return recorded;
}

// profiler_stacks(recorded): { thread, names, places, stacks } of what was called, in order
napi_value profiler_stacks(Call& call) {
  const napi_env env = call.env();
  const auto recorded = std::static_pointer_cast<Recorded>(state_of(env, call.value(0)));
  const napi_value names = js::array(env, recorded->names.size());
  const napi_value places = js::array(env, recorded->places.size());
  const napi_value stacks = js::array(env, recorded->stacks.size());
  for (size_t i = 0; i < recorded->names.size(); i++) {
    js::HandleScope scope(env);
    js::set_at(env, names, i, js::string(env, recorded->names[i]));
    js::set_at(env, places, i, js::number(env, static_cast<double>(recorded->places[i])));
  }
  for (size_t i = 0; i < recorded->stacks.size(); i++) {
    js::HandleScope scope(env);
    js::set_at(env, stacks, i, js::string(env, recorded->stacks[i]));
  }
  const napi_value result = js::object(env);
  js::set(env, result, "thread", js::integer(env, static_cast<int64_t>(recorded->thread)));
  js::set(env, result, "names", names);
  js::set(env, result, "places", places);
  js::set(env, result, "stacks", stacks);
  return result;
}

}  // namespace tstorch
