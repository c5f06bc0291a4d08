#include "actors/catalog.hpp"

#include "actors/catalog_parts.hpp"
#include "actors/error.hpp"
#include "actors/rules/catalog/placing.hpp"
#include "config/defaults.hpp"
#include "config/tables_bounds.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

// -- driven by consensus ------------------------------------------------------

void answer_about_id(catalog_state& state) {
  const auto& id = state.machine.now().all().cluster;
  if (id)
    for (auto& each : std::exchange(state.asked_for_id, {}))
      each.deliver(cluster_id{id});
}

/// Nothing is made before this node has entered: what it held before its
/// start has no epoch yet.
void on_changed(catalog_pointer self) {
  if (self->state.entered && self->state.keeper)
    self->send(self->state.keeper, tables_changed{});
  end_decided(self);
  answer_about_id(self->state);
}

caf::result<cluster_id> find_id(catalog_pointer self) {
  auto& asked = self->state.asked_for_id;
  if (asked.size() >= config::cluster_id_watchers_max)
    return make_error(shm::errc::overloaded, "too many wait for the id");
  asked.push_back(self->make_response_promise<cluster_id>());
  const auto answer = asked.back();
  answer_about_id(self->state);
  return answer;
}

void restore(catalog_pointer self, const restore_request& request) {
  auto& state = self->state;
  auto done = state.machine.restore(request.base.index, request.base.state);
  if (!done) {
    // The sender does not wait; the next entries are refused instead.
    state.stopped = done.assume_error();
    return;
  }
  state.stopped.reset();
  // Of what the snapshot took the place of.
  state.marks.clear();
  state.latest.reset();
  state.principals_stale = true;
  on_changed(self);
}

catalog::tables_mark mark_now(const catalog_state& state) {
  return {state.machine.applied(), state.machine.hash(state.options.digest)};
}

/// The same entries on every node, so that there is something to compare also
/// while no two of them have applied the same.
void mark(catalog_state& state, catalog::log_index applied) {
  if (!state.options.digest || applied % config::tables_mark_every != 0)
    return;
  state.marks.push_back(mark_now(state));
  if (state.marks.size() > config::tables_marks_max)
    state.marks.pop_front();
}

/// To take one is to write a snapshot, which nobody is to ask of this actor
/// after every entry.
void renew_latest(catalog_state& state) {
  const auto now = state.options.now();
  if (state.latest
      && (state.latest->index == state.machine.applied()
          || now - state.latest_at < config::tables_digest_interval))
    return;
  state.latest = mark_now(state);
  state.latest_at = now;
}

tables_digest digest_tables(catalog_pointer self) {
  auto& state = self->state;
  tables_digest made{{state.marks.begin(), state.marks.end()}};
  if (!state.options.digest)
    return made;
  renew_latest(state);
  if (made.marks.empty() || made.marks.back().index < state.latest->index)
    made.marks.push_back(*state.latest);
  return made;
}

shm::result<consensus::octets> apply(catalog::machine& machine,
                                     const consensus::applied_entry& entry) {
  if (entry.content.kind == consensus::entry_kind::command)
    return machine.apply(entry.index, entry.content.data);
  if (auto skipped = machine.skip(entry.index); !skipped)
    return std::move(skipped).assume_error();
  return consensus::octets{};
}

caf::result<applied_results> apply_all(catalog_pointer self,
                                       const committed_entries& committed) {
  auto& state = self->state;
  if (state.stopped)
    return make_error(*state.stopped);
  applied_results results;
  bool commands = false;
  for (const auto& entry : committed.entries) {
    auto answer = apply(state.machine, entry);
    if (!answer)
      return make_error(answer.assume_error());
    commands = commands || entry.content.kind == consensus::entry_kind::command;
    results.answers.push_back(std::move(answer).assume_value());
    mark(state, entry.index);
  }
  if (commands) {
    state.principals_stale = true;
    on_changed(self);
  }
  return results;
}

caf::result<void> check(catalog_pointer self, const check_request& request) {
  auto may
    = catalog::check_proposal(self->state.machine.now(), request.command);
  if (!may)
    return make_error(may.assume_error());
  return caf::unit;
}

// -- asked by this node -------------------------------------------------------

