#include "shm/copy.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace holdfast::shm {

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)

namespace {

// Fast short `rep movsb`: bit 4 of EDX (Intel SDM, volume 2, CPUID leaf 7).
bool has_fast_string_moves() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> 4 & 1) != 0;
}

// From here on `rep movsb` beats the loop: its microcode avoids reading the
// destination lines, and processors made for it begin with it sooner.
const std::size_t string_move_bytes_min
  = has_fast_string_moves() ? 32U << 10 : 256U << 10;

const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;

// Moves the first 32 and the last 64 of at least 64 bytes.
void move_ends(std::byte* to, const std::byte* from,
               std::size_t bytes) noexcept {
  asm volatile("vmovdqu (%[from]), %%ymm0\n\t"
               "vmovdqu -64(%[from],%[bytes]), %%ymm1\n\t"
               "vmovdqu -32(%[from],%[bytes]), %%ymm2\n\t"
               "vmovdqu %%ymm0, (%[to])\n\t"
               "vmovdqu %%ymm1, -64(%[to],%[bytes])\n\t"
               "vmovdqu %%ymm2, -32(%[to],%[bytes])\n\t"
               "vzeroupper"
               :
               : [to] "r"(to), [from] "r"(from), [bytes] "r"(bytes)
               : "xmm0", "xmm1", "xmm2", "memory");
}

// `to` is a multiple of 32, `bytes` one of 64 and not 0.
void move_middle(std::byte* to, const std::byte* from,
                 std::size_t bytes) noexcept {
  asm volatile(".p2align 5\n"
               "1:\n\t"
               "vmovdqu (%[from]), %%ymm0\n\t"
               "vmovdqu 32(%[from]), %%ymm1\n\t"
               "vmovdqa %%ymm0, (%[to])\n\t"
               "vmovdqa %%ymm1, 32(%[to])\n\t"
               "add $64, %[from]\n\t"
               "add $64, %[to]\n\t"
               "sub $64, %[bytes]\n\t"
               "jnz 1b\n\t"
               "vzeroupper"
               : [to] "+r"(to), [from] "+r"(from), [bytes] "+r"(bytes)
               :
               : "xmm0", "xmm1", "memory", "cc");
}

// Moves 64 bytes or more. The loop stores on borders: stores that straddle two
// lines cost half of the speed, loads that do cost little.
void move_vectors(std::byte* to, const std::byte* from,
                  std::size_t bytes) noexcept {
  move_ends(to, from, bytes);
  const auto skipped = 32 - reinterpret_cast<std::uintptr_t>(to) % 32;
  if (const auto middle = (bytes - skipped) / 64 * 64; middle != 0)
    move_middle(to + skipped, from + skipped, middle);
}

void move_string(void* to, const void* from, std::size_t bytes) noexcept {
  // The load fence keeps the sequence check after it from starting early: the
  // loads of a string move are not ordered among themselves.
  asm volatile("rep movsb\n\t"
               "lfence"
               : "+D"(to), "+S"(from), "+c"(bytes)
               :
               : "memory");
}

void move_bytes(void* to, const void* from, std::size_t bytes) noexcept {
  if (bytes >= string_move_bytes_min || !has_avx2)
    move_string(to, from, bytes);
  else
    move_vectors(static_cast<std::byte*>(to),
                 static_cast<const std::byte*>(from), bytes);
}

} // namespace

void load_large(std::byte* to, const layout::word* from,
                std::size_t bytes) noexcept {
  move_bytes(to, from, bytes);
}

void store_large(layout::word* to, const std::byte* from,
                 std::size_t bytes) noexcept {
  const auto whole = bytes / 8;
  move_bytes(to, from, 8 * whole);
  store_words(to + whole, from + 8 * whole, bytes % 8);
}

#else

void load_large(std::byte* to, const layout::word* from,
                std::size_t bytes) noexcept {
  load_words(to, from, bytes);
}

void store_large(layout::word* to, const std::byte* from,
                 std::size_t bytes) noexcept {
  store_words(to, from, bytes);
}

#endif

} // namespace holdfast::shm
