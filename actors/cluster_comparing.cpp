// Whether the same log led to the same tables as at the leader. If it did not,
// a node decides otherwise than the others: an operator is to know at once.
#include "actors/cluster_parts.hpp"
#include "actors/error.hpp"

namespace holdfast::actors {

namespace {

/// What was asked of a node that led then.
void note_difference(cluster_pointer self, const tables_digest& ours,
                     consensus::node_id leader, const call_answer& theirs) {
  auto& state = self->state;
  const auto index
    = catalog::first_difference(ours.marks, marks_in(theirs)).value_or(0);
  if (index == 0 || state.differs != 0)
    return;
  state.differs = index;
  state.options.log(
    log_level::error,
    "the tables of this node are not those of the leader; cluster_status of "
    "every node tells which are the odd ones",
    {{"leader", std::to_string(leader)}, {"index", std::to_string(index)}});
}

void ask_leader(cluster_pointer self, const tables_digest& ours) {
  const auto leader = self->state.nodes.find(self->state.known.leader);
  auto body = tables_body();
  if (leader == self->state.nodes.end() || !body)
    return;
  const auto deadline = self->state.options.call_deadline;
  self
    ->request(leader->second.peer, deadline * 2,
              peer_call{std::move(body).assume_value(), deadline})
    .then(
      [self, ours, asked = leader->first](const call_answer& theirs) {
        note_difference(self, ours, asked, theirs);
      },
      [](const caf::error&) { /* it is asked again */ });
}

} // namespace

void compare_tables(cluster_pointer self) {
  auto& state = self->state;
  const auto now = state.options.now();
  if (state.leads || !state.options.catalog
      || state.options.compare_interval.count() == 0
      || (state.compared
          && now - *state.compared < state.options.compare_interval))
    return;
  state.compared = now;
  self->request(state.options.catalog, caf::infinite, tables_digest_query{})
    .then([self](const tables_digest& ours) { ask_leader(self, ours); },
          [](const caf::error&) { /* it ended: so will this one */ });
}

caf::result<call_answer> serve_tables(cluster_pointer self) {
  auto answer = self->make_response_promise<call_answer>();
  self
    ->request(self->state.options.catalog, caf::infinite, tables_digest_query{})
    .then(
      [answer](const tables_digest& made) mutable {
        auto body = marks_body(made);
        if (body)
          answer.deliver(call_answer{std::move(body).assume_value()});
        else
          answer.deliver(make_error(body.assume_error()));
      },
      [answer](caf::error& error) mutable {
        answer.deliver(std::move(error));
      });
  return answer;
}

} // namespace holdfast::actors