std::vector<wanted_region>
regions_of(std::uint64_t node, const catalog::contents& tables,
           const std::vector<catalog::region_name>& names) {
  std::vector<wanted_region> all;
  for (const auto& name : names) {
    const auto& region = tables.regions.at(name);
    if (auto wanted = catalog::wanted_on(node, tables, region))
      all.push_back({{name, region}, std::move(*wanted)});
  }
  return all;
}

region_plan plan(catalog_pointer self, const plan_query& query) {
  const auto node = self->state.options.node_id;
  const auto& tables = self->state.machine.now().all();
  auto changes = catalog::follow(node, tables, query.have);
  // What is removed next is still had, and is not to be released before.
  auto held = query.held;
  for (const auto& [id, each] : query.have)
    held.insert(id);
  const auto self_there = tables.members.find(node);
  return {tables.applied,
          std::move(changes.retire),
          std::move(changes.elsewhere),
          regions_of(node, tables, changes.make),
          regions_of(node, tables, changes.change),
          catalog::to_release(node, tables, held),
          self_there == tables.members.end() ? 0 : self_there->second.joined};
}

caf::result<region_home> find_home(catalog_pointer self,
                                   const home_query& query) {
  const auto& regions = self->state.machine.now().all().regions;
  const auto found = regions.find(query.name);
  if (found == regions.end())
    return make_error(shm::errc::no_such_region,
                      "region '" + query.name.region + "'");
  return region_home{found->second.id, found->second.placement};
}

placement_plan plan_places(catalog_pointer self, const placement_query& query) {
  const auto& machine = self->state.machine;
  placement_plan plan{machine.placing_changed(), {}};
  if (plan.as_of != query.known)
    plan.steps = rules::plan_placement(
      catalog::placement_view_of(machine.now().all()), query.options);
  return plan;
}

placed_regions list_placed(catalog_pointer self,
                           const placed_regions_query& query) {
  const auto& regions = self->state.machine.now().all().regions;
  placed_regions all;
  for (auto at = regions.lower_bound({query.tenant, {}});
       at != regions.end() && at->first.tenant == query.tenant; ++at)
    all.regions.push_back({at->first, at->second});
  return all;
}

tables_copy copy_tables(catalog_pointer self) {
  return {
    std::make_shared<const catalog::contents>(self->state.machine.now().all())};
}

catalog::audit_page find_audit(catalog_pointer self,
                               const catalog::audit_query& query) {
  auto bounded = query;
  bounded.count_max
    = std::min<std::size_t>(bounded.count_max, config::audit_page_max);
  return self->state.machine.now().all().audit.find(bounded);
}

} // namespace

catalog_actor::behavior_type catalog(catalog_pointer self,
                                     catalog_options options) {
  self->state.options = std::move(options);
  self->set_down_handler(
    [self](const caf::down_msg& down) { forget_session(self, down.source); });
  return {
    [self](const restore_request& request) { restore(self, request); },
    [self](const check_request& request) { return check(self, request); },
    [self](const committed_entries& committed) {
      return apply_all(self, committed);
    },
    [self](machine_snapshot_query) {
      const auto& machine = self->state.machine;
      return machine_snapshot{machine.applied(), machine.snapshot()};
    },
    [self](enter_request& request) { return enter(self, request); },
    [self](command_request& request) { return run_command(self, request); },
    [self](const admit_request& request) { return admit(self, request); },
    [self](const sessions_query& query) { return list_sessions(self, query); },
    [self](const session_holds& holds) { note_holdings(self, holds); },
    [self](const totals_query& query) { return count_totals(self, query); },
    [self](tables_query) { return copy_tables(self); },
    [self](tables_digest_query) { return digest_tables(self); },
    [self](const catalog::audit_query& query) {
      return find_audit(self, query);
    },
    [self](const plan_query& query) { return plan(self, query); },
    [self](const home_query& query) { return find_home(self, query); },
    [self](const placement_query& query) { return plan_places(self, query); },
    [self](cluster_id_query) { return find_id(self); },
    [self](known_members_query) {
      return known_members{self->state.machine.now().all().members};
    },
    [self](const placed_regions_query& query) {
      return list_placed(self, query);
    },
    [self](enter_due) { join(self); },
    [self](const proposal_due& due) { propose_again(self, due.request_id); },
    [self](deadlines_due) {
      self->state.deadlines_look = false;
      end_overdue(self);
    },
  };
}

} // namespace holdfast::actors
