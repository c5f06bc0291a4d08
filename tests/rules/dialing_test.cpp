#include "actors/rules/dialing.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::rules;
using namespace std::chrono_literals;

TEST_CASE("of two nodes exactly the lower dials", "[rules][dialing]") {
  CHECK(dialing{1, 2, {}}.is_ours());
  CHECK_FALSE(dialing{2, 1, {}}.is_ours());
}

TEST_CASE("a dialler tries for ever, ever more rarely", "[rules][dialing]") {
  dialing calls{1, 2, {50ms, 2000ms}};

  for (const auto wait : {100ms, 200ms, 400ms, 800ms, 1600ms})
    CHECK(calls.on_failure(1) == wait);
  for (int i = 0; i < 1000; ++i)
    CHECK(calls.on_failure(1) == 2000ms);
}

TEST_CASE("a handshake that was cut is repeated at once, a few times",
          "[rules][dialing]") {
  dialing calls{1, 2, {50ms, 2000ms}};

  for (int i = 0; i < 3; ++i)
    CHECK(calls.on_cut(1) == 0ms);

  CHECK(calls.on_cut(1) == 100ms);
}

TEST_CASE("a link that held makes the next wait short", "[rules][dialing]") {
  dialing calls{1, 2, {50ms, 2000ms}};
  for (int i = 0; i < 9; ++i)
    (void)calls.on_failure(1);

  calls.on_held();

  CHECK(calls.on_failure(1) == 100ms);
}
