// One look at the whole cluster, for people and for decisions.
#pragma once

#include "actors/rules/peer_health.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace holdfast::rules {

enum class node_role : std::uint8_t {
  follower = 1,
  candidate = 2,
  leader = 3,
  learner = 4,
};

std::string_view text_of(node_role role) noexcept;

struct seen_peer {
  std::uint64_t node = 0;
  peer_state state = peer_state::down;
  bool voter = true;
};

/// What the elector knows.
struct election_view {
  std::uint64_t leader = 0; ///< 0: nobody
  std::uint64_t term = 0;
  node_role role = node_role::follower;
  bool voter = true; ///< this node
};

struct cluster_status {
  std::uint32_t total = 0; ///< this node and its peers
  std::uint32_t healthy = 0;
  std::uint32_t suspected = 0;
  std::uint32_t down = 0;
  bool degraded = false;         ///< somebody is not healthy
  bool quorum_available = false; ///< more than half of the voters are healthy
  std::uint64_t leader = 0;
  std::uint64_t term = 0;
  node_role role = node_role::follower;

  bool operator==(const cluster_status&) const = default;
};

/// This node counts as healthy: it can say so.
cluster_status look_at_cluster(const std::vector<seen_peer>& peers,
                               const election_view& election) noexcept;

} // namespace holdfast::rules
