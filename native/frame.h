// The argument frame: lib/frame.ts writes an operator's arguments as tagged numbers into memory that both sides share,
// so that only handles and strings cost a Node-API call each.
//
//   frame = operator id, then for each argument of the schema: tag, payload
//
// Handles and strings are passed beside the frame; a payload holds their position. Tensors in slabs are passed as the
// slab, with their places in it as a second array.
#pragma once

#include <ATen/core/stack.h>

#include "call.h"

namespace tstorch {

enum class Tag {
  schema_default = 0,
  none = 1,
  tensor = 2,             // position
  integer = 3,            // value
  big_integer = 4,        // 64 bits
  floating = 5,           // value
  boolean = 6,            // 0 or 1
  complex = 7,            // real, imaginary
  string = 8,             // position
  device = 9,             // type, index
  generator = 10,         // position
  tensors = 11,           // count, position or -1 each
  integers = 12,          // count, values
  big_integers = 13,      // count, 64 bits each
  floats = 14,            // count, values
  booleans = 15,          // count, values
  scalars = 16,           // count, tag and payload each
  strings = 17,           // count, position each
  unsigned_integer = 18,  // 64 bits
};

// The handles of one call and, once they are read, the tensors behind them.
struct Inputs {
  // `places` null: the caller knows of no slabs. They are copied, for a nested call may write others to their memory.
  Inputs(const napi_value* handles, size_t count, const int8_t* places = nullptr)
      : handles(handles), count(count), in_slabs(places != nullptr), tensors(count, nullptr) {
    for (size_t i = 0; in_slabs && i < count; i++) this->places.push_back(places[i]);
  }
  int place(size_t position) const { return in_slabs ? places[position] : -1; }

  const napi_value* const handles;
  const size_t count;
  const bool in_slabs;
  c10::SmallVector<int8_t, 16> places;
  c10::SmallVector<const at::TensorImpl*, 16> tensors;
};

// The operator that the frame names; throws RuntimeError for none.
const Operator& framed_operator(const Addon& addon);

// Pushes the arguments of the frame onto the stack in the order of the operator's schema.
void push_arguments(const Call& call, const Operator& op, Inputs& inputs, torch::jit::Stack& stack);

}  // namespace tstorch
