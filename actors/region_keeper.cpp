#include "actors/region_keeper.hpp"

#include "actors/error.hpp"
#include "actors/region_keeper_parts.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

using kept_region = region_keeper_state::kept_region;

kept_region* find(region_keeper_pointer self,
                  const catalog::region_name& name) {
  const auto named = self->state.names.find(name);
  return named == self->state.names.end()
           ? nullptr
           : &self->state.regions.at(named->second);
}

shm::error why_unavailable(const kept_region& region) {
  const auto what = "region '" + region.name.region + "' ";
  return shm::failed(shm::errc::unavailable,
                     region.failure
                       ? what + "is not there: " + region.failure->message()
                       : what + "is being made");
}

// -- finding ------------------------------------------------------------------

/// It is not here: the catalog knows whether it is anywhere.
template <class Answer>
caf::result<Answer> miss(region_keeper_pointer self,
                         const region_query& query) {
  auto answer = self->make_response_promise<Answer>();
  self
    ->request(self->state.options.catalog, caf::infinite,
              home_query{{query.tenant, query.region}})
    .then(
      [self, answer, name = query.region](const region_home& home) mutable {
        const auto node = home.placed.home;
        const auto here = node == self->state.options.node_id;
        answer.deliver(make_error(
          shm::errc::unavailable,
          "region '" + name + "' "
            + (here || node == 0 ? "is being made"
                                 : "is on node " + std::to_string(node))));
      },
      [answer](caf::error& error) mutable {
        answer.deliver(std::move(error));
      });
  return answer;
}

caf::result<tenant_region_actor> locate(region_keeper_pointer self,
                                        const region_query& query) {
  const auto* found = find(self, {query.tenant, query.region});
  if (found == nullptr)
    return miss<tenant_region_actor>(self, query);
  if (!found->actor)
    return make_error(why_unavailable(*found));
  return found->actor;
}

/// The answer goes from the region to whoever asked, past the keeper.
caf::result<attached_region> attach(region_keeper_pointer self,
                                    const attach_by_name_request& request) {
  const auto& [tenant, region] = request.region;
  const auto* found = find(self, {tenant, region});
  if (found == nullptr)
    return miss<attached_region>(self, request.region);
  if (!found->actor)
    return make_error(why_unavailable(*found));
  return self->delegate(found->actor, request.what);
}

located_regions locate_all(region_keeper_pointer self,
                           const regions_query& query) {
  located_regions all;
  const auto& names = self->state.names;
  for (auto at = names.lower_bound({query.tenant, {}});
       at != names.end() && at->first.tenant == query.tenant; ++at)
    if (const auto& actor = self->state.regions.at(at->second).actor)
      all.regions.push_back({at->first.region, actor});
  return all;
}

// -- waiting ------------------------------------------------------------------

bool is_settled(region_keeper_pointer self, const usable_query& query) {
  const auto idle = [](const kept_region& region) { return region.open == 0; };
  auto& state = self->state;
  if (state.followed < query.index || state.asking)
    return false;
  if (query.name.region.empty())
    return state.revoking.empty()
           && std::all_of(state.regions.begin(), state.regions.end(),
                          [&](const auto& each) { return idle(each.second); });
  const auto* region = find(self, query.name);
  return !state.revoking.contains(query.name)
         && (region == nullptr || idle(*region));
}

/// What stands in the way of using it; nothing if it is elsewhere or removed,
/// and that is no failure.
std::optional<shm::error> failure_of(region_keeper_pointer self,
                                     const usable_query& query) {
  const auto* region = find(self, query.name);
  if (region == nullptr && query.here)
    return shm::failed(shm::errc::unavailable, "region '" + query.name.region
                                                 + "' is not on that node");
  if (region == nullptr)
    return std::nullopt;
  if (region->failure)
    return region->failure;
  for (const auto& name : query.variables)
    if (const auto found = region->refused.find(name);
        found != region->refused.end())
      return found->second;
  return std::nullopt;
}

caf::result<void> wait_until_usable(region_keeper_pointer self,
                                    const usable_query& query) {
  if (is_settled(self, query)) {
    if (auto failure = failure_of(self, query))
      return make_error(std::move(*failure));
    return caf::unit;
  }
  auto& waiters = self->state.waiters;
  if (waiters.size() >= self->state.options.waiters_max)
    return make_error(shm::errc::overloaded, "too many wait for regions");
  auto answer = self->make_response_promise<caf::response_promise>();
  waiters.push_back({query, answer});
  return answer;
}

