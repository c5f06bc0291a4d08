// All that was recorded in one run.
#pragma once

#include "apps/holdfast-torture/checker/record.hpp"

#include <vector>

namespace holdfast::torture {

/// What one process did, in its order.
using client_records = std::vector<record>;

struct history {
  std::vector<client_records> clients;

  /// When it began: times are told from here.
  std::int64_t origin() const noexcept {
    std::int64_t first = 0;
    for (const auto& each : clients)
      if (!each.empty() && (first == 0 || each.front().begin_ns < first))
        first = each.front().begin_ns;
    return first;
  }
};

} // namespace holdfast::torture
