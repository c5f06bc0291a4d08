#include "tests/simulation/world_options.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::simulation;

namespace {

/// The first seed at which the bug shows; 0: none up to the last.
std::uint64_t found_at(std::string_view name, std::uint64_t last) {
  for (const auto& one : bugs()) {
    if (one.name != name)
      continue;
    for (std::uint64_t seed = 1; seed <= last; ++seed) {
      world_options options;
      options.seed = seed;
      if (one.core != nullptr)
        options.core.*one.core = true;
      if (one.world != nullptr)
        options.world.*one.world = true;
      if (!simulate(options).violation.empty())
        return seed;
    }
  }
  return 0;
}

} // namespace

TEST_CASE("the same seed tells the same story", "[simulation]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto once = simulate({seed, {}, {}});

    const auto again = simulate({seed, {}, {}});

    CHECK(once.trace == again.trace);
    CHECK(once.events == again.events);
  }
}

TEST_CASE("seeds that once left nobody to lead", "[simulation]") {
  consensus::faults both;
  both.learners_refuse_votes = both.change_before_own_disk = true;
  for (const std::uint64_t seed : {24395, 28670}) {
    INFO(seed);

    CHECK(simulate({seed, both, {}}).violation
          == "all is mended, but nobody leads");
    CHECK(simulate({seed, {}, {}}).violation.empty());
  }
}

TEST_CASE("bugs that are put back are found", "[simulation]") {
  for (const auto* name :
       {"forget_ballot", "store_before_sync", "answer_on_append",
        "answer_by_index", "answer_when_deposed", "apply_uncommitted",
        "skip_restore", "disk_lies", "disk_keeps_tail", "no_deduplication",
        "answer_before_apply", "snapshot_too_new", "skips_an_entry"}) {
    INFO(name);

    CHECK(found_at(name, 150) != 0);
  }
}

TEST_CASE("without a bug nothing is violated in these seeds", "[simulation]") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO(seed);

    CHECK(simulate({seed, {}, {}}).violation.empty());
  }
}