caf::result<void> reserve_growth(region_keeper_pointer self,
                                 const reserve_growth_request& request) {
  auto* found = find(self, request.name);
  if (found == nullptr)
    return make_error(shm::errc::no_such_region, "region '"
                                                   + request.name.region
                                                   + "' is not on this node");
  if (!found->actor)
    return make_error(why_unavailable(*found));
  auto answer = self->make_response_promise<caf::response_promise>();
  self
    ->request(self->state.options.maker, caf::infinite,
              reserve_request{found->memory, request.bytes})
    .then([answer]() mutable { answer.deliver(caf::unit); },
          [answer](caf::error& error) mutable {
            answer.deliver(std::move(error));
          });
  return answer;
}

// -- endings ------------------------------------------------------------------

/// An actor of ours that nobody asked to end has ended.
void on_region_lost(region_keeper_pointer self, const caf::down_msg& down) {
  for (auto& [id, region] : self->state.regions) {
    if (!region.actor || region.actor.address() != down.source)
      continue;
    auto fields = about(region.name);
    fields.emplace_back("reason", self->system().render(down.reason));
    self->state.options.log(log_level::error, "a region's actor died", fields);
    // Its values are gone, and its epoch promised them: it is not made anew
    // under the same epoch.
    region.actor = nullptr;
    region.memory.reset();
    region.failure = shm::failed(shm::errc::unavailable, "its actor died");
    return;
  }
}

void on_down(region_keeper_pointer self, const caf::down_msg& down) {
  if (self->state.retired.erase(down.source) > 0)
    follow_tables(self); // it can be released now
  else
    on_region_lost(self, down);
}

/// Without a leader it stays in the log of this node alone.
void report(region_keeper_pointer self, const region_reported& reported) {
  self
    ->request(self->state.options.catalog, caf::infinite,
              command_request{reported.what, {}})
    .then([] { /* it is in the audit trail */ },
          [self, name = reported.what.name](const caf::error& error) {
            auto fields = about(name);
            fields.emplace_back("reason", to_shm(error).message());
            self->state.options.log(
              log_level::warning,
              "what befell a region is not in the audit trail", fields);
          });
}

caf::result<void> fence_all(region_keeper_pointer self) {
  for (const auto& [_, region] : self->state.regions)
    if (region.actor)
      self->send(region.actor, fence_request{});
  for (const auto& [address, _] : self->state.retired)
    if (auto actor = caf::actor_cast<tenant_region_actor>(address))
      self->send(actor, fence_request{});
  self->quit();
  return caf::unit;
}

} // namespace

log_fields about(const catalog::region_name& name) {
  return {{"tenant", name.tenant}, {"region", name.region}};
}

void answer_waiters(region_keeper_pointer self) {
  auto& waiters = self->state.waiters;
  const auto settled
    = std::stable_partition(waiters.begin(), waiters.end(),
                            [self](const region_keeper_state::waiter& each) {
                              return !is_settled(self, each.query);
                            });
  for (auto at = settled; at != waiters.end(); ++at)
    if (const auto failure = failure_of(self, at->query))
      at->answer.deliver(make_error(*failure));
    else
      at->answer.deliver(caf::unit);
  waiters.erase(settled, waiters.end());
}

region_keeper_actor::behavior_type
region_keeper(region_keeper_pointer self, region_keeper_options options) {
  self->state.options = std::move(options);
  self->set_down_handler(
    [self](const caf::down_msg& down) { on_down(self, down); });
  return {
    [self](const region_query& query) { return locate(self, query); },
    [self](const attach_by_name_request& request) {
      return attach(self, request);
    },
    [self](const regions_query& query) { return locate_all(self, query); },
    [self](tables_changed) { follow_tables(self); },
    [self](const usable_query& query) {
      return wait_until_usable(self, query);
    },
    [self](const reserve_growth_request& request) {
      return reserve_growth(self, request);
    },
    [self](const settle_wanted& wanted) { settle(self, wanted.what); },
    [self](const region_reported& reported) { report(self, reported); },
    [self](const memory_replaced& replaced) {
      if (const auto found = self->state.regions.find(replaced.region);
          found != self->state.regions.end())
        found->second.memory = replaced.memory;
    },
    [self](fence_all_request) { return fence_all(self); },
  };
}

} // namespace holdfast::actors
