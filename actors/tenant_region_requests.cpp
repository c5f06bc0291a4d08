// What clients wait for: that a majority has what they stored, that what they
// read is so, and that a value is stored or copied for those that do not map
// the region.
#include "actors/error.hpp"
#include "actors/tenant_region_parts.hpp"
#include "actors/tenant_region_values.hpp"

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using region_replica::outcome;
using region_replica::waiter;
using shm::errc;

caf::error error_of(outcome how) {
  switch (how) {
  case outcome::fenced:
    return make_error(errc::fenced,
                      "this node is not the home of the region now");
  case outcome::rejected:
    return make_error(errc::overloaded, "too many wait for the region");
  case outcome::ok:
  case outcome::unknown:
    break;
  }
  return make_error(errc::unknown, "no majority has said that it has it");
}

/// Asks the rule; `then` hears how it ended.
template <class Ask>
void wait_for(pointer self, Ask ask, std::function<void(outcome)> then) {
  auto& state = self->state;
  const auto who = ++state.last_barrier;
  state.barriers.emplace(who, std::move(then));
  carry(self, ask(*state.rule, who));
}

/// The same, once all that was stored before is drained.
template <class Ask>
void wait_once_drained(pointer self, Ask ask,
                       std::function<void(outcome)> then) {
  if (!self->state.groups.kept_back)
    return wait_for(self, ask, std::move(then));
  if (!once_drained(self, [=] { wait_for(self, ask, then); }))
    then(outcome::rejected);
}

template <class Ask>
caf::result<void> answer_after(pointer self, Ask ask) {
  auto answer = self->make_response_promise<caf::response_promise>();
  drain_to_rule(self);
  wait_once_drained(self, ask, [answer](outcome how) mutable {
    if (how == outcome::ok)
      answer.deliver(caf::unit);
    else
      answer.deliver(error_of(how));
  });
  return answer;
}

caf::error retired() {
  return make_error(errc::fenced, "the region is not here any more");
}

// -- storing ------------------------------------------------------------------

void note_made(pointer self, region_replica::variable_key key,
               const region_replica::noted_store& made, std::uint64_t bytes) {
  auto& state = self->state;
  state.ledger.note(key, made);
  if (in_groups(self, key)) { // it goes with the others of its groups
    drain_to_rule(self);
    return;
  }
  const std::vector<region_replica::change> changes{
    {key, made.made.version, bytes}};
  note_for_disk(self, changes);
  carry(self,
        state.rule->on_drained(now_of(self), changes, state.groups.apart));
}

/// Answers with this version once a majority has it.
caf::result<stored_value> commit(pointer self,
                                 const region_replica::noted_store& made) {
  auto answer = self->make_response_promise<stored_value>();
  const auto now = self->state.rule->held().epoch;
  // What was taken over from an older epoch is here to stay.
  const auto stored_in = made.made.epoch < now ? 0 : made.made.epoch;
  wait_once_drained(
    self,
    [self, stored_in](region_replica::machine& rule, waiter who) {
      return rule.on_flush(now_of(self), who, stored_in, false);
    },
    [answer, version = made.made.version](outcome how) mutable {
      if (how == outcome::ok)
        answer.deliver(stored_value{version});
      else
        answer.deliver(
          make_error(errc::unknown, "no majority has said that it has it"));
    });
  return answer;
}

// -- reading ------------------------------------------------------------------

/// What was in memory is committed, if no other epoch has begun.
caf::result<loaded_value> confirm(pointer self, loaded_value loaded) {
  auto answer = self->make_response_promise<loaded_value>();
  wait_once_drained(
    self,
    [self](region_replica::machine& rule, waiter who) {
      return rule.on_read(now_of(self), who);
    },
    [self, answer, loaded = std::move(loaded)](outcome how) mutable {
      loaded.committed = std::max(loaded.committed, loaded.version);
      if (how != outcome::ok)
        answer.deliver(error_of(how));
      else if (memory_of(self).status().epoch != loaded.epoch)
        answer.deliver(
          make_error(errc::unknown, "another epoch has begun meanwhile"));
      else
        answer.deliver(std::move(loaded));
    });
  return answer;
}

} // namespace

caf::result<void> flush(pointer self, const flush_request& request) {
  if (self->state.retired)
    return retired();
  if (request.durable && !self->state.options.rule.durable)
    return make_error(errc::bad_argument,
                      "'durable': the region is on no disk");
  return answer_after(
    self, [self, stored_in = request.stored_in, durable = request.durable](
            region_replica::machine& rule, waiter who) {
      return rule.on_flush(now_of(self), who, stored_in, durable);
    });
}

caf::result<void> confirm(pointer self) {
  if (self->state.retired)
    return retired();
  return answer_after(self, [self](region_replica::machine& rule, waiter who) {
    return rule.on_read(now_of(self), who);
  });
}

caf::result<stored_value> store(pointer self,
                                const store_value_request& request) {
  auto& state = self->state;
  if (state.retired)
    return retired();
  if (!state.rule->serving(now_of(self)))
    return error_of(outcome::fenced);
  const auto found = state.options.variables.find(request.variable);
  if (found == state.options.variables.end())
    return make_error(errc::no_such_variable,
                      "variable '" + request.variable + "'");
  const auto key = found->second;
  if (const auto* last = state.ledger.last_of(key, request.by);
      last != nullptr && last->serial >= request.serial) {
    if (last->serial == request.serial)
      return commit(self, *last);
    return make_error(errc::bad_argument,
                      "the session has stored something else since");
  }
  const auto version = store_value(memory_of(self), request);
  if (!version)
    return make_error(version.assume_error());
  const region_replica::noted_store made{
    request.by,
    request.serial,
    {memory_of(self).options().epoch, version.assume_value()}};
  note_made(self, key, made, request.value.size());
  return commit(self, made);
}

caf::result<loaded_value> load(pointer self,
                               const load_value_request& request) {
  if (self->state.retired)
    return retired();
  if (!may_be_read(self))
    return make_error(errc::unavailable,
                      "the region waits for a majority of the nodes that hold "
                      "it");
  auto loaded = load_value(memory_of(self), request, self->state.options.now());
  if (!loaded)
    return make_error(loaded.assume_error());
  if (!request.confirm)
    return std::move(loaded).assume_value();
  drain_to_rule(self);
  return confirm(self, std::move(loaded).assume_value());
}

} // namespace holdfast::actors
