#include "actors/peer_door.hpp"

#include "actors/error.hpp"
#include "actors/rules/peer_hello.hpp"
#include "config/address.hpp"

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

void admit(peer_door_pointer self, const door_entry& entry) {
  auto& peers = self->state.options.peers;
  if (entry.peer)
    peers[entry.node] = caf::actor_cast<peer_actor>(entry.peer);
  else
    peers.erase(entry.node);
}

/// Whoever gets so far has a certificate of the cluster, if it has any; what
/// it says of itself is proven in its hello.
caf::result<knock_answer> answer_knock(peer_door_pointer self,
                                       const knock& from) {
  const auto& guide = self->state.guide;
  if (from.node == self->state.options.node)
    return refuse(self, from.node);
  const auto listener = caf::actor_cast<cluster_actor>(guide.listener);
  if (!listener || guide.here.founders == 0)
    return make_error(shm::errc::unavailable, "this node has not begun yet");
  if (from.protocol != guide.protocol || from.cluster != guide.cluster)
    return make_error(shm::errc::refused, "here is cluster '" + guide.cluster
                                            + "', protocol "
                                            + std::to_string(guide.protocol));
  if (from.node == 0 || !config::parse_address(from.address))
    return make_error(shm::errc::bad_argument, "it names no node and place");
  self->send(listener, found_node{from.node, from.address});
  return guide.here;
}

} // namespace

own_door_actor::behavior_type peer_door(peer_door_pointer self,
                                        peer_door_options options) {
  self->state.options = std::move(options);
  return {
    [self](const hello_opening& opening) {
      return pass_on<hello_reply>(self, opening.said.node, opening);
    },
    [self](const hello_proof& proof) {
      return pass_on<hello_welcome>(self, proof.node, proof);
    },
    [self](const knock& from) { return answer_knock(self, from); },
    [self](const door_entry& entry) { admit(self, entry); },
    [self](const door_guide& guide) { self->state.guide = guide; },
  };
}

} // namespace holdfast::actors
