// Linearizability of one register by search: slow, and obviously right.
#pragma once

#include <cstdint>
#include <vector>

namespace holdfast::test {

/// A write of a value, or a read that returned it (0: nothing yet).
struct register_operation {
  bool writes = false;
  std::uint64_t value = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// Whether the operations, at most 20, can be put into one order that keeps
/// real time. `by_value`: the values that are written must rise in it.
bool is_linearizable(const std::vector<register_operation>& operations,
                     bool by_value);

} // namespace holdfast::test
