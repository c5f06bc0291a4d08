#include "actors/rules/catalog/tables.hpp"
#include "tests/rules/catalog_stream.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::test;
using catalog::origin;
using catalog::origin_kind;
using shm::errc;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

struct prod : told_tables {
  explicit prod(catalog::limits bounds = {}) : told_tables{bounds} {
    tell(catalog::create_tenant{"prod", {6 * mebibyte, 3, 64, 2}});
    tell(catalog::put_principal{"prod", {{"ops", 10}, ""}});
  }

  catalog::outcome open(catalog::node_id node = 1) {
    return tell(catalog::open_session{"prod", "ops", "test", 10, node, {1, 2}});
  }

  const rules::quota_limits& used() const {
    return all().tenants.at("prod").quota.used();
  }
};

const origin node_1{origin_kind::node, 1, 1};

} // namespace

// -- exactly once -------------------------------------------------------------

TEST_CASE("a request sent twice has its first result and no second effect",
          "[rules][catalog]") {
  prod tables;
  const catalog::create_tenant asked{"trial", {}};
  const auto first = tables.tell_as(node_1, 100, asked);
  tables.tell(catalog::remove_tenant{"trial"});

  const auto again = tables.tell_as(node_1, 100, asked);

  CHECK(first.ok());
  CHECK(again == first);
  CHECK_FALSE(tables.all().tenants.contains("trial"));
}

TEST_CASE("a request whose result is forgotten is unknown, never decided again",
          "[rules][catalog]") {
  catalog::limits bounds;
  bounds.results_per_node = 2;
  prod tables{bounds};
  REQUIRE(tables.tell_as(node_1, 100, catalog::create_tenant{"a", {}}).ok());
  REQUIRE(tables.tell_as(node_1, 101, catalog::remove_tenant{"a"}).ok());
  REQUIRE(tables.tell_as(node_1, 102, catalog::create_tenant{"b", {}}).ok());

  const auto late
    = tables.tell_as(node_1, 100, catalog::create_tenant{"a", {}});

  CHECK(late.code == errc::unknown);
  CHECK_FALSE(tables.all().tenants.contains("a"));
  CHECK(tables.tell_as(node_1, 99, catalog::create_tenant{"a", {}}).code
        == errc::unknown);
}

TEST_CASE("what an earlier start of a node asked for is unknown",
          "[rules][catalog]") {
  prod tables;
  REQUIRE(tables.join(1, 2).ok());

  const auto late
    = tables.tell_as(node_1, 100, catalog::create_tenant{"late", {}});

  CHECK(late.code == errc::unknown);
  CHECK_FALSE(tables.all().tenants.contains("late"));
}

TEST_CASE("a member keeps its key until it is removed", "[rules][catalog]") {
  prod tables;
  catalog::join_member joining;
  joining.node = 2;
  joining.address = "host:2";
  const auto join_with = [&](const char* key) {
    ++joining.incarnation;
    joining.key = key;
    joining.seen = tables.all().applied;
    return tables.tell_as({origin_kind::node, 2, joining.incarnation}, 1,
                          joining);
  };
  REQUIRE(join_with("").ok());
  REQUIRE(join_with("aa").ok());
  REQUIRE(join_with("aa").ok());

  const auto other = join_with("bb");

  CHECK(other.code == errc::refused);
  CHECK(tables.all().members.at(2).key == "aa");
  REQUIRE(tables.tell(catalog::leave_member{2}).ok());
  CHECK(join_with("bb").ok());
}

TEST_CASE("a late copy of a join does not bring back a member that left",
          "[rules][catalog]") {
  prod tables;
  catalog::join_member join;
  join.node = 2;
  join.incarnation = 5;
  join.seen = tables.tables.applied();
  const origin node_2{origin_kind::node, 2, 5};
  REQUIRE(tables.tell_as(node_2, 1, join).ok());
  REQUIRE(tables.tell(catalog::leave_member{2}).ok());

  CHECK(tables.tell_as(node_2, 1, join).code == errc::unknown);
  CHECK_FALSE(tables.all().members.contains(2));

  join.seen = tables.tables.applied();
  CHECK(tables.tell_as(node_2, 2, join).ok());
  CHECK(tables.tell_as(node_2, 1, catalog::create_tenant{"late", {}}).code
        == errc::unknown);
}

TEST_CASE("the first node that joins names the cluster", "[rules][catalog]") {
  told_tables tables; // node 1 has joined

  REQUIRE(tables.join(2).ok());

  const rules::wide_id drawn_by_first{1, 1};
  CHECK((tables.all().cluster == drawn_by_first));
  const auto copy = catalog::decode_snapshot(
    catalog::encode_snapshot(tables.tables), tables.tables.bounds());
  REQUIRE(copy);
  CHECK((copy.assume_value().all().cluster == drawn_by_first));
}

TEST_CASE("a node joins for itself", "[rules][catalog]") {
  prod tables;
  catalog::join_member other;
  other.node = 2;
  other.incarnation = 1;
  other.seen = tables.tables.applied();

  CHECK(tables.tell(other).code == errc::bad_argument);
  CHECK_FALSE(tables.all().members.contains(2));
}

TEST_CASE("a session's requests are known as long as it is",
          "[rules][catalog]") {
  prod tables;
  const auto id = tables.open().index;
  const origin session{origin_kind::session, id, 0};
  REQUIRE(tables.tell_as(session, 1, region_of("prod", "quotes")).ok());
  REQUIRE(tables.tell_as(session, 1, region_of("prod", "quotes")).ok());

  REQUIRE(tables.tell(catalog::close_session{id}).ok());

  CHECK(tables.tell_as(session, 2, region_of("prod", "orders")).code
        == errc::unknown);
  CHECK(tables.all().results.size() == 1);
}

