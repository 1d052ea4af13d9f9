// The key of an indexing, as lib/indexing.ts writes it into the frame.
#pragma once

#include <ATen/TensorIndexing.h>

#include <vector>

#include "call.h"

namespace tstorch {

// The frame holds the count of the parts, then for each: its kind and
//   an integer, three slice bounds (NaN for one that was not given), nothing, nothing, 0 or 1, or the position of a
//   tensor among the call's arguments
std::vector<at::indexing::TensorIndex> read_key(const Call& call);

}  // namespace tstorch
