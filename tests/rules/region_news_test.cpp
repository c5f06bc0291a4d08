#include "actors/rules/region_news.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast;
using news = rules::region_news::news;

namespace {

// Sends what is due, and lets the subscriber take it.
news pass_on(rules::region_news& region) {
  const auto what = region.next();
  if (what != news::none) {
    region.on_sent();
    region.on_acknowledged();
  }
  return what;
}

} // namespace

TEST_CASE("a region is told as attached and lost in turn",
          "[rules][region_news]") {
  rules::region_news region;
  REQUIRE(region.next() == news::none);

  region.on_attached();
  CHECK(pass_on(region) == news::attached);
  CHECK(pass_on(region) == news::none);
  region.on_lost();
  CHECK(pass_on(region) == news::lost);
  CHECK(pass_on(region) == news::none);
  region.on_attached();
  CHECK(pass_on(region) == news::attached);
}

TEST_CASE("values wait until the subscriber knows that it is attached",
          "[rules][region_news]") {
  rules::region_news region;
  region.on_attached();
  CHECK_FALSE(region.settled());

  region.on_sent();
  CHECK_FALSE(region.settled());
  region.on_acknowledged();
  CHECK(region.settled());

  region.on_lost();
  CHECK_FALSE(region.settled());
  region.on_attached();
  CHECK_FALSE(region.settled());
}

TEST_CASE("a slow subscriber hears of the loss before the return",
          "[rules][region_news]") {
  rules::region_news region;
  region.on_attached();
  region.on_sent();

  for (int i = 0; i < 3; ++i) {
    region.on_lost();
    region.on_attached();
  }
  CHECK(region.next() == news::none);
  region.on_acknowledged();

  CHECK(pass_on(region) == news::lost);
  CHECK(pass_on(region) == news::attached);
  CHECK(pass_on(region) == news::none);
}

TEST_CASE("a region lost before anybody was told was never there",
          "[rules][region_news]") {
  rules::region_news region;

  region.on_attached();
  region.on_lost();

  CHECK(region.next() == news::none);
}
