#include "shm/futex.hpp"

#include "shm/limits.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace holdfast::shm::futex {

namespace {

// Kernel headers of the build machine may be older than its kernel.
constexpr long waitv_number = 449; // the same on all architectures
constexpr std::uint32_t size_32 = 2;

struct waitv_entry {
  std::uint64_t value;
  std::uint64_t address;
  std::uint32_t flags;
  std::uint32_t reserved;
};

timespec absolute(deadline until) noexcept {
  const auto count = std::max<std::int64_t>(
    0, std::chrono::duration_cast<std::chrono::nanoseconds>(
         until.time_since_epoch())
         .count());
  timespec time{};
  time.tv_sec = static_cast<time_t>(count / 1'000'000'000);
  time.tv_nsec = static_cast<long>(count % 1'000'000'000);
  return time;
}

outcome outcome_of(long status) noexcept {
  return status < 0 && errno == ETIMEDOUT ? outcome::timeout : outcome::woken;
}

} // namespace

bool can_wait_for_many() noexcept {
  static const bool known = [] {
    // No words: EINVAL where the call exists, ENOSYS where it does not.
    ::syscall(waitv_number, nullptr, 0, 0, nullptr, 0);
    return errno == EINVAL;
  }();
  return known;
}

outcome wait(expected_word word, deadline until) noexcept {
  const auto time = absolute(until);
  return outcome_of(::syscall(SYS_futex, word.address, FUTEX_WAIT_BITSET,
                              word.value, &time, nullptr,
                              FUTEX_BITSET_MATCH_ANY));
}

outcome wait_for_any(std::span<const expected_word> words,
                     deadline until) noexcept {
  std::array<waitv_entry, limits::wait_words_max> entries{};
  const auto count = std::min(words.size(), entries.size());
  for (std::size_t i = 0; i < count; ++i)
    entries[i]
      = {words[i].value, reinterpret_cast<std::uintptr_t>(words[i].address),
         size_32, 0};
  const auto time = absolute(until);
  return outcome_of(
    ::syscall(waitv_number, entries.data(), count, 0, &time, CLOCK_MONOTONIC));
}

void wake(const void* address) noexcept {
  ::syscall(SYS_futex, address, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

} // namespace holdfast::shm::futex
