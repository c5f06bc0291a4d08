#include "actors/rules/drain_pace.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::rules;
using namespace std::chrono_literals;

namespace {

constexpr auto armed = std::nullopt;

drain_pace pace() {
  return drain_pace{{1ms, 20ms, 8, 3}};
}

/// A drain that found so many variables changed, each many times.
auto drained(drain_pace& of, std::uint32_t changes) {
  return of.on_drained(changes, std::uint64_t{changes} * 100);
}

} // namespace

TEST_CASE("a ring is answered at once, and once", "[rules][drain_pace]") {
  auto quiet = pace();

  CHECK_FALSE(quiet.draining());
  CHECK(quiet.on_ring());
  CHECK(quiet.draining());
  CHECK_FALSE(quiet.on_ring());
}

TEST_CASE("a few that change all the time double the wait up to the longest",
          "[rules][drain_pace]") {
  auto slow = pace();
  slow.on_ring();

  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 7; ++i)
    waits.push_back(drained(slow, 1).value());

  CHECK(waits
        == std::vector<std::chrono::milliseconds>{1ms, 2ms, 4ms, 8ms, 16ms,
                                                  20ms, 20ms});
}

TEST_CASE("many changes bring the shortest wait back", "[rules][drain_pace]") {
  auto busy = pace();
  busy.on_ring();
  for (int i = 0; i < 5; ++i)
    drained(busy, 1);

  CHECK(drained(busy, 8) == 1ms);
  CHECK(drained(busy, 8) == 1ms);
  CHECK(drained(busy, 1) == 1ms);
  CHECK(drained(busy, 1) == 2ms);
}

TEST_CASE("a drain of very many changes is followed by a longer wait",
          "[rules][drain_pace]") {
  auto flooded = pace();
  flooded.on_ring();

  CHECK(drained(flooded, 4095) == 1ms);
  CHECK(drained(flooded, 4096) == 2ms);
  CHECK(drained(flooded, 131072) == 20ms);
  CHECK(drained(flooded, 8) == 1ms);
}

TEST_CASE("some drains in a row that found nothing arm the doorbell",
          "[rules][drain_pace]") {
  auto idle = pace();
  idle.on_ring();

  CHECK(drained(idle, 1) == 1ms);
  CHECK(drained(idle, 0) == 2ms);
  CHECK(drained(idle, 1) == 4ms); // not in a row
  CHECK(drained(idle, 0) == 8ms);
  CHECK(drained(idle, 0) == 16ms);
  CHECK(drained(idle, 0) == armed);
  CHECK_FALSE(idle.draining());
  CHECK(idle.on_ring());
}

TEST_CASE("after few stores one rest comes before the doorbell is armed",
          "[rules][drain_pace]") {
  auto calm = pace();
  calm.on_ring();

  CHECK(calm.on_drained(7, 14) == 1ms);
  SECTION("whether nothing came meanwhile") {
    CHECK(calm.on_drained(0, 0) == armed);
  }
  SECTION("or few stores again") {
    CHECK(calm.on_drained(1, 2) == armed);
  }
  SECTION("but not if they were many") {
    CHECK(calm.on_drained(1, 3) == 2ms);
    CHECK(calm.on_drained(1, 2) == 4ms);
    CHECK(calm.on_drained(1, 2) == 8ms);
  }
}

TEST_CASE("a doorbell armed too late is drained soon", "[rules][drain_pace]") {
  auto late = pace();

  CHECK(late.on_armed_too_late() == 1ms);
  CHECK(late.draining());
  CHECK_FALSE(late.on_ring());
}

TEST_CASE("what could not be drained is looked at again after what it cost",
          "[rules][drain_pace]") {
  auto kept_back = pace();
  kept_back.on_ring();

  CHECK(kept_back.on_kept_back(1) == 1ms);
  CHECK(kept_back.on_kept_back(65536) == 17ms);
  CHECK(kept_back.on_kept_back(1000000) == 20ms);
  CHECK(kept_back.draining());
}
