#include "actors/rules/lease.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::rules;
using namespace std::chrono_literals;

TEST_CASE("a lease ends its duration after the renewal was asked",
          "[rules][lease]") {
  lease held{300ms};

  CHECK(held.renew(1000ms, 1010ms) == boot_time{1300ms});
  CHECK(held.held(1300ms));
  CHECK_FALSE(held.held(1301ms));
}

TEST_CASE("an answer that took too long extends nothing", "[rules][lease]") {
  lease held{300ms};
  REQUIRE(held.renew(1000ms, 1000ms));

  CHECK(held.renew(1100ms, 1400ms) == std::nullopt);
  CHECK_FALSE(held.held(1301ms));
}

TEST_CASE("an answer out of order never shortens a lease", "[rules][lease]") {
  lease held{300ms};
  REQUIRE(held.renew(1200ms, 1250ms) == boot_time{1500ms});

  CHECK(held.renew(1100ms, 1260ms) == std::nullopt);
  CHECK(held.held(1500ms));
}

TEST_CASE("a lease that ran out can be renewed", "[rules][lease]") {
  lease held{300ms};
  REQUIRE(held.renew(1000ms, 1000ms));

  CHECK(held.renew(9000ms, 9000ms) == boot_time{9300ms});
}

TEST_CASE("nothing is held before the first renewal", "[rules][lease]") {
  CHECK_FALSE(lease{300ms}.held(0ms));
}
