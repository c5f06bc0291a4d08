// Digests of the tables, by which nodes see that the same log led to the same
// tables.
#pragma once

#include "actors/rules/catalog/rows.hpp"

#include <optional>
#include <string>
#include <vector>

namespace holdfast::catalog {

/// The tables as of one entry of the log.
struct tables_mark {
  log_index index = 0;
  std::string digest;

  bool operator==(const tables_mark&) const = default;
};

/// The first entry of which both have a mark, and not the same; nothing: there
/// is none. Both ascend.
std::optional<log_index>
first_difference(const std::vector<tables_mark>& ours,
                 const std::vector<tables_mark>& theirs);

} // namespace holdfast::catalog