// -- tenants, principals, sessions --------------------------------------------

TEST_CASE("a tenant of the configuration keeps what was changed since",
          "[rules][catalog]") {
  prod tables;
  REQUIRE(tables.tell(catalog::change_quota{"prod", {1, 2, 3, 4}}).ok());

  CHECK(tables.tell(catalog::ensure_tenant{"prod", {9, 9, 9, 9}}).ok());

  CHECK(tables.all().tenants.at("prod").quota.limits()
        == rules::quota_limits{1, 2, 3, 4});
  CHECK(tables.tell(catalog::create_tenant{"prod", {}}).code == errc::exists);
  CHECK(tables.tell(catalog::create_tenant{"No Name", {}}).code
        == errc::bad_argument);
}

TEST_CASE("a tenant is removed once nothing of it is left",
          "[rules][catalog]") {
  prod tables;
  REQUIRE(tables.tell(region_of("prod", "quotes")).ok());

  CHECK(tables.tell(catalog::remove_tenant{"prod"}).code == errc::bad_argument);

  REQUIRE(tables.tell(catalog::remove_region{{"prod", "quotes"}}).ok());
  CHECK(tables.tell(catalog::remove_tenant{"prod"}).ok());
}

TEST_CASE("a quota below what is used lets nothing more in",
          "[rules][catalog]") {
  prod tables;
  REQUIRE(tables.tell(region_of("prod", "a")).ok());

  REQUIRE(tables.tell(catalog::change_quota{"prod", {1, 1, 1, 1}}).ok());

  CHECK(tables.tell(region_of("prod", "b")).code == errc::quota);
  CHECK(tables.used().bytes == 2 * mebibyte);
  CHECK(tables.tell(catalog::remove_region{{"prod", "a"}}).ok());
  CHECK(tables.used().bytes == 0);
}

TEST_CASE("a principal is replaced where it stands", "[rules][catalog]") {
  prod tables;
  tables.tell(catalog::put_principal{"prod", {{"dev", 11}, ""}});

  CHECK(tables.tell(catalog::put_principal{"prod", {{"ops", 12}, ""}}).ok());

  const auto& principals = tables.all().tenants.at("prod").principals;
  REQUIRE(principals.size() == 2);
  CHECK(principals[0].who.uid == 12U);
  CHECK(tables.tell(catalog::remove_principal{"prod", "ops"}).ok());
  CHECK(tables.tell(catalog::remove_principal{"prod", "ops"}).code
        == errc::bad_argument);
}

TEST_CASE("sessions are counted until they are closed", "[rules][catalog]") {
  prod tables;
  const auto first = tables.open();
  REQUIRE(first.ok());
  REQUIRE(tables.open().ok());

  CHECK(tables.open().code == errc::quota);

  CHECK(tables.tell(catalog::close_session{first.index}).ok());
  CHECK(tables.tell(catalog::close_session{first.index}).code == errc::refused);
  CHECK(tables.open().ok());
}

TEST_CASE("a session goes on elsewhere for whoever shows its token first",
          "[rules][catalog]") {
  prod tables;
  tables.join(2);
  const auto id = tables.open().index;

  CHECK(tables.tell(catalog::resume_session{id, 2, {1, 2}, {3}}).ok());

  CHECK(tables.all().sessions.at(id).node == 2);
  CHECK(tables.tell(catalog::resume_session{id, 1, {1, 2}, {4}}).code
        == errc::refused);
  CHECK(tables.tell(catalog::resume_session{id, 9, {3}, {4}}).code
        == errc::bad_argument);
}

TEST_CASE("a session outlives its node, and goes on on another one",
          "[rules][catalog]") {
  prod tables;
  tables.join(2, 1);
  const auto id = tables.open(2).index;

  REQUIRE(tables.tell(catalog::decide_health{2, 1, true}).ok());
  tables.join(2, 2);
  REQUIRE(tables.tell(catalog::leave_member{2}).ok());

  CHECK(tables.tell(catalog::resume_session{id, 1, {1, 2}, {3}}).ok());
  CHECK(tables.tell(catalog::close_session{id}).ok());
  CHECK(tables.used().sessions == 0);
}

TEST_CASE("a node that begins anew is neither draining nor down",
          "[rules][catalog]") {
  prod tables;
  tables.join(2, 1);
  catalog::change_member drain;
  drain.node = 2;
  drain.draining = true;
  REQUIRE(tables.tell(drain).ok());
  REQUIRE(tables.tell(catalog::decide_health{2, 1, true}).ok());

  REQUIRE(tables.join(2, 2).ok());

  CHECK_FALSE(tables.all().members.at(2).draining);
  CHECK_FALSE(tables.all().members.at(2).down);
  // A decision about the node that was.
  CHECK(tables.tell(catalog::decide_health{2, 1, true}).code == errc::fenced);
}

TEST_CASE("entries are written in a format that every member reads",
          "[rules][catalog]") {
  prod tables;
  catalog::join_member newer;
  newer.node = 2;
  newer.incarnation = 1;
  newer.format = 3;
  newer.seen = tables.tables.applied();

  REQUIRE(tables.tell_as({origin_kind::node, 2, 1}, 1, newer).ok());

  CHECK(tables.tables.format_agreed() == 1);
  REQUIRE(tables.tell_as({origin_kind::node, 2, 1}, 2, catalog::leave_member{1})
            .ok());
  CHECK(tables.tables.format_agreed() == 3);
}
