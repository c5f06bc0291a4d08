#include "actors/rules/reconnect.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace std::chrono_literals;

TEST_CASE("each wait is up to twice the one before, to a bound",
          "[rules][reconnect]") {
  rules::reconnect longest{{50ms, 2000ms}};
  rules::reconnect shortest{{50ms, 2000ms}};

  for (const auto wait : {100ms, 200ms, 400ms, 800ms, 1600ms, 2000ms, 2000ms}) {
    CHECK(longest.on_failure(1) == wait);
    CHECK(shortest.on_failure(0) == wait / 2);
  }
}

TEST_CASE("only a connection that held makes the next wait short again",
          "[rules][reconnect]") {
  rules::reconnect again{{50ms, 2000ms}};
  for (int i = 0; i < 5; ++i)
    (void)again.on_failure(1);
  REQUIRE(again.on_failure(1) == 2000ms);

  again.on_held();

  CHECK(again.on_failure(1) == 100ms);
}

TEST_CASE("no chance leads out of the bounds", "[rules][reconnect]") {
  for (const double chance : {-1.0, 0.0, 0.3, 1.0, 7.0}) {
    rules::reconnect again{{50ms, 60ms}};
    for (int i = 0; i < 3; ++i) {
      const auto wait = again.on_failure(chance);
      CHECK(wait >= 50ms);
      CHECK(wait <= 60ms);
    }
  }
}
