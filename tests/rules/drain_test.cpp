#include "actors/rules/drain.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::rules;
using namespace std::chrono_literals;

namespace {

drain_view view_of(std::uint32_t homes, bool leads,
                   std::vector<std::uint64_t> successors = {4, 2}) {
  return {homes, 0, leads, std::move(successors)};
}

} // namespace

TEST_CASE("homes move first, then leadership, then it is done",
          "[rules][drain]") {
  drain draining{1s};

  CHECK(draining.on_tick(1s, view_of(2, true)).phase == drain_phase::moving);
  CHECK_FALSE(draining.on_tick(2s, view_of(1, true)).hand_over_to);
  const auto over = draining.on_tick(3s, view_of(0, true));
  CHECK(over.phase == drain_phase::handing_over);
  CHECK(over.hand_over_to == 2U);
  CHECK(draining.on_tick(4s, view_of(0, false)).phase == drain_phase::done);
  // It stays so, whatever comes.
  CHECK(draining.on_tick(5s, view_of(3, true)).phase == drain_phase::done);
}

TEST_CASE("handing over is tried again, not all the time", "[rules][drain]") {
  drain draining{0s};
  REQUIRE(draining.on_tick(0s, view_of(0, true)).hand_over_to);

  CHECK_FALSE(draining.on_tick(400ms, view_of(0, true)).hand_over_to);
  CHECK(draining.on_tick(500ms, view_of(0, true)).hand_over_to);
}

TEST_CASE("draining ends in time, and says that something stayed",
          "[rules][drain]") {
  drain homes_stay{0s};
  CHECK(homes_stay.on_tick(29s, view_of(1, false)).phase
        == drain_phase::moving);
  CHECK(homes_stay.on_tick(30s, view_of(1, false)).phase
        == drain_phase::out_of_time);

  drain leads_on{0s};
  CHECK(leads_on.on_tick(29s, view_of(0, true)).phase
        == drain_phase::handing_over);
  CHECK(leads_on.on_tick(30s, view_of(0, true)).phase
        == drain_phase::out_of_time);
}

TEST_CASE("a node that nobody can relieve does not wait", "[rules][drain]") {
  drain alone{0s};
  auto view = view_of(2, true, {});
  view.stranded = 2;

  CHECK(alone.on_tick(0s, view).phase == drain_phase::out_of_time);

  drain leader_only{0s};
  CHECK(leader_only.on_tick(0s, view_of(0, true, {})).phase
        == drain_phase::out_of_time);
}
