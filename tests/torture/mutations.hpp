// Right histories made wrong: each kind breaks one promise, at a place that a
// seed chooses.
#pragma once

#include "apps/holdfast-torture/checker/findings.hpp"
#include "apps/holdfast-torture/checker/history.hpp"

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace holdfast::test {

struct mutation {
  std::string name;
  /// By one of these it is found.
  std::vector<torture::rule> found_by;
  /// False: this history has no place for it.
  std::function<bool(torture::history&, std::mt19937_64&)> apply;
};

const std::vector<mutation>& mutations();
/// Of regions on disk that lost all memory.
const std::vector<mutation>& mutations_of_disks();

} // namespace holdfast::test
