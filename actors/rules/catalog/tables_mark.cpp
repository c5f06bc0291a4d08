#include "actors/rules/catalog/tables_mark.hpp"

namespace holdfast::catalog {

std::optional<log_index>
first_difference(const std::vector<tables_mark>& ours,
                 const std::vector<tables_mark>& theirs) {
  auto here = ours.begin();
  auto there = theirs.begin();
  while (here != ours.end() && there != theirs.end())
    if (here->index < there->index)
      ++here;
    else if (there->index < here->index)
      ++there;
    else if (here->digest != there->digest)
      return here->index;
    else {
      ++here;
      ++there;
    }
  return std::nullopt;
}

} // namespace holdfast::catalog
