// Whether a history keeps the promises of a region (docs/guarantees.md). Pure,
// and O(n log n): values are unique and carry their versions, so nothing has to
// be searched.
#pragma once

#include "apps/holdfast-torture/checker/findings.hpp"
#include "apps/holdfast-torture/checker/history.hpp"

namespace holdfast::torture {

struct check_options {
  /// More nodes were lost at a time than a region survives.
  bool may_begin_empty = false;
  std::size_t findings_per_rule_max = 5;
};

findings check(const history& of, const check_options& how = {});

} // namespace holdfast::torture
