// Slabs: one handle for several small results, since a handle of its own costs a tensor more than many an operator: V8
// makes an external and watches it. A slab lives until its last tensor is dead, so what keeps more than a little memory
// is not put into one, and results with a graph go into slabs of their own, none of which is filled for longer than
// from one collection to the next.
#pragma once

#include <array>

#include "handle.h"

namespace tstorch {

struct TensorSlab : Handle {
  static constexpr Kind kKind = Kind::slab;
  static constexpr int kPlaces = 16;

  explicit TensorSlab(bool graphs) : Handle(kKind), graphs(graphs) {}
  bool is_full() const;
  at::Tensor& at_place(int place);  // throws RuntimeError for a place that was not taken
  int first_place() const { return graphs ? kPlaces : 0; }

  static bool has_graphs(int place) { return place >= kPlaces; }

  const bool graphs;  // whether it is for results with a graph
  std::array<at::Tensor, kPlaces> tensors;
  int count = 0;
  size_t bytes = 0;
  bool aliased = false;  // whether an operator that gives views, or writes, got one of the tensors
};

// Whether a tensor may be in a slab.
bool fits_slab(const at::Tensor& tensor, bool with_graphs);

// A tensor's place in the slab of its kind that lib/tensor_base.ts got last, as -1 - place, and 2 * kPlaces less if the
// slab is full now; places of slabs with graphs begin at kPlaces. A handle of its own if it does not fit; null for an
// undefined tensor.
napi_value wrap_in_slab(Addon& addon, const at::Tensor& tensor);

}  // namespace tstorch
