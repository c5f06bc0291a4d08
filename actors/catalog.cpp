#include "actors/catalog.hpp"

#include "actors/catalog_sessions.hpp"
#include "actors/error.hpp"
#include "config/names.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

log_fields about(const shm::region_options& region) {
  return {{"tenant", region.tenant}, {"region", region.name}};
}

// -- making -------------------------------------------------------------------

/// Takes back what was charged for a region that could not be made.
void give_up(catalog_pointer self, const shm::region_options& region) {
  auto& tenant = self->state.tenants.at(region.tenant);
  const auto found = tenant.regions.find(region.name);
  tenant.quota.refund_region(found->second.cost);
  tenant.regions.erase(found);
}

void finish(catalog_pointer self, const made_region& made) {
  const auto& options = made.region->options();
  auto actor = self->state.options.start_region(made.region);
  self->monitor(actor);
  self->state.tenants.at(options.tenant).regions.at(options.name).actor = actor;
  auto fields = about(options);
  fields.emplace_back("bytes", std::to_string(options.bytes));
  self->state.options.log(log_level::info, "made a region", fields);
}

caf::result<void> create(catalog_pointer self, create_region_request request) {
  auto& state = self->state;
  auto& options = request.options;
  if (const auto name = config::check_name(options.name); !name.ok)
    return make_error(shm::errc::bad_argument,
                      "a region's name is " + std::string{name.allowed});
  const auto tenant = state.tenants.find(options.tenant);
  if (tenant == state.tenants.end())
    return make_error(shm::errc::no_such_region, "no tenant of that name");
  if (tenant->second.regions.contains(options.name))
    return make_error(shm::errc::exists, "region '" + options.name + "'");
  const rules::region_cost cost{options.bytes_max, options.variables_max};
  if (const auto no = tenant->second.quota.charge_region(cost))
    return make_error(shm::errc::quota, to_string(*no));
  tenant->second.regions.emplace(options.name, catalog_state::region{cost, {}});
  options.region_id = state.next_region++;
  options.home = state.options.node_id;
  auto promise = self->make_response_promise<caf::response_promise>();
  self
    ->request(state.options.maker, caf::infinite,
              make_region_request{options, std::move(request.variables)})
    .then(
      [self, promise](const made_region& made) mutable {
        finish(self, made);
        promise.deliver(caf::unit);
      },
      [self, promise, options](caf::error& error) mutable {
        give_up(self, options);
        promise.deliver(std::move(error));
      });
  return promise;
}

// -- finding and removing ----------------------------------------------------

catalog_state::region* find(catalog_pointer self, const std::string& tenant,
                            const std::string& region) {
  const auto in = self->state.tenants.find(tenant);
  if (in == self->state.tenants.end())
    return nullptr;
  const auto found = in->second.regions.find(region);
  if (found == in->second.regions.end() || !found->second.actor)
    return nullptr;
  return &found->second;
}

caf::error unknown_region(const std::string& name) {
  return make_error(shm::errc::no_such_region, "region '" + name + "'");
}

caf::result<tenant_region_actor> locate(catalog_pointer self,
                                        const region_query& query) {
  if (const auto* found = find(self, query.tenant, query.region))
    return found->actor;
  return unknown_region(query.region);
}

located_regions locate_all(catalog_pointer self, const regions_query& query) {
  located_regions all;
  const auto found = self->state.tenants.find(query.tenant);
  if (found == self->state.tenants.end())
    return all;
  for (const auto& [name, region] : found->second.regions)
    if (region.actor)
      all.regions.push_back({name, region.actor});
  return all;
}

caf::result<void> remove(catalog_pointer self,
                         const remove_region_request& request) {
  auto* found = find(self, request.tenant, request.region);
  if (found == nullptr)
    return unknown_region(request.region);
  self->send(found->actor, retire_request{});
  self->state.retired.emplace(
    caf::actor_cast<caf::actor_addr>(found->actor),
    catalog_state::retired_region{request.tenant, found->cost});
  self->state.tenants.at(request.tenant).regions.erase(request.region);
  self->state.options.log(
    log_level::info, "removed a region",
    {{"tenant", request.tenant}, {"region", request.region}});
  return caf::unit;
}

// -- endings -----------------------------------------------------------------

/// An actor of ours that nobody asked to end has ended.
void on_region_lost(catalog_pointer self, const caf::down_msg& down) {
  for (auto& [tenant_name, tenant] : self->state.tenants)
    for (auto it = tenant.regions.begin(); it != tenant.regions.end(); ++it)
      if (it->second.actor && it->second.actor.address() == down.source) {
        self->state.options.log(
          log_level::error, "a region's actor died",
          {{"tenant", tenant_name},
           {"region", it->first},
           {"reason", self->system().render(down.reason)}});
        tenant.quota.refund_region(it->second.cost);
        tenant.regions.erase(it);
        return;
      }
}

void on_down(catalog_pointer self, const caf::down_msg& down) {
  if (forget_session(self, down.source))
    return;
  const auto found = self->state.retired.find(down.source);
  if (found == self->state.retired.end()) {
    on_region_lost(self, down);
    return;
  }
  auto& tenant = self->state.tenants.at(found->second.tenant);
  tenant.quota.refund_region(found->second.cost);
  self->state.retired.erase(found);
}

caf::result<void> fence_all(catalog_pointer self) {
  for (auto& [name, tenant] : self->state.tenants)
    for (auto& [region_name, region] : tenant.regions)
      if (region.actor)
        self->send(region.actor, fence_request{});
  for (const auto& [address, region] : self->state.retired)
    if (auto actor = caf::actor_cast<tenant_region_actor>(address))
      self->send(actor, fence_request{});
  self->quit();
  return caf::unit;
}

void start(catalog_pointer self, catalog_options options) {
  for (auto& tenant : options.tenants) {
    auto name = tenant.name;
    const auto limits = tenant.quota;
    self->state.tenants.emplace(
      std::move(name),
      catalog_state::tenant{std::move(tenant), rules::quota{limits}, {}});
  }
  options.tenants.clear();
  self->state.options = std::move(options);
  self->set_down_handler(
    [self](const caf::down_msg& down) { on_down(self, down); });
}

} // namespace

catalog_actor::behavior_type catalog(catalog_pointer self,
                                     catalog_options options) {
  start(self, std::move(options));
  return {
    [self](const admit_request& request) { return admit(self, request); },
    [self](const region_query& query) { return locate(self, query); },
    [self](const regions_query& query) { return locate_all(self, query); },
    [self](const create_region_request& request) {
      return create(self, request);
    },
    [self](const remove_region_request& request) {
      return remove(self, request);
    },
    [self](const sessions_query& query) { return list_sessions(self, query); },
    [self](const session_holds& holds) { note_holdings(self, holds); },
    [self](const totals_query& query) { return count_totals(self, query); },
    [self](fence_all_request) { return fence_all(self); },
  };
}

} // namespace holdfast::actors
