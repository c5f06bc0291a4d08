// Which faults a seed plans.
#include "apps/holdfast-torture/plan.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>

using namespace holdfast::torture;

namespace {

fault_counts some_of_each() {
  fault_counts made;
  made.add(fault_kind::kill, 50);
  made.add(fault_kind::pause, 30);
  made.add(fault_kind::partition, 30);
  made.add(fault_kind::drain, 5);
  made.add(fault_kind::restart, 5);
  made.add(fault_kind::client_kill, 5);
  made.add(fault_kind::disk_full, 5);
  made.add(fault_kind::cluster_kill, 5);
  return made;
}

bool is_same(const planned_fault& one, const planned_fault& other) {
  return one.kind == other.kind && one.at_home == other.at_home
         && one.choice == other.choice && one.gap == other.gap
         && one.length == other.length;
}

} // namespace

TEST_CASE("a seed plans what was asked for, the same each time",
          "[torture][plan]") {
  const auto all = plan(some_of_each(), 7);

  const auto again = plan(some_of_each(), 7);
  REQUIRE(all.size() == 135);
  CHECK(
    std::equal(all.begin(), all.end(), again.begin(), again.end(), is_same));
  fault_counts planned;
  for (const auto& each : all)
    planned.add(each.kind);
  for (const auto kind : counted_faults)
    CHECK(planned.of(kind) == some_of_each().of(kind));
}

TEST_CASE("another seed plans them in another order", "[torture][plan]") {
  const auto one = plan(some_of_each(), 7);
  const auto other = plan(some_of_each(), 8);

  CHECK_FALSE(
    std::equal(one.begin(), one.end(), other.begin(), other.end(), is_same));
}

TEST_CASE("nodes are cut off in all three ways, and most faults are for the "
          "home",
          "[torture][plan]") {
  std::map<fault_kind, int> cuts;
  std::size_t at_home = 0;
  const auto all = plan(some_of_each(), 7);
  for (const auto& each : all) {
    ++cuts[each.kind];
    at_home += each.at_home ? 1 : 0;
  }

  CHECK(cuts[fault_kind::partition] == 10);
  CHECK(cuts[fault_kind::deaf] == 10);
  CHECK(cuts[fault_kind::mute] == 10);
  CHECK(at_home > all.size() * 6 / 10);
  CHECK(at_home < all.size());
}
