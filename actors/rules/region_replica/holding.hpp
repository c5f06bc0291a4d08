// What a node has of a region: which value of each variable, and in which
// epoch it had all of them.
#pragma once

#include "actors/rules/ordered_table.hpp"
#include "actors/rules/region_replica/values.hpp"

namespace holdfast::region_replica {

struct held_value {
  stamp stored;
  std::uint64_t bytes = 0;
};

struct holding {
  memory kind = memory::blank;
  /// The last epoch in which a home made it whole: then each value counts as
  /// accepted in that epoch. 0: none.
  epoch_number epoch = 0;
  rules::ordered_table<variable_key, held_value> values;

  stamp at(variable_key key) const {
    const auto* found = values.find(key);
    return found == nullptr ? stamp{} : found->stored;
  }

  /// What decides between two holders of a variable: the epoch in which it was
  /// accepted, then its version.
  std::pair<epoch_number, std::uint64_t> rank(const stamp& of) const {
    return {std::max(epoch, of.epoch), of.version};
  }

  /// Rows behind `after`, at most so many; whether there are more.
  bool rows_after(std::optional<variable_key> after, std::size_t count,
                  std::vector<row>& into) const;
};

} // namespace holdfast::region_replica
