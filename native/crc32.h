// The checksum of zip archives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace tstorch {

// The CRC-32 of bytes that follow what has the CRC-32 `crc`; nothing where zlib is as fast.
std::optional<uint32_t> fast_crc32(uint32_t crc, const void* data, size_t length);

}  // namespace tstorch
