#include "actors/rules/loop_share.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace std::chrono_literals;

TEST_CASE("a rested loop lends one stretch", "[rules][loop_share]") {
  rules::loop_share share{{1ms, 2}};
  REQUIRE(share.may_run(1h));

  share.ran(999us);
  CHECK(share.may_run(1h));
  share.ran(1us);

  CHECK_FALSE(share.may_run(1h));
}

TEST_CASE("what was lent is earned back by half of the time that passes",
          "[rules][loop_share]") {
  rules::loop_share share{{1ms, 2}};
  REQUIRE(share.may_run(1h));
  share.ran(3ms);

  CHECK_FALSE(share.may_run(1h + 4ms));

  CHECK(share.may_run(1h + 4ms + 1us));
}

TEST_CASE("rest is not saved up", "[rules][loop_share]") {
  rules::loop_share share{{1ms, 2}};
  REQUIRE(share.may_run(1h));
  REQUIRE(share.may_run(2h));

  share.ran(1ms);

  CHECK_FALSE(share.may_run(2h));
}
