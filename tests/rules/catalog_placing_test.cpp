#include "actors/rules/catalog/local_regions.hpp"
#include "actors/rules/catalog/placing.hpp"
#include "tests/rules/catalog_stream.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

const catalog::region_name quotes{"prod", "quotes"};

struct five_nodes : told_tables {
  five_nodes() {
    for (catalog::node_id node = 2; node <= 5; ++node)
      join(node);
    tell(catalog::create_tenant{"prod", {100 * mebibyte, 20, 640, 2}});
  }

  /// One round of the leader and of the homes.
  std::size_t plan_and_settle() {
    const auto steps
      = rules::plan_placement(catalog::placement_view_of(all()), {100});
    for (const auto& step : steps) {
      const auto said = tell(catalog::command_of(step));
      INFO(said.text);
      REQUIRE(said.ok());
    }
    const auto regions = all().regions;
    for (const auto& [name, each] : regions)
      tell(catalog::settle_region{name, each.placement.epoch});
    return steps.size();
  }

  void converge() {
    for (int round = 0; round < 20; ++round)
      if (plan_and_settle() == 0)
        return;
    FAIL("the plan never ends");
  }
};

} // namespace

TEST_CASE("the tables take every step that placement plans",
          "[rules][catalog][placement]") {
  five_nodes tables;
  for (int i = 0; i < 20; ++i) {
    auto made = region_of("prod", "r" + std::to_string(i));
    made.options.copies = 3;
    REQUIRE(tables.tell(made).ok());
  }
  tables.converge();

  REQUIRE(tables.tell(catalog::decide_health{2, 1, true}).ok());
  tables.converge();
  catalog::change_member drain;
  drain.node = 3;
  drain.draining = true;
  REQUIRE(tables.tell(drain).ok());
  tables.converge();
  REQUIRE(tables.tell(catalog::leave_member{2}).ok());
  tables.converge();

  for (const auto& [name, each] : tables.all().regions) {
    CHECK(each.placement.holders() == std::set<catalog::node_id>{1, 4, 5});
    CHECK(each.placement.settled_epoch == each.placement.epoch);
  }
}

namespace {

/// What node 1 has of the region now.
std::map<catalog::log_index, catalog::local_region>
had_by_1(const told_tables& tables) {
  const auto& region = tables.all().regions.at(quotes);
  return {{region.id, *catalog::wanted_on(1, tables.all(), region)}};
}

} // namespace

TEST_CASE("a node makes what the tables give it and retires what they take",
          "[rules][catalog]") {
  five_nodes tables;
  const auto id = tables.tell(region_of("prod", "quotes", 1, {2})).index;
  const auto& now = tables.all();

  CHECK(catalog::follow(1, now, {}).make == std::vector{quotes});
  CHECK(catalog::follow(2, now, {}).make == std::vector{quotes});
  CHECK(catalog::follow(3, now, {}).empty());

  const auto have = had_by_1(tables);
  CHECK(catalog::follow(1, now, have).empty());
  CHECK(catalog::follow(3, now, have).retire == std::vector{id});
  CHECK(catalog::follow(3, now, have).elsewhere == std::set{id});
}

TEST_CASE("who held a region keeps it until the next epoch has settled",
          "[rules][catalog]") {
  five_nodes tables;
  const auto first = tables.tell(region_of("prod", "quotes", 1, {2})).index;
  REQUIRE(tables.tell(catalog::settle_region{quotes, first}).ok());
  const auto second
    = tables.tell(catalog::set_placement{quotes, first, 1, {}}).index;
  const auto wanted_on_2 = [&] {
    return catalog::wanted_on(2, tables.all(), tables.all().regions.at(quotes));
  };

  CHECK(wanted_on_2());
  REQUIRE(tables.tell(catalog::settle_region{quotes, second}).ok());
  CHECK_FALSE(wanted_on_2());
}

TEST_CASE("a holder hears who of the settled ones is no member any more",
          "[rules][catalog]") {
  five_nodes tables;
  const auto epoch = tables.tell(region_of("prod", "quotes", 1, {2, 3})).index;
  REQUIRE(tables.tell(catalog::settle_region{quotes, epoch}).ok());
  const auto have = had_by_1(tables);

  REQUIRE(tables.tell(catalog::leave_member{3}).ok());

  CHECK(catalog::follow(1, tables.all(), have).change == std::vector{quotes});
  CHECK(had_by_1(tables).begin()->second.departed
        == std::set<catalog::node_id>{3});
}

