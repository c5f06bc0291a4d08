// Under an id one database is heard, until its node was removed.
#include "actors/consensus/ordered_links.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::consensus;

namespace {

using verdict = listening_order::verdict;

constexpr origin first{7, 1};
constexpr origin second{8, 1};
const membership both{
  {{1, "a:1", member_role::voter}, {2, "b:1", member_role::voter}}};
const membership alone{{{1, "a:1", member_role::voter}}};

} // namespace

TEST_CASE("another database under a known id is not heard",
          "[consensus][guards]") {
  listening_order order;
  REQUIRE(order.hear(2, first, 1) == verdict::in_order);

  CHECK(order.hear(2, second, 1) == verdict::other_database);
  order.note_members(both);
  CHECK(order.hear(2, second, 2) == verdict::other_database);
  CHECK(order.hear(2, first, 2) == verdict::in_order);
}

TEST_CASE("whoever was removed may come back with another database",
          "[consensus][guards]") {
  listening_order order;
  REQUIRE(order.hear(2, first, 5) == verdict::in_order);

  order.note_members(alone);
  order.note_members(both);

  CHECK_FALSE(order.knows(2));
  CHECK(order.database_of(2) == 0);
  // What it said before it left is no word of a new one.
  CHECK(order.hear(2, first, 4) == verdict::too_late);
  CHECK(order.hear(2, second, 1) == verdict::in_order);
  CHECK(order.database_of(2) == second.database);
  CHECK(order.hear(2, first, 6) == verdict::other_database);
}

TEST_CASE("whoever comes back with its database is the one that was known",
          "[consensus][guards]") {
  listening_order order;
  REQUIRE(order.hear(2, first, 5) == verdict::in_order);
  order.note_members(alone);

  CHECK(order.hear(2, first, 6) == verdict::in_order);

  CHECK(order.knows(2));
  CHECK(order.hear(2, second, 1) == verdict::other_database);
}
