#include "actors/rules/catalog/machine.hpp"
#include "tests/rules/catalog_stream.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::test;
using shm::errc;

namespace {

catalog::octets join_of_node_1() {
  catalog::join_member join;
  join.node = 1;
  join.incarnation = 1;
  return catalog::encode({0, {catalog::origin_kind::node, 1, 1}, 1, {}, join})
    .assume_value();
}

} // namespace

TEST_CASE("a machine answers each entry with its outcome",
          "[rules][catalog][machine]") {
  catalog::machine machine;

  const auto answer = machine.apply(5, join_of_node_1());

  const auto outcome
    = catalog::decode_outcome(answer.assume_value()).assume_value();
  CHECK(outcome == catalog::outcome{errc::ok, "", 5});
  REQUIRE(machine.skip(6));
  CHECK(machine.applied() == 6);
}

TEST_CASE("a machine stops at what it cannot read, and says why",
          "[rules][catalog][machine]") {
  catalog::machine machine;
  const auto good = join_of_node_1();
  auto newer = good;
  newer[2] = 9;

  CHECK(machine.apply(1, newer).assume_error().code == errc::protocol);

  const auto after = machine.apply(2, good);
  REQUIRE_FALSE(after);
  CHECK(after.assume_error().detail
        == "entry 1: an entry of format 9; this node knows formats up to 1 "
           "and has to be upgraded first");
  CHECK(machine.applied() == 0);
  CHECK_FALSE(machine.skip(3));
}

TEST_CASE("entries come in order, each once", "[rules][catalog][machine]") {
  catalog::machine machine;
  REQUIRE(machine.apply(3, join_of_node_1()));

  CHECK(machine.apply(3, join_of_node_1()).assume_error().code
        == errc::corrupt);
  CHECK(machine.stopped());
}

TEST_CASE("a snapshot starts another machine, also one that had stopped",
          "[rules][catalog][machine]") {
  catalog::machine first;
  REQUIRE(first.apply(1, join_of_node_1()));
  catalog::machine second;
  REQUIRE_FALSE(second.apply(1, catalog::octets{1, 2, 3}));
  const auto plain_text = [](std::span<const std::uint8_t> octets) {
    return std::string{octets.begin(), octets.end()};
  };

  CHECK(second.restore(2, first.snapshot()).assume_error().code
        == errc::corrupt);
  REQUIRE(second.restore(1, first.snapshot()));

  CHECK_FALSE(second.stopped());
  CHECK(first.hash(plain_text) == second.hash(plain_text));
  CHECK(second.skip(2));
  CHECK(first.hash(plain_text) != second.hash(plain_text));
}

TEST_CASE("what a leader would let into the log every member can read",
          "[rules][catalog][machine]") {
  const catalog::tables tables;

  CHECK(catalog::check_proposal(tables, join_of_node_1()));
  CHECK(catalog::check_proposal(tables, catalog::octets{'C', 'E', 1, 0, 7})
          .assume_error()
          .code
        == errc::corrupt);
}

TEST_CASE("a request that has no result yet holds back those far above it",
          "[rules][catalog][machine]") {
  catalog::request_numbers numbers{3};
  REQUIRE(numbers.take().assume_value() == 1);
  REQUIRE(numbers.take());
  REQUIRE(numbers.take());
  numbers.settle(2);
  numbers.settle(3);

  CHECK(numbers.take().assume_error().code == errc::overloaded);
  numbers.settle(1);

  CHECK(numbers.take().assume_value() == 4);
  CHECK(numbers.under_way() == 1);
}
