// What a fuzzer gives, taken piece by piece, and how a broken promise is told.
#pragma once

#include "shm/error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <type_traits>
#include <utility>

namespace holdfast::fuzz {

inline void require(bool holds, const char* promise) {
  if (holds)
    return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

template <class T>
T must(shm::result<T> outcome) {
  if (!outcome)
    require(false, outcome.assume_error().message().c_str());
  if constexpr (!std::is_void_v<T>)
    return std::move(outcome).assume_value();
}

/// Bytes that end in zeros where they are over.
class input {
public:
  input(const std::uint8_t* bytes, std::size_t size) : left_{bytes, size} {
    // nop
  }

  bool ended() const {
    return left_.empty();
  }

  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    const auto taken = take(bytes);
    std::copy(taken.begin(), taken.end(),
              reinterpret_cast<std::uint8_t*>(&value));
    return value;
  }

  std::span<const std::uint8_t> take(std::size_t count) {
    const auto taken = left_.first(std::min(count, left_.size()));
    left_ = left_.subspan(taken.size());
    return taken;
  }

private:
  std::span<const std::uint8_t> left_;
};

} // namespace holdfast::fuzz
