// Chance that is the same for the same seed, on every machine.
#pragma once

#include <cstdint>

namespace holdfast::simulation {

class chance {
public:
  explicit chance(std::uint64_t seed) : state_{seed * 0x9e3779b97f4a7c15U + 1} {
    // nop
  }

  /// splitmix64
  std::uint64_t next() {
    std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15U);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }

  /// In [0, bound).
  std::uint64_t below(std::uint64_t bound) {
    return bound == 0 ? 0 : next() % bound;
  }

  /// In [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low
           + static_cast<std::int64_t>(
             below(static_cast<std::uint64_t>(high - low) + 1));
  }

  /// True so many times in a thousand.
  bool permille(std::uint64_t often) {
    return below(1000) < often;
  }

private:
  std::uint64_t state_;
};

/// FNV-1a, a word at a time.
class digest {
public:
  void add(std::uint64_t word) {
    for (int i = 0; i < 8; ++i)
      value_ = (value_ ^ ((word >> (8 * i)) & 0xff)) * 0x100000001b3U;
  }

  std::uint64_t value() const {
    return value_;
  }

private:
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

} // namespace holdfast::simulation
