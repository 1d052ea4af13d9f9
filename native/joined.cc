// Small parameters joined for an optimizer's step: an operator costs more to call than to calculate so few numbers.
// Each step copies parameters, gradients and states together, and back when it has updated them.
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

#include "callbacks.h"
#include "functions.h"
#include "memory.h"

namespace tstorch {

namespace {

constexpr size_t kSmall = 16 * 1024;   // bytes of a parameter
constexpr size_t kChunk = 128 * 1024;  // bytes of the joined ones, so that all of their states fit the caches
constexpr size_t kGradients = 1;       // the list that is only read

using Lists = std::vector<std::vector<at::Tensor>>;
using Numbers = std::vector<std::pair<at::ScalarType, double>>;

// Modes, transforms and tracers are to see what operators do with each parameter.
bool is_observed() {
  const auto usual = c10::default_included_set | c10::autocast_dispatch_keyset;
  return at::GradMode::is_enabled() || c10::InferenceMode::is_enabled() ||
         !(c10::impl::tls_local_dispatch_key_set().included_ - usual).empty();
}

// Half precision comes out differently where it stands at the end of a tensor, after the last whole vector. Of memory
// that others share, no more is to be overwritten than an operator would, and no later.
bool is_plain(const at::Tensor& tensor) {
  static const c10::DispatchKeySet plain({c10::DispatchKey::CPU, c10::DispatchKey::ADInplaceOrView,
                                          c10::DispatchKey::AutogradCPU, c10::DispatchKey::AutocastCPU});
  return tensor.defined() && tensor.key_set() == plain && tensor.is_contiguous() &&
         is_from_cpu_allocator(tensor.storage().data_ptr()) &&
         (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kDouble);
}

double number_in(const at::Tensor& tensor) {
  if (tensor.scalar_type() == at::kFloat) return *tensor.const_data_ptr<float>();
  return *tensor.const_data_ptr<double>();
}

struct Chunk {
  std::vector<size_t> members;
  std::vector<at::Tensor> joined;  // one for each list, undefined for an empty one
};

class Joined {
 public:
  // The last so many lists hold one number for each parameter: only those with the same ones are joined.
  Joined(Lists lists, size_t numbers) : lists_(std::move(lists)), first_numbers_(lists_.size() - numbers) {
    std::map<std::pair<at::ScalarType, Numbers>, std::vector<size_t>> alike;
    for (size_t i = 0; i < lists_[0].size(); i++) {
      if (is_small(i)) {
        alike[{lists_[0][i].scalar_type(), numbers_of(i)}].push_back(i);
      } else {
        rest_.push_back(i);
      }
    }
    for (const auto& [_, members] : alike) divide(members);
    for (Chunk& chunk : chunks_) gather(chunk);
  }

  const std::vector<Chunk>& chunks() const { return chunks_; }
  const std::vector<size_t>& rest() const { return rest_; }

  // Once: nothing is held afterwards.
  void scatter() {
    for (const Chunk& chunk : std::exchange(chunks_, {})) {
      for (size_t list = 0; list < lists_.size(); list++) {
        if (list == kGradients || lists_[list].empty()) continue;
        const auto* from = static_cast<const char*>(chunk.joined[list].const_data_ptr());
        for (const size_t i : chunk.members) {
          const at::Tensor& tensor = lists_[list][i];
          std::memcpy(tensor.mutable_data_ptr(), from, tensor.nbytes());
          torch::autograd::impl::bump_version(tensor);
          if (list < first_numbers_) from += tensor.nbytes();
        }
      }
    }
    lists_.clear();
  }

 private:
  bool is_small(size_t i) const {
    const at::Tensor& param = lists_[0][i];
    if (!is_plain(param) || param.numel() == 0 || param.nbytes() > kSmall) return false;
    for (size_t list = 1; list < lists_.size(); list++) {
      if (lists_[list].empty()) continue;
      const at::Tensor& tensor = lists_[list][i];
      if (!is_plain(tensor)) return false;
      const bool fits = list >= first_numbers_
                            ? tensor.numel() == 1 && !std::isnan(number_in(tensor))
                            : tensor.scalar_type() == param.scalar_type() && tensor.sizes() == param.sizes();
      if (!fits) return false;
    }
    return true;
  }

  Numbers numbers_of(size_t i) const {
    Numbers numbers;
    for (size_t list = first_numbers_; list < lists_.size(); list++) {
      if (lists_[list].empty()) continue;
      const at::Tensor& number = lists_[list][i];
      numbers.emplace_back(number.scalar_type(), number_in(number));
    }
    return numbers;
  }

