#include "tests/rules/catalog_stream.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::test;
using catalog::move_home;
using catalog::region_name;
using catalog::set_placement;
using catalog::settle_region;
using shm::errc;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

const region_name quotes{"prod", "quotes"};

/// Nodes 1 to 4, and tenant "prod".
struct four_nodes : told_tables {
  four_nodes() {
    for (catalog::node_id node = 2; node <= 4; ++node)
      join(node);
    tell(catalog::create_tenant{"prod", {6 * mebibyte, 3, 64, 2}});
  }

  const catalog::placement& placed() const {
    return all().regions.at(quotes).placement;
  }

  catalog::log_index epoch() const {
    return placed().epoch;
  }

  /// `quotes` on node 1, with replicas on 2 and 3, settled.
  void settle_on_three() {
    REQUIRE(tell(region_of("prod", "quotes", 1, {2, 3})).ok());
    REQUIRE(tell(settle_region{quotes, epoch()}).ok());
  }

  std::uint64_t bytes_used() const {
    return all().tenants.at("prod").quota.used().bytes;
  }
};

} // namespace

// -- regions ------------------------------------------------------------------

TEST_CASE("a region is created once and within its bounds",
          "[rules][catalog]") {
  four_nodes tables;
  const auto made = tables.tell(region_of("prod", "quotes"));

  CHECK(tables.all().regions.at(quotes).id == made.index);
  CHECK(tables.tell(region_of("prod", "quotes")).code == errc::exists);
  CHECK(tables.tell(region_of("prod", "No Name")).code == errc::bad_argument);
  CHECK(tables.tell(region_of("nobody", "q")).code == errc::no_such_region);
  auto tiny = region_of("prod", "tiny");
  tiny.options.bytes = 1;
  CHECK(tables.tell(tiny).code == errc::bad_argument);
  CHECK(tables.tell(region_of("prod", "q", 9)).code == errc::bad_argument);
  CHECK(tables.bytes_used() == 2 * mebibyte);
}

TEST_CASE("regions are created until the quota is reached",
          "[rules][catalog]") {
  four_nodes tables;
  for (const auto* name : {"a", "b", "c"})
    REQUIRE(tables.tell(region_of("prod", name)).ok());

  const auto refused = tables.tell(region_of("prod", "d"));

  CHECK(refused.code == errc::quota);
  CHECK(refused.text == "the tenant's quota of 3 regions has 0 left, 1 needed");
}

TEST_CASE("a removed region is charged until its last holder lets go",
          "[rules][catalog]") {
  four_nodes tables;
  const auto id = tables.tell(region_of("prod", "quotes", 1, {2})).index;

  REQUIRE(tables.tell(catalog::remove_region{quotes}).ok());

  CHECK(tables.bytes_used() == 2 * mebibyte);
  REQUIRE(tables.tell(catalog::release_region{id, 1}).ok());
  CHECK(tables.tell(catalog::release_region{id, 1}).code
        == errc::no_such_region);
  CHECK(tables.bytes_used() == 2 * mebibyte);
  REQUIRE(tables.tell(catalog::release_region{id, 2}).ok());
  CHECK(tables.bytes_used() == 0);
}

TEST_CASE("a holder that begins anew or leaves has let go",
          "[rules][catalog]") {
  four_nodes tables;
  REQUIRE(tables.tell(region_of("prod", "quotes", 2, {3})).ok());
  REQUIRE(tables.tell(catalog::remove_region{quotes}).ok());

  REQUIRE(tables.join(2, 2).ok());
  CHECK(tables.bytes_used() == 2 * mebibyte);
  REQUIRE(tables.tell(catalog::leave_member{3}).ok());

  CHECK(tables.bytes_used() == 0);
}

TEST_CASE("variables come and go all together or not at all",
          "[rules][catalog]") {
  four_nodes tables;
  REQUIRE(tables.tell(region_of("prod", "quotes")).ok());
  const catalog::variable bid{"bid", catalog::variable_kind::value, "f64", 8};
  auto wrong = bid;
  wrong.name = "/wrong";

  CHECK(tables.tell(catalog::add_variables{quotes, {bid, wrong}}).code
        == errc::bad_argument);
  CHECK(tables.tell(catalog::add_variables{quotes, {bid, bid}}).code
        == errc::exists);
  CHECK(tables.all().regions.at(quotes).variables.empty());

  REQUIRE(tables.tell(catalog::add_variables{quotes, {bid}}).ok());
  CHECK(tables.tell(catalog::remove_variables{quotes, {"bid", "ask"}}).code
        == errc::no_such_variable);
  CHECK(tables.all().regions.at(quotes).variables.size() == 1);
}

TEST_CASE("a variable that comes again under its name is another",
          "[rules][catalog]") {
  four_nodes tables;
  REQUIRE(tables.tell(region_of("prod", "quotes")).ok());
  const catalog::variable bid{"bid", catalog::variable_kind::value, "f64", 8};
  const catalog::variable ask{"ask", catalog::variable_kind::value, "f64", 8};
  const auto& variables = tables.all().regions.at(quotes).variables;

  REQUIRE(tables.tell(catalog::add_variables{quotes, {bid, ask}}).ok());
  CHECK(variables.at("bid").id == 1);
  CHECK(variables.at("ask").id == 2);

  REQUIRE(tables.tell(catalog::remove_variables{quotes, {"bid"}}).ok());
  REQUIRE(tables.tell(catalog::add_variables{quotes, {bid}}).ok());
  CHECK(variables.at("bid").id == 3);
}

