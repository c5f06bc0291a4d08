#include "runtime/configured_catalog.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using namespace holdfast;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

config::principal user(const std::string& name, std::uint32_t uid,
                       std::vector<config::right> rights) {
  config::principal made;
  made.name = name;
  made.uid = uid;
  made.grants.push_back({"*", std::move(rights)});
  return made;
}

/// One tenant with two principals and a region.
config::tenant prod() {
  config::tenant made;
  made.name = "prod";
  made.quota.bytes = 8 * mebibyte;
  made.principals
    = {user("ops", 10, {config::right::read, config::right::write}),
       user("staff", 11, {config::right::read})};
  config::region region;
  region.name = "quotes";
  region.bytes = region.bytes_max = mebibyte;
  made.regions.push_back(region);
  return made;
}

/// The tables after a node with that configuration has started.
struct agreed_tables : catalog::tables {
  explicit agreed_tables(const config::tenant& tenant) {
    catalog::join_member self;
    self.node = self.incarnation = 1;
    tell(std::move(self));
    for (const auto& command : runtime::changes_for(all(), {tenant}).commands)
      tell(command);
  }

  void tell(catalog::command command) {
    if (auto* made = std::get_if<catalog::create_region>(&command))
      made->home = 1;
    catalog::entry entry;
    entry.origin = {catalog::origin_kind::node, 1, 1};
    entry.request_id = ++requests_;
    entry.command = std::move(command);
    REQUIRE(apply(all().applied + 1, entry).ok());
  }

private:
  std::uint64_t requests_ = 0;
};

runtime::configured_changes changes(const config::tenant& agreed,
                                    const config::tenant& named) {
  return runtime::changes_for(agreed_tables{agreed}.all(), {named});
}

} // namespace

TEST_CASE("a configuration that was agreed on changes nothing",
          "[runtime][configured_catalog]") {
  const auto none = changes(prod(), prod());

  CHECK(none.commands.empty());
  CHECK(none.warnings.empty());
  CHECK(none.replaced.empty());
}

TEST_CASE("what a configuration replaces is told with both values",
          "[runtime][configured_catalog]") {
  auto other = prod();
  other.quota.bytes = 4 * mebibyte;
  other.principals[0].grants[0].regions = "q*";
  other.principals[1].name = "guests";

  const auto made = changes(prod(), other);

  CHECK(made.replaced
        == std::vector<std::string>{
          "tenant 'prod', quota.bytes: 8MiB was agreed on, the configuration "
          "says 4MiB",
          "tenant 'prod', principal 'guests': nothing was agreed on, the "
          "configuration says uid 11, '*' read",
          "tenant 'prod', principal 'ops': uid 10, '*' read write was agreed "
          "on, the configuration says uid 10, 'q*' read write",
          "tenant 'prod', principal 'staff': uid 11, '*' read was agreed on, "
          "the configuration says nothing"});
  CHECK_FALSE(made.commands.empty());
}

TEST_CASE("another order of principals is told, too",
          "[runtime][configured_catalog]") {
  auto other = prod();
  std::swap(other.principals[0], other.principals[1]);

  CHECK(changes(prod(), other).replaced
        == std::vector<std::string>{
          "tenant 'prod', order of principals: ops, staff was agreed on, the "
          "configuration says staff, ops"});
}

TEST_CASE("a region that is there with other options stays, and both are told",
          "[runtime][configured_catalog]") {
  auto other = prod();
  other.regions[0].bytes_max = 2 * mebibyte;
  other.regions[0].durability = config::region_durability::disk;

  const auto made = changes(prod(), other);

  CHECK(made.commands.empty());
  CHECK(made.warnings
        == std::vector<std::string>{
          "region 'quotes' of tenant 'prod', grow_to: 1MiB was agreed on, the "
          "configuration says 2MiB; it stays as it is until it is removed",
          "region 'quotes' of tenant 'prod', durability: memory was agreed on, "
          "the configuration says disk; it stays as it is until it is "
          "removed"});
}

TEST_CASE("a region that has grown is no difference",
          "[runtime][configured_catalog]") {
  auto growing = prod();
  growing.regions[0].bytes_max = 2 * mebibyte;
  agreed_tables tables{growing};
  tables.tell(catalog::grow_region{{"prod", "quotes"}, 2 * mebibyte});

  CHECK(runtime::changes_for(tables.all(), {growing}).warnings.empty());
}
