#include "actors/peer_door.hpp"

#include "actors/error.hpp"
#include "actors/rules/peer_hello.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

caf::error refuse(peer_door_pointer self, std::uint64_t node) {
  auto& state = self->state;
  const bool ours = node == state.options.node;
  const auto what = ours ? rules::hello_refusal::duplicate_id
                         : rules::hello_refusal::not_a_member;
  const auto why
    = std::string{rules::text_of(what)} + ": node " + std::to_string(node)
      + (ours ? " is this node's id too"
              : " is no peer of node " + std::to_string(state.options.node));
  // Each power of two: a stranger who tries for ever does not fill the log.
  const auto count = ++state.strangers;
  if ((count & (count - 1)) == 0)
    state.options.log(
      log_level::warning, "a stranger's hello was refused",
      {{"detail", why}, {"count", std::to_string(state.strangers)}});
  return make_error(shm::errc::refused, why);
}

template <class Answer, class Message>
caf::result<Answer> pass_on(peer_door_pointer self, std::uint64_t node,
                            const Message& message) {
  const auto& peers = self->state.options.peers;
  const auto found = peers.find(node);
  if (found == peers.end())
    return refuse(self, node);
  return self->delegate(found->second, message);
}

} // namespace

peer_door_actor::behavior_type peer_door(peer_door_pointer self,
                                         peer_door_options options) {
  self->state.options = std::move(options);
  return {
    [self](const hello_opening& opening) {
      return pass_on<hello_reply>(self, opening.said.node, opening);
    },
    [self](const hello_proof& proof) {
      return pass_on<hello_welcome>(self, proof.node, proof);
    },
  };
}

} // namespace holdfast::actors