TEST_CASE("a node notices that its role, epoch, size or variables changed",
          "[rules][catalog]") {
  five_nodes tables;
  const auto id = tables.tell(region_of("prod", "quotes", 1, {2})).index;
  const auto have = had_by_1(tables);

  SECTION("the home moved") {
    tables.tell(catalog::move_home{quotes, id, 2});
  }
  SECTION("it grew") {
    tables.tell(catalog::grow_region{quotes, 2 * mebibyte});
  }
  SECTION("a variable came") {
    tables.tell(catalog::add_variables{
      quotes, {{"bid", catalog::variable_kind::value, "f64", 8}}});
  }

  CHECK(catalog::follow(1, tables.all(), have).change == std::vector{quotes});
}

TEST_CASE("a node notices that a variable went and came again",
          "[rules][catalog]") {
  five_nodes tables;
  tables.tell(region_of("prod", "quotes", 1));
  const catalog::add_variables come{
    quotes, {{"bid", catalog::variable_kind::value, "f64", 8}}};
  tables.tell(come);
  const auto have = had_by_1(tables);
  REQUIRE(catalog::follow(1, tables.all(), have).empty());

  tables.tell(catalog::remove_variables{quotes, {"bid"}});
  tables.tell(come);

  CHECK(catalog::follow(1, tables.all(), have).change == std::vector{quotes});
}

TEST_CASE("a region created again under its name is another",
          "[rules][catalog]") {
  five_nodes tables;
  const auto first = tables.tell(region_of("prod", "quotes", 1)).index;
  const auto have = had_by_1(tables);
  tables.tell(catalog::remove_region{quotes});
  const auto second = tables.tell(region_of("prod", "quotes", 1)).index;
  REQUIRE(first != second);

  const auto changes = catalog::follow(1, tables.all(), have);

  CHECK(changes.retire == std::vector{first});
  CHECK(changes.make == std::vector{quotes});
  CHECK(catalog::to_release(1, tables.all(), {first}).empty());
  CHECK(catalog::to_release(1, tables.all(), {}) == std::vector{first});
}

TEST_CASE("a node that stops waits for regions that others can have",
          "[rules][catalog]") {
  five_nodes tables;
  const auto epoch = tables.tell(region_of("prod", "quotes", 1, {2})).index;
  const auto waits
    = [&] { return catalog::can_be_moved_from(1, tables.all()); };

  CHECK_FALSE(waits()); // node 2 may have nothing yet
  REQUIRE(tables.tell(catalog::settle_region{quotes, epoch}).ok());
  CHECK(waits());
  CHECK_FALSE(catalog::can_be_moved_from(2, tables.all()));
  REQUIRE(tables.tell(catalog::decide_health{2, 1, true}).ok());
  CHECK_FALSE(waits());
}

TEST_CASE("what concerns placement is known from the command",
          "[rules][catalog]") {
  CHECK(catalog::concerns_placement(catalog::decide_health{}));
  CHECK(catalog::concerns_placement(catalog::create_region{}));
  CHECK_FALSE(catalog::concerns_placement(catalog::add_variables{}));
  CHECK_FALSE(catalog::concerns_placement(catalog::open_session{}));
}

TEST_CASE("values on disk are known to be with one member alone",
          "[rules][catalog][placement]") {
  five_nodes tables;
  auto made = region_of("prod", "quotes");
  made.home = 2;
  made.options.durable = true;
  bool alone = true;
  SECTION("one holder") {
    // nop
  }
  SECTION("nothing is on its disk") {
    made.options.durable = false;
    alone = false;
  }
  SECTION("others hold it too") {
    made.options.copies = 3;
    alone = false;
  }
  REQUIRE(tables.tell(made).ok());
  tables.plan_and_settle(); // where it was made
  tables.converge();

  // Balance may have moved it.
  const auto home = tables.all().regions.at(quotes).placement.home;
  CHECK(catalog::kept_by_none_but(home, tables.all()).has_value() == alone);
  CHECK_FALSE(catalog::kept_by_none_but(home % 5 + 1, tables.all()));
}
