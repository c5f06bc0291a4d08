#include "tests/actors/lone_node.hpp"

#include "actors/consensus/membership.hpp"
#include "actors/region_maker.hpp"
#include "actors/region_router.hpp"
#include "actors/tenant_region.hpp"
#include "tests/actors/catalog_options_of.hpp"
#include "tests/actors/elector_options_of.hpp"
#include "tests/actors/tenant_region_options_of.hpp"

namespace holdfast::test {

lone_node::lone_node(bool routed)
  : maker{start(actors::region_maker, actors::region_maker_options{})} {
  if (routed)
    router = start(actors::region_router, actors::region_router_options{});
  begin();
}

void lone_node::begin() {
  start_cast();
  REQUIRE(ask<nothing>(catalog, entrance()));
}

void lone_node::start_cast() {
  ++starts_;
  start_catalog();
  start_elector();
  start_keeper();
}

actors::enter_request lone_node::entrance() const {
  catalog::join_member self;
  self.node = 1;
  self.incarnation = starts_;
  return {elector, keeper, router, self};
}

void lone_node::kill() {
  ask<nothing>(keeper, fence_all_request{});
  end(catalog);
  end(elector);
  end(store);
  memories.clear();
}

void lone_node::start_catalog() {
  catalog = start(actors::catalog, catalog_options_of(*this));
}

actors::log_store_actor lone_node::start_store() {
  actors::log_store_options on_disk;
  on_disk.storage = std::make_shared<memory_storage>(disk);
  on_disk.who = [start = starts_] { return consensus::origin{1, start}; };
  on_disk.writes_max = 1000;
  on_disk.log = log();
  return start(actors::log_store, std::move(on_disk));
}

void lone_node::start_elector() {
  store = start_store();
  auto options = elector_options_of(*this, 1, members);
  options.store = store;
  options.machine = catalog;
  options.proposals_max = 64;
  elector = start(actors::elector, std::move(options));
}

void lone_node::start_keeper() {
  actors::region_keeper_options options;
  options.catalog = catalog;
  options.maker = maker;
  options.waiters_max = 64;
  options.settling_max = 2;
  options.log = log();
  options.start_region = [this](actors::region_beginning begun) {
    memories[begun.memory->options().name] = begun.memory;
    auto chosen = tenant_region_options_of(*this, std::move(begun.memory));
    chosen.variables = std::move(begun.variables);
    chosen.maker = maker;
    chosen.keeper = begun.keeper;
    chosen.life = begun.life;
    chosen.admitted = begun.admitted;
    return start(actors::tenant_region, std::move(chosen));
  };
  keeper = start(actors::region_keeper, std::move(options));
  if (router)
    tell(router, actors::local_keeper{keeper});
}

answered<nothing> lone_node::run_command(catalog::command command,
                                         catalog::caller by) {
  return ask<nothing>(catalog,
                      command_request{std::move(command), std::move(by)});
}

answered<actors::tenant_region_actor>
lone_node::find(const std::string& tenant, const std::string& region) {
  return ask<actors::tenant_region_actor>(keeper, region_query{tenant, region});
}

std::shared_ptr<const catalog::contents> lone_node::tables() {
  return ask<tables_copy>(catalog, tables_query{})->tables;
}

void lone_node::make_tenant(const std::string& name) {
  REQUIRE(run_command(catalog::create_tenant{name, {8 * mebibyte, 4, 64, 4}}));
}

void lone_node::join(std::uint64_t node) {
  catalog::join_member join;
  join.node = node;
  join.incarnation = 1;
  catalog::entry entry;
  entry.origin = {catalog::origin_kind::node, node, 1};
  entry.request_id = 1;
  entry.command = join;
  REQUIRE(ask<proposal_result>(
    elector, propose_request{catalog::encode(entry).value()}));
}

} // namespace holdfast::test