  void divide(const std::vector<size_t>& members) {
    Chunk chunk;
    size_t bytes = 0;
    for (const size_t i : members) {
      chunk.members.push_back(i);
      bytes += lists_[0][i].nbytes();
      if (bytes < kChunk && i != members.back()) continue;
      if (chunk.members.size() == 1) {
        rest_.push_back(i);
      } else {
        chunks_.push_back(std::move(chunk));
      }
      chunk = Chunk();
      bytes = 0;
    }
  }

  void gather(Chunk& chunk) const {
    int64_t count = 0;
    for (const size_t i : chunk.members) count += lists_[0][i].numel();
    for (size_t list = 0; list < lists_.size(); list++) {
      at::Tensor& joined = chunk.joined.emplace_back();
      if (lists_[list].empty()) continue;
      const at::Tensor& first = lists_[list][chunk.members[0]];
      if (list >= first_numbers_) {
        joined = first.detach().clone();
        continue;
      }
      joined = at::empty({count}, first.options());
      auto* to = static_cast<char*>(joined.mutable_data_ptr());
      for (const size_t i : chunk.members) {
        const at::Tensor& tensor = lists_[list][i];
        std::memcpy(to, tensor.const_data_ptr(), tensor.nbytes());
        to += tensor.nbytes();
      }
    }
  }

  Lists lists_;
  const size_t first_numbers_;
  std::vector<Chunk> chunks_;
  std::vector<size_t> rest_;
};

// Whether what one update writes is read or written for another parameter too.
bool share_memory(const Lists& lists) {
  const auto storage_of = [](const at::Tensor& tensor) {
    const auto* impl = tensor.unsafeGetTensorImpl();
    return impl->has_storage() ? impl->unsafe_storage().unsafeGetStorageImpl() : nullptr;
  };
  std::vector<const c10::StorageImpl*> written;
  for (size_t list = 0; list < lists.size(); list++) {
    if (list == kGradients) continue;
    for (const at::Tensor& tensor : lists[list]) {
      if (const auto* storage = storage_of(tensor)) written.push_back(storage);
    }
  }
  std::sort(written.begin(), written.end());
  const auto& gradients = lists[kGradients];
  return std::adjacent_find(written.begin(), written.end()) != written.end() ||
         std::any_of(gradients.begin(), gradients.end(), [&](const at::Tensor& gradient) {
           return std::binary_search(written.begin(), written.end(), storage_of(gradient));
         });
}

Lists read_lists(Call& call, size_t argument) {
  const napi_env env = call.env();
  Lists lists(js::length_of(env, call.value(argument)));
  for (size_t list = 0; list < lists.size(); list++) {
    lists[list] = Callback::unwrap(call.addon(), js::element(env, call.value(argument), list));
  }
  return lists;
}

}  // namespace

// join_small(lists: (handle | null)[][], numbers): [joined, the joined tensors of each list for each group, the places
// of what is not joined], or null where nothing is
//   lists: parameters, gradients, and what else belongs to each parameter, or empty; in the last `numbers` lists one
//   number each.
napi_value join_small(Call& call) {
  const napi_env env = call.env();
  if (is_observed()) return js::null(env);
  Lists lists = read_lists(call, 0);
  const auto numbers = static_cast<size_t>(call.integer(1));
  TORCH_CHECK(lists.size() > kGradients + numbers, "no lists to join");
  for (const auto& list : lists) {
    if (!list.empty() && list.size() != lists[0].size()) return js::null(env);
  }
  if (share_memory(lists)) return js::null(env);
  auto joined = std::make_shared<Joined>(std::move(lists), numbers);
  if (joined->chunks().empty()) return js::null(env);

  const napi_value groups = js::array(env, joined->chunks().size());
  size_t group = 0;
  for (const Chunk& chunk : joined->chunks()) {
    js::set_at(env, groups, group++, Callback::wrap(call.addon(), chunk.joined));
  }
  const napi_value rest = js::array(env, joined->rest().size());
  for (size_t i = 0; i < joined->rest().size(); i++) {
    js::set_at(env, rest, i, js::number(env, static_cast<double>(joined->rest()[i])));
  }
  const napi_value result = js::array(env, 3);
  js::set_at(env, result, 0, wrap_state(call.addon(), std::move(joined)));
  js::set_at(env, result, 1, groups);
  js::set_at(env, result, 2, rest);
  return result;
}

// split_joined(joined): gives all but the gradients their values out of the joined tensors
napi_value split_joined(Call& call) {
  std::static_pointer_cast<Joined>(state_of(call.env(), call.value(0)))->scatter();
  return call.undefined();
}

}  // namespace tstorch
