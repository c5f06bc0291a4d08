// The plan that the catalog answers with, carried out.
#include "actors/error.hpp"
#include "actors/region_keeper_parts.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

using kept_region = region_keeper_state::kept_region;
using log_index = catalog::log_index;

shm::variable_spec spec_of(const catalog::variable& from) {
  return {from.name, from.kind, from.type, from.capacity};
}

kept_on_disk kept_of(const catalog::region& region, std::uint64_t self) {
  kept_on_disk kept;
  for (const auto& [name, each] : region.variables)
    kept.variables.emplace(name, each.id);
  kept.began_empty = region.placement.began_empty;
  kept.expected = region.placement.settled_holders.contains(self);
  return kept;
}

make_region_request request_for(const planned_region& planned,
                                std::uint64_t self) {
  const auto& [name, region] = planned;
  make_region_request request;
  auto& options = request.options;
  options.region_id = region.id;
  options.tenant = name.tenant;
  options.name = name.region;
  options.bytes = region.options.bytes;
  options.bytes_max = region.options.bytes_max;
  options.variables_max = region.options.variables_max;
  options.clients_max = region.options.clients_max;
  options.node_writes_only = region.options.node_writes_only;
  options.home = region.placement.home;
  options.epoch = region.placement.epoch;
  for (const auto& [_, each] : region.variables)
    request.variables.push_back(spec_of(each));
  if (region.options.durable)
    request.kept = kept_of(region, self);
  return request;
}

/// A step on a region is over; the last one lets others go on.
void finish_step(region_keeper_pointer self, kept_region& region) {
  if (--region.open > 0)
    return;
  if (std::exchange(region.behind, false))
    follow_tables(self);
  answer_waiters(self);
}

// -- making -------------------------------------------------------------------

void sweep(region_keeper_pointer self) {
  regions_kept here;
  for (const auto& [id, region] : self->state.regions)
    if (!region.unwanted)
      here.ids.insert(id);
  self->send(self->state.options.maker, std::move(here));
}

/// Removed while it was being made: nobody has seen it.
bool drop_if_unwanted(region_keeper_pointer self, log_index id) {
  auto& regions = self->state.regions;
  if (!regions.at(id).unwanted)
    return false;
  regions.erase(id);
  sweep(self);
  follow_tables(self);
  return true;
}

std::map<std::string, std::uint64_t> variables_of(const kept_region& region,
                                                  const made_region& made) {
  auto variables = region.local.variables;
  for (const auto& each : made.refused)
    variables.erase(each.name);
  return variables;
}

void on_made(region_keeper_pointer self, log_index id,
             const made_region& made) {
  if (drop_if_unwanted(self, id))
    return;
  auto& region = self->state.regions.at(id);
  region.memory = made.region;
  region.actor = self->state.options.start_region(
    {made.region, variables_of(region, made), region.life, self->state.admitted,
     region.durable, self, made.storage, made.found});
  self->monitor(region.actor);
  self->send(region.actor,
             placement_decided{region.local.placed, region.local.departed});
  auto fields = about(region.name);
  fields.emplace_back("bytes", std::to_string(made.region->options().bytes));
  self->state.options.log(log_level::info, "made a region", fields);
  for (const auto& [name, why] : made.refused) {
    region.refused[name] = why;
    auto words = about(region.name);
    words.emplace_back("variable", name);
    words.emplace_back("reason", why.message());
    self->state.options.log(log_level::error, "a variable cannot be made",
                            words);
  }
  finish_step(self, region);
}

void on_not_made(region_keeper_pointer self, log_index id,
                 const shm::error& why) {
  if (drop_if_unwanted(self, id))
    return;
  auto& region = self->state.regions.at(id);
  region.failure = why;
  auto fields = about(region.name);
  fields.emplace_back("reason", why.message());
  self->state.options.log(log_level::error, "a region cannot be made", fields);
  finish_step(self, region);
}

void make(region_keeper_pointer self, const wanted_region& what,
          log_index applied) {
  auto& state = self->state;
  const auto& planned = what.planned;
  const auto id = planned.region.id;
  auto& region = state.regions[id];
  region.name = planned.name;
  region.local = what.wanted;
  region.life = applied;
  region.durable = planned.region.options.durable;
  region.open = 1;
  state.names[planned.name] = id;
  // Without a deadline: reserving memory takes its time.
  self
    ->request(state.options.maker, caf::infinite,
              request_for(planned, state.options.node_id))
    .then([self, id](const made_region& made) { on_made(self, id, made); },
          [self, id](const caf::error& error) {
            on_not_made(self, id, to_shm(error));
          });
}

// -- retiring -----------------------------------------------------------------

/// Whoever waits for the removal is told once the clients see it too.
void revoke(region_keeper_pointer self, const kept_region& region,
            bool lives_on) {
  auto& revoking = self->state.revoking;
  const auto at = revoking.insert(region.name);
  const auto done = [self, at] {
    self->state.revoking.erase(at);
    answer_waiters(self);
  };
  // One that has ended has no clients either.
  self->request(region.actor, caf::infinite, retire_request{lives_on})
    .then(done, [done](const caf::error&) { done(); });
}

