// Those who wait for an answer of the elector. A proposal is at one place at a
// time: waiting, at the core, at the leader's elector, at the machine.
#include "actors/elector_parts.hpp"
#include "actors/error.hpp"

#include <optional>

namespace holdfast::actors {

namespace {

using proposal_pointer = elector_state::proposal_pointer;

template <class Answer>
void end(elector_pointer self, const proposal_pointer& proposal,
         Answer&& answer) {
  --self->state.proposals;
  proposal->answer.deliver(std::forward<Answer>(answer));
}

caf::error left_agreement() {
  return make_error(shm::errc::unavailable,
                    "this node takes no part in the agreement");
}

caf::error may_have_happened() {
  return make_error(shm::errc::unknown, "the leader changed meanwhile");
}

/// How a request ended in the core that ended without an entry.
caf::error error_of(consensus::outcome how) {
  using consensus::outcome;
  switch (how) {
  case outcome::unknown:
    return may_have_happened();
  case outcome::not_leader:
    return make_error(shm::errc::no_leader, "this node does not lead");
  case outcome::overloaded:
    return make_error(shm::errc::overloaded, "too much waits for a majority");
  case outcome::too_long:
    return make_error(shm::errc::too_long, "longer than an entry may be");
  case outcome::too_early:
  case outcome::busy:
  case outcome::behind:
    return make_error(shm::errc::unavailable, std::string{name_of(how)});
  case outcome::exists:
    return make_error(shm::errc::exists, "the number or address is taken");
  default:
    return make_error(shm::errc::bad_argument, std::string{name_of(how)});
  }
}

proposal_pointer begin(elector_pointer self) {
  auto made = std::make_shared<elector_state::proposal>();
  made->answer = self->make_response_promise<proposal_result>();
  made->deadline = now_of(self) + self->state.options.proposal_deadline;
  ++self->state.proposals;
  return made;
}

/// 0: none of those who are known.
consensus::node_id sender_among_members(elector_pointer self) {
  const auto sender = caf::actor_cast<caf::actor_addr>(self->current_sender());
  for (const auto& [id, elector] : self->state.routes)
    if (elector.address() == sender)
      return id;
  return 0;
}

bool has_room(elector_pointer self) {
  return self->state.proposals < self->state.options.proposals_max;
}

void wait_again(elector_pointer self, const proposal_pointer& proposal) {
  auto& state = self->state;
  if (proposal->forwarded || now_of(self) >= proposal->deadline)
    return end(self, proposal, error_of(consensus::outcome::not_leader));
  state.waiting.push_back(proposal);
  if (state.look_timed)
    return;
  state.look_timed = true;
  self->delayed_send(self, state.options.proposal_retry, proposals_due{true});
}

std::vector<consensus::node_id>
awaited_at(const elector_state::proposal& proposal) {
  std::vector<consensus::node_id> nodes;
  for (const auto node : {proposal.asker, proposal.carried_out_at})
    if (node != 0)
      nodes.push_back(node);
  return nodes;
}

/// All in one step, so that they share a write and a round.
void submit(elector_pointer self, std::deque<proposal_pointer> proposals) {
  auto& state = self->state;
  std::vector<consensus::submission> made;
  for (auto& proposal : proposals) {
    made.push_back(
      {++state.last_request, proposal->command, awaited_at(*proposal)});
    state.at_core.emplace(state.last_request, std::move(proposal));
  }
  carry_out(self, state.core->submit(std::move(made), now_of(self)));
}

void forward(elector_pointer self, const peer_elector_actor& leader,
             const proposal_pointer& proposal) {
  const auto left = proposal->deadline - now_of(self);
  if (left.count() <= 0)
    return wait_again(self, proposal);
  self
    ->request(
      leader, left,
      propose_request{proposal->command, true, proposal->carried_out_at})
    .then(
      [self, proposal](proposal_result& result) {
        end(self, proposal, std::move(result));
      },
      [self, proposal](const caf::error& error) {
        switch (to_shm(error).code) {
        case shm::errc::no_leader:
          return wait_again(self, proposal);
        case shm::errc::overloaded:
        case shm::errc::too_long:
        case shm::errc::bad_argument:
          return end(self, proposal, error);
        default:
          // It was on its way, and what became of it was not heard.
          return end(self, proposal, may_have_happened());
        }
      });
}

/// Nothing if the core can be asked for something now.
std::optional<caf::error> why_core_takes_none(elector_pointer self) {
  const auto& state = self->state;
  if (!state.takes_part)
    return left_agreement();
  if (!state.core)
    return error_of(consensus::outcome::not_leader);
  if (!has_room(self))
    return error_of(consensus::outcome::overloaded);
  return std::nullopt;
}

void place(elector_pointer self, const proposal_pointer& proposal) {
  if (!self->state.takes_part)
    return end(self, proposal, left_agreement());
  self->state.waiting.push_back(proposal);
  look_at_proposals(self);
}

/// Of another node, which may be of a newer version or speak nonsense: in the
/// log it would stop the machine of every member.
void check_then_place(elector_pointer self, const proposal_pointer& proposal) {
  self
    ->request(self->state.options.machine, caf::infinite,
              check_request{proposal->command})
    .then([self, proposal] { place(self, proposal); },
          [self, proposal](const caf::error& error) {
            end(self, proposal,
                make_error(shm::errc::bad_argument, to_shm(error).message()));
          });
}

} // namespace

caf::result<proposal_result> propose(elector_pointer self,
                                     propose_request& request) {
  auto& state = self->state;
  if (!state.takes_part)
    return left_agreement();
  if (request.command.size() > state.options.core.bounds.entry_bytes_max)
    return error_of(consensus::outcome::too_long);
  if (!has_room(self))
    return error_of(consensus::outcome::overloaded);
  // Before the promise is made: that takes the sender away.
  const auto asker = sender_among_members(self);
  auto made = begin(self);
  made->command = std::move(request.command);
  made->forwarded = request.forwarded;
  made->carried_out_at = request.carried_out_at;
  if (made->forwarded) {
    made->asker = asker;
    check_then_place(self, made);
  } else
    place(self, made);
  return made->answer;
}

caf::result<proposal_result>
ask_core(elector_pointer self,
         const std::function<consensus::actions(consensus::request_id)>& ask) {
  auto& state = self->state;
  if (auto no = why_core_takes_none(self))
    return std::move(*no);
  auto made = begin(self);
  const auto answer = made->answer;
  state.at_core.emplace(++state.last_request, std::move(made));
  carry_out(self, ask(state.last_request));
  return answer;
}

caf::result<void> transfer(elector_pointer self, consensus::node_id to) {
  auto& state = self->state;
  if (auto no = why_core_takes_none(self))
    return std::move(*no);
  ++state.proposals;
  caf::response_promise answer = self->make_response_promise();
  state.transfers.emplace(++state.last_request, answer);
  carry_out(self, state.core->transfer(state.last_request, to, now_of(self)));
  return caf::delegated<void>{};
}

void look_at_proposals(elector_pointer self) {
  if (self->state.look_queued)
    return;
  self->state.look_queued = true;
  self->send(self, proposals_due{});
}

void place_proposals(elector_pointer self) {
  auto& state = self->state;
  if (!state.core || state.waiting.empty())
    return;
  const auto status = state.core->status();
  const bool leads
    = status.state == consensus::role::leader && status.transferee == 0;
  // While the disk is at work nothing is won by entering more: what comes
  // until it is done shares the next write, and the words to other nodes.
  if (leads && state.stores > 0)
    return;
  auto proposals = std::exchange(state.waiting, {});
  if (leads)
    return submit(self, std::move(proposals));
  const auto route = state.routes.find(status.leader);
  for (const auto& proposal : proposals)
    if (route != state.routes.end() && !proposal->forwarded)
      forward(self, route->second, proposal);
    else
      wait_again(self, proposal);
}

void end_request(elector_pointer self, const consensus::ended_request& ended) {
  auto& state = self->state;
  const bool done = ended.how == consensus::outcome::committed;
  if (auto found = state.transfers.extract(ended.request)) {
    --state.proposals;
    if (done)
      found.mapped().deliver(caf::unit);
    else
      found.mapped().deliver(error_of(ended.how));
    return;
  }
  auto found = state.at_core.extract(ended.request);
  if (!found)
    return;
  const auto& proposal = found.mapped();
  if (done)
    state.at_machine.emplace(ended.index, proposal);
  else if (ended.how == consensus::outcome::not_leader
           && !proposal->command.empty())
    wait_again(self, proposal); // nothing happened: with the next leader
  else
    end(self, proposal, error_of(ended.how));
}

void end_applied(elector_pointer self,
                 const std::vector<consensus::log_index>& indexes,
                 std::vector<consensus::octets>& answers) {
  auto& at_machine = self->state.at_machine;
  for (std::size_t i = 0; i < indexes.size(); ++i)
    if (auto found = at_machine.extract(indexes[i]))
      end(self, found.mapped(),
          proposal_result{
            indexes[i], i < answers.size() ? answers[i] : consensus::octets{}});
}

void end_all(elector_pointer self) {
  auto& state = self->state;
  for (const auto& proposal : std::exchange(state.waiting, {}))
    end(self, proposal, left_agreement());
  for (const auto& [_, proposal] : std::exchange(state.at_core, {}))
    end(self, proposal, may_have_happened());
  for (const auto& [_, proposal] : std::exchange(state.at_machine, {}))
    end(self, proposal, may_have_happened());
  for (auto& [_, answer] : std::exchange(state.transfers, {})) {
    --state.proposals;
    answer.deliver(may_have_happened());
  }
}

} // namespace holdfast::actors
