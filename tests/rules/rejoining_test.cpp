#include "actors/rules/rejoining.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace holdfast::rules;

namespace {

using step = rejoining_step;

/// What each step makes of what is known.
rejoining_view after(step done, rejoining_view seen) {
  switch (done) {
  case step::remove:
    return {false, false, false, seen.recorded, seen.alone_has_values};
  case step::forget:
    seen.recorded = false;
    return seen;
  case step::add:
    return {true, false, false, seen.recorded, seen.alone_has_values};
  case step::none:
  case step::wait:
    break;
  }
  return seen;
}

std::vector<step> steps_from(rejoining_view seen) {
  std::vector<step> taken;
  while (taken.size() < 9) {
    const auto next = next_step(seen);
    if (next == step::none)
      break;
    taken.push_back(next);
    if (next == step::wait)
      break;
    seen = after(next, seen);
  }
  return taken;
}

using steps = std::vector<step>;

} // namespace

TEST_CASE("a member without its log is let in anew", "[rules][rejoining]") {
  CHECK(steps_from({true, true, true, true})
        == steps{step::remove, step::forget, step::add});
  CHECK(steps_from({true, false, true, true})
        == steps{step::remove, step::forget, step::add});
}

TEST_CASE("a vote is taken off whoever has it, entered or not",
          "[rules][rejoining]") {
  CHECK(steps_from({true, true, false, false})
        == steps{step::remove, step::add});
}

TEST_CASE("a learner that has answered has lost what it answered for",
          "[rules][rejoining]") {
  CHECK(steps_from({true, false, true, false})
        == steps{step::remove, step::add});
}

TEST_CASE("what an earlier leader began is ended", "[rules][rejoining]") {
  CHECK(steps_from({false, false, false, true})
        == steps{step::forget, step::add});
  CHECK(steps_from({false, false, false, false}) == steps{step::add});
  CHECK(steps_from({true, false, false, false}) == steps{});
}

TEST_CASE("values that nobody else has are not thrown away by themselves",
          "[rules][rejoining]") {
  CHECK(steps_from({true, true, true, true, true}) == steps{step::wait});
  // An operator has removed it.
  CHECK(steps_from({false, false, false, true, true})
        == steps{step::forget, step::add});
}
