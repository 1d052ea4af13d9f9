// Large blocks of memory, apart from the heap. There the small objects that JavaScript keeps until the next garbage
// collection come to lie between blocks that were freed, so that none fits where another one was, and the heap grows by
// each.
#pragma once

#include <cstddef>

namespace tstorch {

// A block of so many bytes at least, or null where they are too few, or the system has no memory.
void* take_large_block(size_t bytes);

// The size of a large block, 0 for any other.
size_t size_of_large_block(const void* block);

// Frees a large block; the last ones are kept, to be taken again as they are. False for any other block.
bool give_large_block(void* block);

// Gives what is kept back to the system.
void drop_large_blocks();

}  // namespace tstorch
