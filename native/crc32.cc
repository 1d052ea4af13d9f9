// By folding: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009.
#include "crc32.h"

#if defined(__x86_64__) && !defined(_WIN32)

#include <immintrin.h>

#define TSTORCH_CARRYLESS __attribute__((target("sse4.1,pclmul")))

namespace tstorch {

namespace {

TSTORCH_CARRYLESS __m128i load(const char* data) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(data)); }

// What is left of x after as many bits as the two powers in `by` stand for, added to what stands there.
TSTORCH_CARRYLESS __m128i fold(__m128i x, __m128i by, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(x, by, 0x00), high = _mm_clmulepi64_si128(x, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// Of whole blocks of 64 bytes.
TSTORCH_CARRYLESS uint32_t crc32_of_blocks(uint32_t crc, const char* next, const char* end) {
  if (next == end) return crc;

  __m128i x[4];
  for (int i = 0; i < 4; i++) x[i] = load(next + 16 * i);
  x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128(static_cast<int>(~crc)));
  const __m128i by512 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
  for (next += 64; next < end; next += 64) {
    for (int i = 0; i < 4; i++) x[i] = fold(x[i], by512, load(next + 16 * i));
  }

  const __m128i by128 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
  __m128i sum = x[0];
  for (int i = 1; i < 4; i++) sum = fold(sum, by128, x[i]);

  // From 128 to 96 bits, then to 64, then Barrett's reduction to 32.
  const __m128i low_words = _mm_setr_epi32(~0, 0, ~0, 0);
  sum = _mm_xor_si128(_mm_srli_si128(sum, 8), _mm_clmulepi64_si128(sum, by128, 0x10));
  sum = _mm_xor_si128(_mm_srli_si128(sum, 4),
                      _mm_clmulepi64_si128(_mm_and_si128(sum, low_words), _mm_set_epi64x(0, 0x0163cd6124), 0x00));
  const __m128i polynomial = _mm_set_epi64x(0x01f7011641, 0x01db710641);
  __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(sum, low_words), polynomial, 0x10);
  quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_words), polynomial, 0x00);
  return ~static_cast<uint32_t>(_mm_extract_epi32(_mm_xor_si128(sum, quotient), 1));
}

uint32_t crc32_of_bytes(uint32_t crc, const char* next, const char* end) {
  crc = ~crc;
  for (; next < end; next++) {
    crc ^= static_cast<uint8_t>(*next);
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

}  // namespace

std::optional<uint32_t> fast_crc32(uint32_t crc, const void* data, size_t length) {
  static const bool has = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  if (!has) return std::nullopt;
  const char* const start = static_cast<const char*>(data);
  const char* const rest = start + length / 64 * 64;
  return crc32_of_bytes(crc32_of_blocks(crc, start, rest), rest, start + length);
}

}  // namespace tstorch

#else

namespace tstorch {

std::optional<uint32_t> fast_crc32(uint32_t, const void*, size_t) { return std::nullopt; }

}  // namespace tstorch

#endif
