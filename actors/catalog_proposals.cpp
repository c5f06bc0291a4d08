// What this node wants changed: proposed through the elector, decided by the
// tables.
#include "actors/catalog_parts.hpp"
#include "actors/error.hpp"
#include "config/defaults.hpp"

namespace holdfast::actors {

namespace {

using proposal_pointer = std::shared_ptr<catalog_state::proposal>;

// -- one proposal -------------------------------------------------------------

void end(catalog_pointer self, const proposal_pointer& proposal,
         const shm::result<catalog::outcome>& how) {
  auto& state = self->state;
  state.numbers->settle(proposal->request_id);
  state.proposals.erase(proposal->request_id);
  proposal->then(how);
}

void on_error(catalog_pointer self, const proposal_pointer& proposal,
              shm::error why) {
  using shm::errc;
  const auto& options = self->state.options;
  if (why.code == errc::unknown || why.code == errc::timeout)
    proposal->uncertain = true;
  // With the same id: the tables decide it once, however often it is there.
  if (why.code == errc::unknown && proposal->attempts < options.attempts_max) {
    self->delayed_send(self, options.proposal_retry,
                       proposal_due{proposal->request_id});
    return;
  }
  if (proposal->uncertain)
    why = shm::failed(errc::unknown,
                      "it was proposed, and no answer came: " + why.detail);
  end(self, proposal, std::move(why));
}

void look_at_deadlines(catalog_pointer self) {
  if (!std::exchange(self->state.deadlines_look, true))
    self->delayed_send(self, config::command_deadline_grain, deadlines_due{});
}

/// False for an answer that came after the deadline.
bool take_answer(const proposal_pointer& proposal) {
  return std::exchange(proposal->deadline, std::nullopt).has_value();
}

/// Of a leader, which may be ahead of these tables: whoever is told that it was
/// decided finds it in them.
void on_leader_answer(catalog_pointer self, const proposal_pointer& proposal,
                      shm::result<catalog::outcome> how) {
  if (proposal->deadline && how
      && how.assume_value().index > self->state.machine.applied())
    proposal->decided = std::move(how).assume_value();
  else if (take_answer(proposal))
    end(self, proposal, how);
}

void on_no_answer(catalog_pointer self, const proposal_pointer& proposal) {
  if (!take_answer(proposal))
    return;
  if (!proposal->decided)
    on_error(self, proposal,
             shm::failed(shm::errc::timeout, "no answer in time"));
  else if (proposal->decided->ok())
    end(self, proposal,
        shm::failed(shm::errc::unknown,
                    "it was agreed on, and this node has not caught up"));
  else
    end(self, proposal, *proposal->decided);
}

void attempt(catalog_pointer self, const proposal_pointer& proposal) {
  auto& state = self->state;
  ++proposal->attempts;
  proposal->deadline = state.options.now() + state.options.proposal_deadline;
  look_at_deadlines(self);
  self
    ->request(state.elector, caf::infinite,
              propose_request{proposal->entry, false, proposal->carried_out_at})
    .then(
      [self, proposal](const proposal_result& result) {
        on_leader_answer(self, proposal,
                         catalog::decode_outcome(result.answer));
      },
      [self, proposal](const caf::error& error) {
        if (take_answer(proposal))
          on_error(self, proposal, to_shm(error));
      });
}

std::uint64_t wall_ms(catalog_pointer self) {
  return static_cast<std::uint64_t>(
    std::chrono::duration_cast<std::chrono::milliseconds>(
      self->state.options.wall_now().time_since_epoch())
      .count());
}

// -- entering -----------------------------------------------------------------

void say_why_it_waits(catalog_pointer self, const shm::error& why) {
  auto& state = self->state;
  const auto now = state.options.now();
  if (state.waiting_said_at
      && now - *state.waiting_said_at < config::entering_words_interval)
    return;
  state.waiting_said_at = now;
  state.options.log(log_level::warning,
                    "this node waits to be agreed on before it serves",
                    {{"reason", why.message()}});
}

void on_joined(catalog_pointer self, const shm::result<catalog::outcome>& how) {
  auto& state = self->state;
  if (how && how.assume_value().ok()) {
    state.entered = true;
    self->send(state.keeper, tables_changed{});
    return state.entering.deliver(caf::unit);
  }
  const auto why
    = how ? shm::failed(how.assume_value().code, how.assume_value().text)
          : how.assume_error();
  switch (why.code) {
  case shm::errc::no_leader:
  case shm::errc::overloaded:
  case shm::errc::unknown: // also: these tables are behind those of others
    say_why_it_waits(self, why);
    self->delayed_send(self, state.options.proposal_retry, enter_due{});
    return;
  default:
    return state.entering.deliver(make_error(why));
  }
}

} // namespace

void propose(catalog_pointer self, catalog::command command, catalog::caller by,
             outcome_function then, catalog::node_id carried_out_at) {
  auto& state = self->state;
  const auto number = state.numbers->take();
  if (!number)
    return then(number.assume_error());
  by.node = state.options.node_id;
  catalog::entry entry{
    wall_ms(self),
    {catalog::origin_kind::node, state.options.node_id, state.self.incarnation},
    number.assume_value(),
    std::move(by),
    std::move(command)};
  auto made = std::make_shared<catalog_state::proposal>();
  made->request_id = entry.request_id;
  made->carried_out_at = carried_out_at;
  made->then = std::move(then);
  state.proposals.emplace(made->request_id, made);
  auto written = catalog::encode(entry);
  if (!written)
    return end(self, made, written.assume_error());
  made->entry = std::move(written).assume_value();
  // If this node leads, nobody else looks.
  if (auto may = catalog::check_proposal(state.machine.now(), made->entry);
      !may)
    return end(self, made, may.assume_error());
  attempt(self, made);
}

caf::result<void> enter(catalog_pointer self, enter_request& request) {
  auto& state = self->state;
  if (state.numbers)
    return make_error(shm::errc::exists, "this node has entered already");
  state.elector = std::move(request.elector);
  state.keeper = std::move(request.keeper);
  state.router = std::move(request.router);
  state.self = std::move(request.self);
  state.numbers.emplace(state.options.requests_max);
  state.entering = self->make_response_promise<caf::response_promise>();
  join(self);
  return state.entering;
}

void join(catalog_pointer self) {
  auto& state = self->state;
  if (!state.numbers || state.entered)
    return;
  state.self.seen = state.machine.applied();
  propose(
    self, state.self, {},
    [self](const shm::result<catalog::outcome>& how) { on_joined(self, how); });
}

void end_decided(catalog_pointer self) {
  const auto& state = self->state;
  const auto applied = state.machine.applied();
  std::vector<proposal_pointer> caught_up;
  for (const auto& [_, proposal] : state.proposals)
    if (proposal->decided && proposal->decided->index <= applied)
      caught_up.push_back(proposal);
  for (const auto& proposal : caught_up)
    if (take_answer(proposal))
      end(self, proposal, *proposal->decided);
}

void end_overdue(catalog_pointer self) {
  auto& state = self->state;
  const auto now = state.options.now();
  std::vector<proposal_pointer> overdue;
  for (const auto& [_, proposal] : state.proposals)
    if (proposal->deadline && *proposal->deadline <= now)
      overdue.push_back(proposal);
  for (const auto& proposal : overdue)
    on_no_answer(self, proposal);
  if (!state.proposals.empty())
    look_at_deadlines(self);
}

void propose_again(catalog_pointer self, std::uint64_t request_id) {
  const auto& proposals = self->state.proposals;
  if (const auto found = proposals.find(request_id); found != proposals.end())
    attempt(self, found->second);
}

} // namespace holdfast::actors
