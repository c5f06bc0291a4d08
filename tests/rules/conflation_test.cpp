#include "actors/rules/conflation.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast;
using news = rules::conflation::news;

TEST_CASE("nothing stored yet is not told", "[rules][conflation]") {
  const rules::conflation told;

  CHECK(told.next(0) == news::none);
  CHECK(told.next(std::nullopt) == news::none);
  CHECK(told.next(1) == news::value);
}

TEST_CASE("one message is on its way, and the next says what it left out",
          "[rules][conflation]") {
  rules::conflation told;
  REQUIRE(told.on_value_sent(7) == 0);

  CHECK(told.next(8) == news::none);
  CHECK(told.next(9) == news::none);
  told.on_acknowledged();
  REQUIRE(told.next(12) == news::value);
  CHECK(told.on_value_sent(12) == 4);

  told.on_acknowledged();
  CHECK(told.next(12) == news::none);
  REQUIRE(told.next(13) == news::value);
  CHECK(told.on_value_sent(13) == 0);
}

TEST_CASE("a removal is told once, after what is on its way",
          "[rules][conflation]") {
  rules::conflation told;
  (void)told.on_value_sent(3);

  CHECK(told.next(std::nullopt) == news::none);
  told.on_acknowledged();
  REQUIRE(told.next(std::nullopt) == news::removal);
  told.on_removal_sent();
  CHECK(told.next(1) == news::none);
  told.on_acknowledged();
  CHECK(told.next(std::nullopt) == news::none);

  REQUIRE(told.next(1) == news::value);
  CHECK(told.on_value_sent(1) == 0);
}

TEST_CASE("after a new attachment the current value is told, whatever its "
          "version",
          "[rules][conflation]") {
  rules::conflation told;
  (void)told.on_value_sent(5);

  told.on_restart();

  CHECK(told.under_way());
  CHECK(told.next(5) == news::none);
  told.on_acknowledged();
  REQUIRE(told.next(5) == news::value);
  CHECK(told.on_value_sent(5) == 0);
}

TEST_CASE("a version that falls leaves nothing out", "[rules][conflation]") {
  rules::conflation told;
  (void)told.on_value_sent(9);
  told.on_acknowledged();

  REQUIRE(told.next(2) == news::value);
  CHECK(told.on_value_sent(2) == 0);
}
