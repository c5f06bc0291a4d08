#include "tests/simulation/bug_search.hpp"
#include "tests/simulation/region_options.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast::region_simulation;
using holdfast::simulation::found_at;
using holdfast::simulation::seen_without;

TEST_CASE("the same seed of a region tells the same story",
          "[simulation][region]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto once = simulate({seed, {}, {}, {}});

    const auto again = simulate({seed, {}, {}, {}});

    CHECK(once.trace == again.trace);
    CHECK(once.events == again.events);
  }
}

TEST_CASE("bugs of a region that are put back are found",
          "[simulation][region]") {
  for (const auto& one : bugs()) {
    INFO(one.name);

    const auto seed = found_at(one, 600);

    CHECK(seed != 0);
    CHECK(seen_without(one, seed).empty());
  }
}

TEST_CASE("a region is busy while it is disturbed", "[simulation][region]") {
  outcome all;

  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto seen = simulate({seed, {}, {}, {}});
    INFO(seed << ": " << seen.violation << "\n" << seen.ending);
    REQUIRE(seen.violation.empty());
    all.flushed += seen.flushed;
    all.read += seen.read;
    all.homes += seen.homes;
    all.discarded += seen.discarded;
  }

  CHECK(all.flushed > 1000);
  CHECK(all.read > 100);
  CHECK(all.homes > 100);
  CHECK(all.discarded > 0);
}
