// A region as a node makes it, and holds on it as clients have them.
#pragma once

#include "shm/region.hpp"
#include "shm/region_view.hpp"
#include "tests/bench/measure.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace holdfast::bench {

/// A value of a fixed size.
template <std::size_t Bytes>
using block = std::array<std::uint64_t, Bytes / 8>;

/// The node's side. Children are forked after it was made and attach alone.
class test_region {
public:
  /// Room for `variables` of `capacity` bytes named "v0", "v1", …, of the type
  /// block<capacity>, or bytes where that is too much for a stack.
  test_region(std::uint32_t variables, std::uint32_t capacity);

  /// A number for a client that attaches later, maybe in another process.
  std::uint32_t admit() {
    return need(node_->admit_client());
  }

  shm::region_view attach(shm::access wanted, std::uint32_t owner) const;

  shm::region_view attach(shm::access wanted) {
    return attach(wanted, admit());
  }

  shm::region& node() noexcept {
    return *node_;
  }

  static std::string name_of(std::uint32_t index) {
    return "v" + std::to_string(index);
  }

private:
  std::unique_ptr<shm::region> node_;
};

/// Above this many bytes a variable is read into memory of the caller's.
inline constexpr std::uint32_t block_bytes_max = 1024;

} // namespace holdfast::bench

template <std::size_t Words>
struct holdfast::shm::type_tag<std::array<std::uint64_t, Words>> {
  static constexpr std::string_view value = "bench::block";
};
