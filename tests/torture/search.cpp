#include "tests/torture/search.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace holdfast::test {

namespace {

class search {
public:
  search(const std::vector<register_operation>& operations, bool by_value)
    : operations_{operations}, by_value_{by_value} {
    // nop
  }

  bool succeeds(std::uint32_t done, std::uint64_t held) {
    if (done + 1 == std::uint32_t{1} << operations_.size())
      return true;
    if (!seen_.insert({done, held}).second)
      return false;
    const auto bound = earliest_end(done);
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      const auto& next = operations_[i];
      const auto bit = std::uint32_t{1} << i;
      if ((done & bit) == 0 && next.begin <= bound && may_follow(next, held)
          && succeeds(done | bit, next.writes ? next.value : held))
        return true;
    }
    return false;
  }

private:
  /// Nothing that begins later can come before what ends then.
  std::int64_t earliest_end(std::uint32_t done) const {
    auto first = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < operations_.size(); ++i)
      if ((done >> i & 1) == 0)
        first = std::min(first, operations_[i].end);
    return first;
  }

  bool may_follow(const register_operation& next, std::uint64_t held) const {
    if (next.writes)
      return !by_value_ || next.value > held;
    return next.value == held;
  }

  const std::vector<register_operation>& operations_;
  bool by_value_;
  std::set<std::pair<std::uint32_t, std::uint64_t>> seen_;
};

} // namespace

bool is_linearizable(const std::vector<register_operation>& operations,
                     bool by_value) {
  return search{operations, by_value}.succeeds(0, 0);
}

} // namespace holdfast::test
