#include "actors/rules/circuit_breaker.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::rules;
using namespace std::chrono_literals;

namespace {

using state = circuit_breaker::state;

/// Three silences opened it at 10 s, for 2 s.
struct open_breaker {
  circuit_breaker breaker{{3, 2s}};

  open_breaker() {
    for (int i = 0; i < 3; ++i)
      breaker.on_silence(10s);
  }
};

} // namespace

TEST_CASE("a breaker opens after some silences in a row",
          "[rules][circuit_breaker]") {
  circuit_breaker breaker{{3, 2s}};

  breaker.on_silence(1s);
  breaker.on_silence(1s);
  breaker.on_answer(); // not in a row
  breaker.on_silence(1s);
  breaker.on_silence(1s);
  CHECK(breaker.admits(1s));

  breaker.on_silence(1s);

  CHECK_FALSE(breaker.admits(1s));
  CHECK(breaker.current() == state::open);
}

TEST_CASE_METHOD(open_breaker, "after a while one caller may try",
                 "[rules][circuit_breaker]") {
  CHECK_FALSE(breaker.admits(11999ms));

  CHECK(breaker.admits(12s));
  CHECK(breaker.current() == state::half_open);
  CHECK_FALSE(breaker.admits(12s));
}

TEST_CASE_METHOD(open_breaker, "the trial's answer lets all in again",
                 "[rules][circuit_breaker]") {
  REQUIRE(breaker.admits(12s));

  breaker.on_answer();

  CHECK(breaker.admits(12s));
  CHECK(breaker.admits(12s));
  CHECK(breaker.current() == state::closed);
}

TEST_CASE_METHOD(open_breaker, "the trial's silence opens it for as long again",
                 "[rules][circuit_breaker]") {
  REQUIRE(breaker.admits(12s));

  breaker.on_silence(13s);

  CHECK_FALSE(breaker.admits(14999ms));
  CHECK(breaker.admits(15s));
}

TEST_CASE_METHOD(open_breaker,
                 "silence of calls from before does not prolong it",
                 "[rules][circuit_breaker]") {
  breaker.on_silence(11500ms);

  CHECK(breaker.admits(12s));
}