TEST_CASE("a region grows up to what was charged", "[rules][catalog]") {
  four_nodes tables;
  REQUIRE(tables.tell(region_of("prod", "quotes")).ok());

  CHECK(tables.tell(catalog::grow_region{quotes, 3 * mebibyte}).code
        == errc::bad_argument);
  CHECK(tables.tell(catalog::grow_region{quotes, 2 * mebibyte}).ok());
  CHECK(tables.tell(catalog::grow_region{quotes, mebibyte}).code
        == errc::bad_argument);
}

// -- placement ----------------------------------------------------------------

TEST_CASE("a home moves once, for whoever saw the newest epoch",
          "[rules][catalog]") {
  four_nodes tables;
  tables.settle_on_three();
  const auto before = tables.epoch();

  const auto moved = tables.tell(move_home{quotes, before, 2});

  REQUIRE(moved.ok());
  CHECK(tables.placed().home == 2);
  CHECK(tables.placed().replicas == std::set<catalog::node_id>{1, 3});
  CHECK(tables.epoch() == moved.index);
  CHECK(tables.tell(move_home{quotes, before, 3}).code
        == errc::version_conflict);
}

TEST_CASE("a home moves only to a healthy node that holds the region",
          "[rules][catalog]") {
  four_nodes tables;
  tables.settle_on_three();
  REQUIRE(tables.tell(catalog::decide_health{2, 1, true}).ok());

  CHECK(tables.tell(move_home{quotes, tables.epoch(), 4}).code
        == errc::bad_argument);
  CHECK(tables.tell(move_home{quotes, tables.epoch(), 2}).code
        == errc::bad_argument);
  CHECK(tables.tell(move_home{quotes, tables.epoch(), 3}).ok());
}

TEST_CASE("holders come and go one at a time, in settled epochs",
          "[rules][catalog]") {
  four_nodes tables;
  REQUIRE(tables.tell(region_of("prod", "quotes", 1, {2})).ok());
  CHECK(tables.tell(set_placement{quotes, tables.epoch(), 1, {2, 3}}).code
        == errc::version_conflict);
  REQUIRE(tables.tell(settle_region{quotes, tables.epoch()}).ok());

  CHECK(tables.tell(set_placement{quotes, tables.epoch(), 1, {3}}).code
        == errc::bad_argument);
  CHECK(tables.tell(set_placement{quotes, tables.epoch(), 2, {1}}).code
        == errc::bad_argument);
  REQUIRE(tables.tell(set_placement{quotes, tables.epoch(), 1, {2, 3}}).ok());

  // Node 3 holds nothing yet.
  CHECK(tables.tell(move_home{quotes, tables.epoch(), 3}).code
        == errc::version_conflict);
  CHECK(tables.tell(move_home{quotes, tables.epoch(), 2}).ok());
}

TEST_CASE("a region all of whose holders have left begins empty",
          "[rules][catalog]") {
  four_nodes tables;
  REQUIRE(tables.tell(region_of("prod", "quotes", 2, {3})).ok());
  REQUIRE(tables.tell(settle_region{quotes, tables.epoch()}).ok());
  REQUIRE(tables.tell(catalog::leave_member{2}).ok());
  CHECK(tables.tell(set_placement{quotes, tables.epoch(), 4, {}}).code
        == errc::bad_argument);
  REQUIRE(tables.tell(catalog::leave_member{3}).ok());

  REQUIRE(tables.tell(set_placement{quotes, tables.epoch(), 4, {1}}).ok());

  CHECK(tables.placed().began_empty == tables.epoch());
  CHECK(tables.placed().settled_holders.empty());
}

TEST_CASE(
  "a region begins empty when only those are left that held nothing yet",
  "[rules][catalog]") {
  four_nodes tables;
  REQUIRE(tables.tell(region_of("prod", "quotes", 2, {})).ok());
  REQUIRE(tables.tell(settle_region{quotes, tables.epoch()}).ok());
  REQUIRE(tables.tell(set_placement{quotes, tables.epoch(), 2, {3}}).ok());

  REQUIRE(tables.tell(catalog::leave_member{2}).ok());

  REQUIRE(tables.tell(set_placement{quotes, tables.epoch(), 4, {3}}).ok());
  CHECK(tables.placed().began_empty == tables.epoch());
}

TEST_CASE("a region whose only holder starts again begins empty there",
          "[rules][catalog]") {
  four_nodes tables;
  REQUIRE(tables.tell(region_of("prod", "quotes", 2, {})).ok());
  REQUIRE(tables.tell(settle_region{quotes, tables.epoch()}).ok());
  const auto before = tables.epoch();

  REQUIRE(tables.join(2, 2).ok());

  CHECK(tables.placed().home == 2);
  CHECK(tables.epoch() > before);
  CHECK(tables.placed().began_empty == tables.epoch());
  CHECK(tables.placed().settled_holders.empty());
}