void retire(region_keeper_pointer self, log_index id, bool lives_on) {
  auto& state = self->state;
  const auto found = state.regions.find(id);
  if (found == state.regions.end())
    return;
  auto& region = found->second;
  if (const auto named = state.names.find(region.name);
      named != state.names.end() && named->second == id)
    state.names.erase(named);
  state.options.log(log_level::info,
                    lives_on ? "gave up a region" : "removed a region",
                    about(region.name));
  if (!region.actor && region.open > 0) {
    region.unwanted = true;
    return;
  }
  if (region.actor) {
    revoke(self, region, lives_on);
    state.retired.emplace(region.actor.address(), id);
  } else {
    follow_tables(self); // nothing is left of it: it can be released
  }
  state.regions.erase(found);
}

void release(region_keeper_pointer self, log_index id) {
  auto& state = self->state;
  if (!state.releasing.insert(id).second)
    return;
  self
    ->request(
      state.options.catalog, caf::infinite,
      command_request{catalog::release_region{id, state.options.node_id}, {}})
    .then([self, id] { self->state.releasing.erase(id); },
          [self, id](const caf::error&) {
            // It stays charged until the tables change again.
            self->state.releasing.erase(id);
          });
}

// -- changing -----------------------------------------------------------------

/// Sends one step to the region's actor. `what` names it among the failures.
template <class Request>
void step(region_keeper_pointer self, log_index id, const std::string& what,
          Request request) {
  auto& region = self->state.regions.at(id);
  ++region.open;
  // A region that was removed meanwhile has no step to finish.
  self->request(region.actor, caf::infinite, std::move(request))
    .then(
      [self, id] {
        if (const auto found = self->state.regions.find(id);
            found != self->state.regions.end())
          finish_step(self, found->second);
      },
      [self, id, what](const caf::error& error) {
        const auto found = self->state.regions.find(id);
        if (found == self->state.regions.end())
          return;
        found->second.refused[what] = to_shm(error);
        finish_step(self, found->second);
      });
}

void change_variables(region_keeper_pointer self, const planned_region& planned,
                      const std::map<std::string, std::uint64_t>& before) {
  const auto id = planned.region.id;
  const auto& wanted = planned.region.variables;
  for (const auto& [name, variable] : before) {
    if (const auto found = wanted.find(name);
        found != wanted.end() && found->second.id == variable)
      continue;
    // One that was refused is not there to be removed.
    if (self->state.regions.at(id).refused.erase(name) == 0)
      step(self, id, name, remove_variable_request{name});
  }
  for (const auto& [name, each] : wanted)
    if (const auto found = before.find(name);
        found == before.end() || found->second != each.id)
      step(self, id, name, add_variable_request{spec_of(each), each.id});
}

void change(region_keeper_pointer self, const wanted_region& what) {
  const auto& [planned, wanted] = what;
  auto& region = self->state.regions.at(planned.region.id);
  if (region.open > 0) {
    region.behind = true;
    return;
  }
  const auto before = std::exchange(region.local, wanted);
  if (!region.actor)
    return;
  if (wanted.bytes > before.bytes)
    step(self, planned.region.id, {}, grow_request{wanted.bytes});
  change_variables(self, planned, before.variables);
  // Behind the variables: what holders say about them can be carried out.
  if (wanted.placed != before.placed || wanted.departed != before.departed)
    self->send(region.actor, placement_decided{wanted.placed, wanted.departed});
}

// -- all of it ----------------------------------------------------------------

void carry_out(region_keeper_pointer self, const region_plan& plan) {
  auto& state = self->state;
  state.admitted = plan.admitted;
  for (const auto id : plan.retire)
    retire(self, id, plan.elsewhere.contains(id));
  for (const auto& each : plan.make)
    make(self, each, plan.applied);
  for (const auto& each : plan.change)
    change(self, each);
  for (const auto id : plan.release)
    release(self, id);
  // Nothing is planned before this node has entered, and so been told of all
  // that was ever here.
  if (!std::exchange(state.swept, true))
    sweep(self);
  state.followed = std::max(state.followed, plan.applied);
}

plan_query what_is_here(const region_keeper_state& state) {
  plan_query query;
  for (const auto& [id, region] : state.regions)
    if (region.unwanted)
      query.held.insert(id);
    else
      query.have.emplace(id, region.local);
  for (const auto& [_, id] : state.retired)
    query.held.insert(id);
  return query;
}

} // namespace

void follow_tables(region_keeper_pointer self) {
  auto& state = self->state;
  if (std::exchange(state.asking, true)) {
    state.ask_again = true;
    return;
  }
  self->request(state.options.catalog, caf::infinite, what_is_here(state))
    .then(
      [self](const region_plan& plan) {
        carry_out(self, plan);
        self->state.asking = false;
        if (std::exchange(self->state.ask_again, false))
          follow_tables(self);
        answer_waiters(self);
      },
      [](const caf::error&) { /* the catalog ended: so does the node */ });
}

} // namespace holdfast::actors
