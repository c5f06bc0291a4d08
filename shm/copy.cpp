#include "shm/copy.hpp"

namespace holdfast::shm {

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)

namespace {

// From here on `rep movsb` beats the loop: its microcode avoids reading the
// destination lines.
constexpr std::size_t string_move_bytes_min = 256U << 10;

const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;

// `bytes` is a multiple of 64 and not 0.
void move_vectors(void* to, const void* from, std::size_t bytes) noexcept {
  asm volatile("1:\n\t"
               "vmovdqu (%[from]), %%ymm0\n\t"
               "vmovdqu 32(%[from]), %%ymm1\n\t"
               "vmovdqu %%ymm0, (%[to])\n\t"
               "vmovdqu %%ymm1, 32(%[to])\n\t"
               "add $64, %[from]\n\t"
               "add $64, %[to]\n\t"
               "sub $64, %[bytes]\n\t"
               "jnz 1b\n\t"
               "vzeroupper"
               : [to] "+r"(to), [from] "+r"(from), [bytes] "+r"(bytes)
               :
               : "xmm0", "xmm1", "memory", "cc");
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

// Moves all but the last incomplete 64 bytes; returns how many it moved.
std::size_t move_blocks(void* to, const void* from,
                        std::size_t bytes) noexcept {
  const auto blocks = bytes & ~std::size_t{63};
  if (bytes >= string_move_bytes_min || !has_avx2)
    move_string(to, from, blocks);
  else
    move_vectors(to, from, blocks);
  return blocks;
}

} // namespace

void load_large(std::byte* to, const layout::word* from,
                std::size_t bytes) noexcept {
  const auto done = move_blocks(to, from, bytes);
  load_words(to + done, from + done / 8, bytes - done);
}

void store_large(layout::word* to, const std::byte* from,
                 std::size_t bytes) noexcept {
  const auto done = move_blocks(to, from, bytes);
  store_words(to + done / 8, from + done, bytes - done);
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
