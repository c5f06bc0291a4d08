// How the leader lets a node in whose log is empty, whatever it was before: the
// rule (rejoining) says what is next, and each step is agreed on.
#include "actors/cluster_parts.hpp"
#include "actors/consensus/membership.hpp"
#include "actors/error.hpp"
#include "actors/rules/catalog/placing.hpp"
#include "actors/rules/rejoining.hpp"

#include <memory>
#include <type_traits>

namespace holdfast::actors {

namespace {

using consensus::change;
using rules::rejoining_step;

/// One that asked, while it is let in.
struct rejoining {
  found_node who;
  caf::typed_response_promise<call_answer> answer;
  int steps = 0;
};

using rejoining_pointer = std::shared_ptr<rejoining>;

/// Each is done once; more would be two leaders that undo each other's.
constexpr int steps_max = 4;

void look_again(cluster_pointer self, const rejoining_pointer& one);

template <class Handle, class Message, class Then>
void ask(cluster_pointer self, const rejoining_pointer& one, const Handle& whom,
         const Message& message, Then then) {
  self->request(whom, self->state.options.call_deadline, message)
    .then(then,
          [one](caf::error& error) { one->answer.deliver(std::move(error)); });
}

void finish(cluster_pointer self, const rejoining_pointer& one) {
  auto body = members_body(self->state);
  if (body)
    one->answer.deliver(call_answer{std::move(body).assume_value()});
  else
    one->answer.deliver(make_error(body.assume_error()));
}

void have_changed(cluster_pointer self, const rejoining_pointer& one,
                  change::step what) {
  const consensus::member subject{one->who.node, one->who.address,
                                  consensus::member_role::learner};
  ask(self, one, self->state.options.elector,
      change_member_request{{what, subject}},
      [=](const proposal_result&) { look_again(self, one); });
}

void refuse(const rejoining_pointer& one, const std::string& why) {
  one->answer.deliver(make_error(
    shm::errc::unavailable, "node " + std::to_string(one->who.node) + why));
}

rules::rejoining_view view_of(const cluster_state& state, std::uint64_t node,
                              const catalog::contents& tables) {
  const auto* member = consensus::find(state.seen.core.members, node);
  rules::rejoining_view seen;
  seen.recorded = tables.members.contains(node);
  seen.belongs = member != nullptr;
  seen.votes
    = member != nullptr && member->role == consensus::member_role::voter;
  seen.alone_has_values = catalog::kept_by_none_but(node, tables).has_value();
  for (const auto& each : state.seen.core.progress)
    seen.answered = seen.answered || (each.id == node && each.match > 0);
  return seen;
}

void take_step(cluster_pointer self, const rejoining_pointer& one,
               const catalog::contents& tables) {
  const auto node = one->who.node;
  const auto step = rules::next_step(view_of(self->state, node, tables));
  if (step != rejoining_step::none && one->steps++ == steps_max)
    return refuse(one, " could not be let in anew");
  switch (step) {
  case rejoining_step::remove:
    self->state.options.log(log_level::warning,
                            "a member lost its log and is let in anew",
                            {{"node", std::to_string(node)}});
    return have_changed(self, one, change::step::remove);
  case rejoining_step::forget:
    return ask(self, one, self->state.options.catalog,
               command_request{catalog::leave_member{node}, {}},
               [=] { look_again(self, one); });
  case rejoining_step::add:
    return have_changed(self, one, change::step::add);
  case rejoining_step::wait: {
    const auto name = *catalog::kept_by_none_but(node, tables);
    return refuse(one, " alone has region " + name.tenant + "/" + name.region
                         + " on its disk, beside the log that it lost: put "
                           "back a copy of its data directory, or give the "
                           "values up with 'members remove "
                         + std::to_string(node) + "'");
  }
  case rejoining_step::none:
    return finish(self, one);
  }
}

void look_again(cluster_pointer self, const rejoining_pointer& one) {
  ask(self, one, self->state.options.elector, elector_status_query{},
      [=](const elector_status& seen) {
        self->state.seen = seen;
        ask(
          self, one, self->state.options.catalog, tables_query{},
          [=](const tables_copy& copy) { take_step(self, one, *copy.tables); });
      });
}

} // namespace

caf::result<call_answer> let_in_anew(cluster_pointer self,
                                     const found_node& who) {
  const auto one = std::make_shared<rejoining>();
  one->who = who;
  one->answer = self->make_response_promise<call_answer>();
  look_again(self, one);
  return one->answer;
}

} // namespace holdfast::actors
