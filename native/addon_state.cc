#include <c10/util/Exception.h>

#include <unordered_map>

#include "addon.h"
#include "compute.h"

namespace tstorch {

namespace {

// Outlives every environment: tensors on libtorch's threads may drop references after their environment has ended.
std::mutex& registry_mutex() {
  static auto* mutex = new std::mutex;
  return *mutex;
}

std::unordered_map<uint64_t, Addon*>& registry() {
  static auto* addons = new std::unordered_map<uint64_t, Addon*>;
  return *addons;
}

thread_local Addon* current_addon = nullptr;
thread_local Addon* served_addon = nullptr;

uint64_t next_id() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

Addon::Addon(napi_env env) : env(env), id(next_id()), callbacks(std::make_shared<CallbackQueue>()) {
  std::lock_guard<std::mutex> lock(registry_mutex());
  registry()[id] = this;
  current_addon = served_addon = this;
}

Addon::~Addon() {
  callbacks->close();
  compute.reset();
  std::lock_guard<std::mutex> lock(registry_mutex());
  registry().erase(id);
  current_addon = served_addon = nullptr;
}

Addon& Addon::of(napi_env env) {
  void* data = nullptr;
  js::check(napi_get_instance_data(env, &data));
  if (data == nullptr) throw js::Failed{};
  return *static_cast<Addon*>(data);
}

Addon* Addon::current() { return current_addon; }

Addon* Addon::served() { return served_addon; }

void Addon::serve(Addon* addon) { served_addon = addon; }

void Addon::retire(uint64_t id, napi_ref reference) {
  if (reference == nullptr) return;
  std::lock_guard<std::mutex> registry_lock(registry_mutex());
  const auto found = registry().find(id);
  if (found == registry().end()) return;  // the references of an ended environment ended with it
  Addon& addon = *found->second;
  std::lock_guard<std::mutex> lock(addon.mutex_);
  addon.retired_.push_back(reference);
  addon.dirty_.store(true, std::memory_order_relaxed);
}

void Addon::add_warning(std::string category, std::string message) {
  std::lock_guard<std::mutex> lock(mutex_);
  warnings_.emplace_back(std::move(category), std::move(message));
  dirty_.store(true, std::memory_order_relaxed);
}

namespace {

// What the user's code does must not take its slab from a result that JavaScript has not wrapped yet.
class KeptSlabs {
 public:
  explicit KeptSlabs(Addon& addon)
      : addon_(addon),
        slab_(std::exchange(addon.slab, nullptr)),
        graph_slab_(std::exchange(addon.graph_slab, nullptr)) {
    addon.keeps_slabs = true;
  }
  ~KeptSlabs() {
    addon_.slab = slab_;
    addon_.graph_slab = graph_slab_;
    addon_.keeps_slabs = false;
  }
  KeptSlabs(const KeptSlabs&) = delete;
  KeptSlabs& operator=(const KeptSlabs&) = delete;

 private:
  Addon& addon_;
  TensorSlab* const slab_;
  TensorSlab* const graph_slab_;
};

}  // namespace

void Addon::clean() {
  std::vector<napi_ref> retired;
  std::vector<std::pair<std::string, std::string>> warnings;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    retired.swap(retired_);
    warnings.swap(warnings_);
    dirty_.store(false, std::memory_order_relaxed);
  }
  for (napi_ref reference : retired) js::check(napi_delete_reference(env, reference));
  if (warnings.empty()) return;
  napi_value emit = nullptr;
  js::check(napi_get_reference_value(env, emit_warning, &emit));
  const KeptSlabs kept(*this);
  for (const auto& [category, message] : warnings) {
    const napi_value arguments[] = {js::string(env, category), js::string(env, message)};
    js::check(napi_call_function(env, js::undefined(env), emit, 2, arguments, nullptr));
  }
}

}  // namespace tstorch
