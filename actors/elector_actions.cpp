// What the core asks for, carried out in the order that it asks for.
#include "actors/consensus_packet.hpp"
#include "actors/elector_parts.hpp"
#include "actors/error.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

void store(elector_pointer self, std::vector<consensus::write> writes,
           std::uint64_t number) {
  // Without a deadline: a disk that stalls is no disk that failed, and what
  // depends on it waits.
  ++self->state.stores;
  self
    ->request(self->state.options.store, caf::infinite,
              store_log_request{std::move(writes), number})
    .then(
      [self](const stored_writes& stored) {
        auto& state = self->state;
        --state.stores;
        if (state.takes_part)
          carry_out(self, state.core->persisted(stored.number, now_of(self)));
        // They waited to become one write together.
        if (state.stores == 0 && !state.waiting.empty())
          look_at_proposals(self);
      },
      [self](const caf::error& error) {
        step_down(self, to_shm(error).message());
      });
}

void say(elector_pointer self, const consensus::message& said) {
  // No route is as good as a lost message: the core says it again.
  const auto route = self->state.routes.find(said.to);
  if (route != self->state.routes.end())
    self->send(route->second, pack(said));
}

void apply(elector_pointer self,
           std::vector<consensus::applied_entry> entries) {
  std::vector<consensus::log_index> indexes;
  indexes.reserve(entries.size());
  for (const auto& entry : entries)
    indexes.push_back(entry.index);
  self
    ->request(self->state.options.machine, caf::infinite,
              committed_entries{std::move(entries)})
    .then(
      [self, indexes = std::move(indexes)](applied_results& results) {
        end_applied(self, indexes, results.answers);
      },
      [self](const caf::error& error) {
        step_down(self, "the machine ended: " + to_shm(error).message());
      });
}

void take_snapshot(elector_pointer self) {
  // Behind the entries that were just sent: it is as of the last of them.
  self
    ->request(self->state.options.machine, caf::infinite,
              machine_snapshot_query{})
    .then(
      [self](machine_snapshot& made) {
        auto& state = self->state;
        if (state.takes_part)
          carry_out(self, state.core->snapshot_made(
                            made.index, std::move(made.state), now_of(self)));
      },
      [self](const caf::error& error) {
        step_down(self, "the machine ended: " + to_shm(error).message());
      });
}

std::string reason_of(consensus::refused_message::reason why) {
  using reason = consensus::refused_message::reason;
  switch (why) {
  case reason::malformed:
    return "malformed";
  case reason::other_cluster:
    return "it began with other members: another cluster";
  case reason::other_database:
    return "its number is known with another database";
  case reason::second_leader:
    return "it leads in our own term: two nodes with one number";
  }
  return "unknown";
}

void note_refused(elector_pointer self,
                  const consensus::refused_message& refused) {
  self->state.options.log(log_level::warning,
                          "a word of another elector was refused",
                          {{"node", std::to_string(refused.from)},
                           {"reason", reason_of(refused.why)}});
}

void arm(elector_pointer self) {
  auto& state = self->state;
  const auto next = state.core->next_tick();
  // One that comes too early only looks at the clock again.
  if (state.armed && *state.armed <= next)
    return;
  state.armed = next;
  self->delayed_send(self, std::max(next - now_of(self), consensus::instant{1}),
                     tick_due{next});
}

} // namespace

void carry_out(elector_pointer self, consensus::actions actions) {
  auto& state = self->state;
  if (!actions.writes.empty())
    store(self, std::move(actions.writes), actions.written);
  for (const auto& said : actions.messages)
    say(self, said);
  if (actions.restore)
    self->send(state.options.machine,
               restore_request{std::move(*actions.restore)});
  if (!actions.apply.empty())
    apply(self, std::move(actions.apply));
  for (const auto& ended : actions.ended)
    end_request(self, ended);
  if (actions.snapshot_wanted)
    take_snapshot(self);
  for (const auto& refused : actions.refused)
    note_refused(self, refused);
  if (actions.fatal)
    return step_down(self, *actions.fatal);
  if (actions.status_changed)
    tell_leadership(self);
  arm(self);
}

void step_down(elector_pointer self, const std::string& why) {
  auto& state = self->state;
  if (!state.takes_part)
    return;
  state.takes_part = false;
  state.options.log(log_level::error, "this node left the agreement",
                    {{"reason", why}});
  tell_leadership(self);
  end_all(self);
}

void tell_leadership(elector_pointer self) {
  auto& state = self->state;
  leadership now;
  now.takes_part = state.takes_part;
  now.term = state.known.term;
  if (state.core && state.takes_part) {
    const auto status = state.core->status();
    now.leader = status.leader;
    now.term = status.term;
    now.serves = status.serves;
  }
  if (now == state.known)
    return;
  state.known = now;
  state.options.log(log_level::info, "the leader is known",
                    {{"leader", std::to_string(now.leader)},
                     {"term", std::to_string(now.term)}});
  for (const auto& watcher : state.watchers)
    self->send(watcher, now);
  if (!state.waiting.empty())
    look_at_proposals(self);
}

} // namespace holdfast::actors
