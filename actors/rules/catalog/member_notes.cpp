#include "actors/rules/catalog/member_notes.hpp"

namespace holdfast::catalog {

std::optional<command> note_about(node_id node, const member& known,
                                  const member_view& seen) {
  if (!seen.belongs && known.joined <= seen.as_of)
    return leave_member{node};
  if (!seen.state)
    return std::nullopt;
  const bool down = *seen.state == rules::peer_state::down;
  const bool healthy = *seen.state == rules::peer_state::healthy;
  if ((down && !known.down) || (healthy && known.down))
    return decide_health{node, known.incarnation, down};
  if (seen.draining == known.draining)
    return std::nullopt;
  change_member changed;
  changed.node = node;
  changed.draining = seen.draining;
  return changed;
}

} // namespace holdfast::catalog
