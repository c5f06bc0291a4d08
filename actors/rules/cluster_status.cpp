#include "actors/rules/cluster_status.hpp"

namespace holdfast::rules {

std::string_view text_of(node_role role) noexcept {
  switch (role) {
  case node_role::follower:
    return "follower";
  case node_role::candidate:
    return "candidate";
  case node_role::leader:
    return "leader";
  case node_role::learner:
    return "learner";
  }
  return "?";
}

cluster_status look_at_cluster(const std::vector<seen_peer>& peers,
                               const election_view& election) noexcept {
  cluster_status seen;
  std::uint32_t voters = election.voter ? 1 : 0;
  std::uint32_t healthy_voters = voters;
  seen.total = 1;
  seen.healthy = 1;
  for (const auto& peer : peers) {
    const bool healthy = peer.state == peer_state::healthy;
    ++seen.total;
    seen.healthy += healthy ? 1 : 0;
    seen.suspected += peer.state == peer_state::suspected ? 1 : 0;
    seen.down += peer.state == peer_state::down ? 1 : 0;
    voters += peer.voter ? 1 : 0;
    healthy_voters += peer.voter && healthy ? 1 : 0;
  }
  seen.degraded = seen.healthy < seen.total;
  seen.quorum_available = healthy_voters * 2 > voters;
  seen.leader = election.leader;
  seen.term = election.term;
  seen.role = election.role;
  return seen;
}

} // namespace holdfast::rules
