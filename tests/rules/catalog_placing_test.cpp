#include "actors/rules/catalog/local_regions.hpp"
#include "actors/rules/catalog/placing.hpp"
#include "tests/rules/catalog_stream.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::test;
using catalog::local_region;
using catalog::region_role;

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

TEST_CASE("a node makes what the tables give it and retires what they take",
          "[rules][catalog]") {
  five_nodes tables;
  const auto id = tables.tell(region_of("prod", "quotes", 1, {2})).index;
  const auto& now = tables.all();

  CHECK(catalog::follow(1, now, {}).make == std::vector{quotes});
  CHECK(catalog::follow(2, now, {}).make == std::vector{quotes});
  CHECK(catalog::follow(3, now, {}).empty());

  const std::map<catalog::log_index, local_region> have{
    {id, {region_role::home, id, mebibyte}}};
  CHECK(catalog::follow(1, now, have).empty());
  CHECK(catalog::follow(3, now, have).retire == std::vector{id});
}

TEST_CASE("a node notices that its role, epoch, size or variables changed",
          "[rules][catalog]") {
  five_nodes tables;
  const auto id = tables.tell(region_of("prod", "quotes", 1, {2})).index;
  const std::map<catalog::log_index, local_region> have{
    {id, {region_role::home, id, mebibyte}}};

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
  const auto id = tables.tell(region_of("prod", "quotes", 1)).index;
  const catalog::add_variables come{
    quotes, {{"bid", catalog::variable_kind::value, "f64", 8}}};
  tables.tell(come);
  const std::map<catalog::log_index, local_region> have{
    {id, {region_role::home, id, mebibyte, {{"bid", 1}}}}};
  REQUIRE(catalog::follow(1, tables.all(), have).empty());

  tables.tell(catalog::remove_variables{quotes, {"bid"}});
  tables.tell(come);

  CHECK(catalog::follow(1, tables.all(), have).change == std::vector{quotes});
}

TEST_CASE("a region created again under its name is another",
          "[rules][catalog]") {
  five_nodes tables;
  const auto first = tables.tell(region_of("prod", "quotes", 1)).index;
  tables.tell(catalog::remove_region{quotes});
  const auto second = tables.tell(region_of("prod", "quotes", 1)).index;
  REQUIRE(first != second);

  const auto changes = catalog::follow(
    1, tables.all(), {{first, {region_role::home, first, mebibyte}}});

  CHECK(changes.retire == std::vector{first});
  CHECK(changes.make == std::vector{quotes});
  CHECK(catalog::to_release(1, tables.all(), {first}).empty());
  CHECK(catalog::to_release(1, tables.all(), {}) == std::vector{first});
}

TEST_CASE("a home says that an epoch has settled when nobody else held it",
          "[rules][catalog]") {
  five_nodes tables;
  const auto epoch = tables.tell(region_of("prod", "quotes", 1)).index;
  const auto placed = [&] { return tables.all().regions.at(quotes).placement; };
  using settling = std::vector<catalog::settle_region>;

  CHECK(catalog::to_settle(1, tables.all()) == settling{{quotes, epoch}});
  CHECK(catalog::to_settle(2, tables.all()).empty());
  REQUIRE(tables.tell(catalog::settle_region{quotes, epoch}).ok());
  CHECK(catalog::to_settle(1, tables.all()).empty());

  SECTION("not while a replica is to be filled") {
    REQUIRE(tables.tell(catalog::set_placement{quotes, epoch, 1, {2}}).ok());
    CHECK(catalog::to_settle(1, tables.all()).empty());

    REQUIRE(tables.tell(catalog::settle_region{quotes, placed().epoch}).ok());
    REQUIRE(
      tables.tell(catalog::set_placement{quotes, placed().epoch, 1, {}}).ok());
    // Node 2 had all of it, too: a majority of the two is both.
    CHECK(catalog::to_settle(1, tables.all()).empty());
  }
  SECTION("also when it begins anew there") {
    REQUIRE(tables.join(1, 2).ok());
    CHECK(catalog::to_settle(1, tables.all())
          == settling{{quotes, placed().epoch}});
  }
}

TEST_CASE("what concerns placement is known from the command",
          "[rules][catalog]") {
  CHECK(catalog::concerns_placement(catalog::decide_health{}));
  CHECK(catalog::concerns_placement(catalog::create_region{}));
  CHECK_FALSE(catalog::concerns_placement(catalog::add_variables{}));
  CHECK_FALSE(catalog::concerns_placement(catalog::open_session{}));
}