TEST_CASE("a home that starts again goes on in a new epoch, with what others "
          "hold",
          "[rules][catalog]") {
  four_nodes tables;
  tables.settle_on_three();
  const auto before = tables.placed();

  REQUIRE(tables.join(1, 2).ok());

  CHECK(tables.epoch() > before.epoch);
  CHECK(tables.placed().home == 1);
  CHECK(tables.placed().replicas == before.replicas);
  CHECK(tables.placed().keepers() == std::set<catalog::node_id>{2, 3});
  CHECK(tables.placed().began_empty == before.began_empty);
  CHECK(tables.placed().settled_epoch == before.settled_epoch);
}

TEST_CASE("a replica that starts again has settled no more, until its home "
          "says so",
          "[rules][catalog]") {
  four_nodes tables;
  tables.settle_on_three();
  const auto epoch = tables.epoch();

  REQUIRE(tables.join(3, 2).ok());

  CHECK(tables.epoch() == epoch);
  CHECK(tables.placed().keepers() == std::set<catalog::node_id>{1, 2});
  CHECK(tables.placed().settled_holders.size() == 3);
  CHECK(tables.tell(move_home{quotes, epoch, 3}).code
        == errc::version_conflict);
  REQUIRE(tables.tell(settle_region{quotes, epoch}).ok());
  CHECK(tables.tell(move_home{quotes, epoch, 3}).ok());
}

TEST_CASE("a home that left and comes back begins a new epoch",
          "[rules][catalog]") {
  four_nodes tables;
  tables.settle_on_three();
  const auto before = tables.placed();
  REQUIRE(tables.tell(catalog::leave_member{1}).ok());
  REQUIRE(tables.epoch() == before.epoch);

  REQUIRE(tables.join(1, 2).ok());

  CHECK(tables.epoch() > before.epoch);
  CHECK(tables.placed().keepers() == std::set<catalog::node_id>{2, 3});
  CHECK(tables.placed().began_empty == before.began_empty);
}

TEST_CASE("a region begins empty when all that had its values start again",
          "[rules][catalog]") {
  four_nodes tables;
  REQUIRE(tables.tell(region_of("prod", "quotes", 2, {3})).ok());
  REQUIRE(tables.tell(settle_region{quotes, tables.epoch()}).ok());
  REQUIRE(tables.join(2, 2).ok());
  REQUIRE(tables.tell(move_home{quotes, tables.epoch(), 3}).ok());
  const auto moved = tables.placed();

  SECTION("the home, which was the last") {
    REQUIRE(tables.join(3, 2).ok());

    CHECK(tables.placed().home == 3);
    CHECK(tables.epoch() > moved.epoch);
    CHECK(tables.placed().began_empty == tables.epoch());
  }
  SECTION("not one that had none of them") {
    REQUIRE(tables.join(2, 3).ok());

    CHECK(tables.placed() == moved);
  }
}

TEST_CASE("a region that never settled begins empty when its home starts again",
          "[rules][catalog]") {
  four_nodes tables;
  REQUIRE(tables.tell(region_of("prod", "quotes", 2, {3})).ok());
  const auto before = tables.epoch();

  REQUIRE(tables.join(2, 2).ok());

  CHECK(tables.epoch() > before);
  CHECK(tables.placed().began_empty == tables.epoch());
  CHECK(tables.placed().replicas == std::set<catalog::node_id>{3});
}

// -- the audit trail ----------------------------------------------------------

TEST_CASE("the audit trail says who, what, when and how it ended",
          "[rules][catalog][audit]") {
  four_nodes tables;
  tables.leader_ms = 5000;
  tables.by = {"prod", "ops", 77, 3, "uid 1000"};
  const auto refused = tables.tell(move_home{quotes, 1, 2});

  catalog::audit_query query;
  query.tenant = "prod";
  query.only_refused = true;
  const auto page = tables.all().audit.find(query);

  REQUIRE(page.records.size() == 1);
  const catalog::audit_record expected{refused.index,    5000,
                                       tables.by,        "move_home",
                                       "prod/quotes",    errc::no_such_region,
                                       "region 'quotes'"};
  CHECK(page.records.front() == expected);
}

TEST_CASE("the audit trail is read a page at a time and drops the oldest",
          "[rules][catalog][audit]") {
  catalog::limits bounds;
  bounds.audit_records = 5;
  told_tables tables{bounds};
  for (int i = 0; i < 10; ++i)
    tables.tell(catalog::create_tenant{std::string(1, "abcdefghij"[i]), {}});
  catalog::audit_query query;
  query.count_max = 3;

  const auto first = tables.all().audit.find(query);
  REQUIRE(first.records.size() == 3);
  CHECK(first.more);
  CHECK(first.records.front().target == "f");
  query.after = first.records.back().index;
  const auto second = tables.all().audit.find(query);

  CHECK(second.records.size() == 2);
  CHECK_FALSE(second.more);
  query.up_to = second.records.front().index;
  CHECK(tables.all().audit.find(query).records.size() == 1);
}
