// Tensors that cross from one environment (the main thread or a worker) to another: a table for the whole process,
// whose entries are claimed once.
#include "sharing.h"

#include <ATen/ATen.h>
#include <ATen/SparseCsrTensorUtils.h>

#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "functions.h"
#include "memory.h"

namespace tstorch {

namespace {

struct Entry {
  at::Tensor tensor;
  bool requires_grad;
  double sender;
};

std::mutex& table_mutex() {
  static auto* mutex = new std::mutex;
  return *mutex;
}

std::unordered_map<int64_t, Entry>& table() {
  static auto* entries = new std::unordered_map<int64_t, Entry>;
  return *entries;
}

// Calls a function with each storage behind a tensor; throws NotImplementedError for layouts that have none.
template <typename Function>
void for_each_storage(const at::Tensor& tensor, Function function) {
  if (tensor.layout() == at::kSparse) {
    for_each_storage(tensor._indices(), function);
    for_each_storage(tensor._values(), function);
  } else if (at::sparse_csr::is_sparse_compressed(tensor)) {
    const auto [compressed, plain] = at::sparse_csr::getCompressedPlainIndices(tensor);
    for_each_storage(compressed, function);
    for_each_storage(plain, function);
    for_each_storage(tensor.values(), function);
  } else {
    TORCH_CHECK_NOT_IMPLEMENTED(tensor.has_storage() && !tensor.is_nested(), "a tensor of layout ", tensor.layout(),
                                tensor.is_nested() ? " (nested)" : "", " cannot be passed to another thread");
    function(tensor.storage());
  }
}

std::unordered_set<int64_t>& living_threads() {
  static auto* threads = new std::unordered_set<int64_t>;
  return *threads;
}

std::vector<Entry> take_entries(double sender) {
  std::vector<Entry> taken;
  std::lock_guard<std::mutex> lock(table_mutex());
  for (auto entry = table().begin(); entry != table().end();) {
    if (entry->second.sender != sender) {
      ++entry;
      continue;
    }
    taken.push_back(std::move(entry->second));
    entry = table().erase(entry);
  }
  return taken;
}

}  // namespace

// share_storage_of(tensor): makes its memory outlive this environment, wherever it is used
napi_value share_storage_of(Call& call) {
  for_each_storage(call.tensor(0), share_storage);
  report_memory(call.env());
  return call.undefined();
}

napi_value is_shared(Call& call) {
  bool shared = true;
  for_each_storage(call.tensor(0), [&](const c10::Storage& storage) {
    shared = shared && (!storage.device().is_cpu() || is_shared_storage(storage));
  });
  return js::boolean(call.env(), shared);
}

// share_tensor(tensor, sender): the number under which another environment can claim a tensor of the same memory, once
napi_value share_tensor(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  const double sender = call.number(1);
  TORCH_CHECK(tensor.is_leaf() || !tensor.requires_grad(),
              "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support "
              "crossing process boundaries.  If you just want to transfer the data, call detach() on the tensor before "
              "serializing (e.g., putting it on the queue).");
  for_each_storage(tensor, share_storage);
  Entry entry{tensor.variable_data(), tensor.requires_grad(), sender};
  static int64_t last = 0;
  std::lock_guard<std::mutex> lock(table_mutex());
  table().emplace(++last, std::move(entry));
  return js::number(call.env(), static_cast<double>(last));
}

// claim_tensor(number): the tensor, which is then no longer in the table
napi_value claim_tensor(Call& call) {
  Entry entry;
  {
    std::lock_guard<std::mutex> lock(table_mutex());
    const auto found = table().find(call.integer(0));
    TORCH_CHECK(found != table().end(),
                "this tensor was received already, or released: each message can be received once, while its sender "
                "keeps it");
    entry = std::move(found->second);
    table().erase(found);
  }
  for_each_storage(entry.tensor, adopt_storage);
  if (entry.requires_grad) entry.tensor.set_requires_grad(true);
  const napi_value result = call.wrap(std::move(entry.tensor));
  report_memory(call.env());
  return result;
}

// release_shared(number): whether it had not been claimed
napi_value release_shared(Call& call) {
  Entry entry;
  std::lock_guard<std::mutex> lock(table_mutex());
  const auto found = table().find(call.integer(0));
  if (found == table().end()) return js::boolean(call.env(), false);
  entry = std::move(found->second);
  table().erase(found);
  return js::boolean(call.env(), true);
}

// release_shared_of(sender): drops what a sender shared and nobody claimed; returns how many these were
napi_value release_shared_of(Call& call) {
  const auto taken = take_entries(call.number(0));
  return js::number(call.env(), static_cast<double>(taken.size()));
}

// shared_count(): how many tensors wait to be claimed, in the whole process
napi_value shared_count(Call& call) {
  std::lock_guard<std::mutex> lock(table_mutex());
  return js::number(call.env(), static_cast<double>(table().size()));
}

// external_memory(): the bytes that V8 was told of, in this environment
napi_value external_memory(Call& call) {
  report_memory(call.env());
  int64_t total = 0;
  js::check(napi_adjust_external_memory(call.env(), 0, &total));
  return js::integer(call.env(), total);
}

// announce_thread(id): tells other threads that this one lives, until it ends in whatever way
napi_value announce_thread(Call& call) {
  const int64_t id = call.integer(0);
  {
    std::lock_guard<std::mutex> lock(table_mutex());
    if (!living_threads().insert(id).second) return call.undefined();
  }
  js::check(napi_add_env_cleanup_hook(
      call.env(),
      [](void* data) {
        std::lock_guard<std::mutex> lock(table_mutex());
        living_threads().erase(static_cast<int64_t>(reinterpret_cast<intptr_t>(data)));
      },
      reinterpret_cast<void*>(static_cast<intptr_t>(id))));
  return call.undefined();
}

// is_thread_alive(id): whether a thread that announced itself has not ended
napi_value is_thread_alive(Call& call) {
  std::lock_guard<std::mutex> lock(table_mutex());
  return js::boolean(call.env(), living_threads().count(call.integer(0)) > 0);
}

}  // namespace tstorch
