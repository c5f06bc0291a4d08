// Makes the peer of another node. Knows no socket: runtime/ hands one in.
#pragma once

#include "actors/interfaces.hpp"
#include "config/address.hpp"

#include <cstdint>
#include <functional>

namespace holdfast::actors {

/// Makes the peer of another node, which tells its state to `cluster` and lets
/// it serve what the other node asks. `founders`: digest of the members that
/// the cluster was founded with; 0: not known.
using peer_starter = std::function<peer_actor(
  std::uint64_t node, const config::address& where,
  const cluster_actor& cluster, std::uint64_t founders)>;

} // namespace holdfast::actors
