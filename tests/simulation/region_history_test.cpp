// What clients of the simulated region see, given to the checker of
// holdfast-torture: nothing is wrong with it, and bugs of the rule show in it.
#include "apps/holdfast-torture/checker/check.hpp"
#include "tests/simulation/region_options.hpp"
#include "tests/simulation/region_recorder.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::region_simulation;

namespace {

struct told {
  outcome seen;
  torture::findings found{0};
  std::string text;
};

told recorded(const options& wanted) {
  recorder recording;
  told made;
  made.seen = simulate(wanted, &recording);
  const auto all = recording.take();
  made.found = torture::check(all);
  for (const auto& each : made.found.kept())
    made.text += text_of(each, all.origin());
  return made;
}

} // namespace

TEST_CASE("what clients of a right region see keeps all promises",
          "[simulation][region][torture]") {
  std::uint64_t flushed = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const auto told = recorded({seed, {}, {}, {}});

    INFO("seed " << seed << "\n" << told.text);
    REQUIRE(told.found.count() == 0);
    flushed += told.seen.flushed;
  }
  CHECK(flushed > 3000);
}

TEST_CASE("bugs of a region show in what its clients see",
          "[simulation][region][torture]") {
  for (const auto& one : bugs()) {
    if (one.needs.groups)
      continue; // what belongs together is not recorded
    std::uint64_t found = 0;
    for (std::uint64_t seed = 1; seed <= 1000 && found == 0; ++seed) {
      const auto told = recorded(world_for(one, seed, true));
      if (told.found.count() > 0)
        found = seed;
      const auto right = recorded(world_for(one, seed, false));
      INFO(one.name << ", seed " << seed << " without it\n" << right.text);
      REQUIRE(right.found.count() == 0);
    }
    INFO(one.name << " shows at seed " << found);
    CHECK(found != 0);
  }
}
