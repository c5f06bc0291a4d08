// Places in a history where something can be made wrong.
#pragma once

#include "apps/holdfast-torture/checker/history.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace holdfast::test {

using torture::history;
using torture::record;
using torture::record_kind;
using torture::record_outcome;

using dice = std::mt19937_64;
using picked = std::vector<record*>;

/// All records that are so, in random order.
template <class Is>
picked all_where(history& of, dice& by, Is is) {
  picked found;
  for (auto& client : of.clients)
    for (auto& each : client)
      if (is(each))
        found.push_back(&each);
  std::shuffle(found.begin(), found.end(), by);
  return found;
}

/// The first pair of records that is so; they are tried in random order.
template <class One, class Other, class Both>
std::optional<std::pair<record*, record*>>
pair_where(history& of, dice& by, One one, Other other, Both both) {
  const auto first = all_where(of, by, one);
  const auto second = all_where(of, by, other);
  for (auto* a : first)
    for (auto* b : second)
      if (a != b && both(*a, *b))
        return std::pair{a, b};
  return std::nullopt;
}

inline bool saw(const record& of) {
  return of.saw_value();
}

inline bool is_plain(const record& of) {
  return of.saw_value() && of.kind == record_kind::read;
}

inline bool demands(const record& of) {
  return of.saw_value() && (of.kind != record_kind::read || of.under_lease());
}

inline bool same_variable(const record& one, const record& other) {
  return one.variable == other.variable;
}

inline bool same_observer(const record& before, const record& after) {
  return before.client == after.client && before.mapping == after.mapping
         && same_variable(before, after) && before.end_ns < after.begin_ns;
}

inline void show(record& read, const record& of) {
  read.value = of.value;
  read.version = of.version;
  read.committed = 0;
}

} // namespace holdfast::test
