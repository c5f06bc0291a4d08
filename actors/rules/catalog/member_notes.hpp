// What the leader has agreed on about a member, so that every node, and the
// next leader, knows it.
#pragma once

#include "actors/rules/catalog/commands.hpp"
#include "actors/rules/catalog/rows.hpp"
#include "actors/rules/peer_health.hpp"

#include <optional>

namespace holdfast::catalog {

/// A node of the tables, as the leader sees it.
struct member_view {
  bool belongs = false; ///< to the members that consensus has
  log_index as_of = 0;  ///< what was applied when those were looked at
  /// Its own is healthy; nothing: it knows of no such peer.
  std::optional<rules::peer_state> state;
  bool draining = false;
};

/// What is to be noted of it; nothing: the tables say it already, or nothing
/// is known. One that is suspected stays what it was, and one that joined after
/// the members were looked at is not gone because it was not among them.
std::optional<command> note_about(node_id node, const member& known,
                                  const member_view& seen);

} // namespace holdfast::catalog
