// The actors that speak to other nodes: starts a door and a peer for each node
// of the list, over a network of its own, and ends them in reverse.
#pragma once

#include "actors/peer.hpp"
#include "config/node_config.hpp"
#include "runtime/peer_network.hpp"

#include <memory>
#include <string>
#include <vector>

namespace holdfast::runtime {

struct peer_cast_options {
  std::uint64_t node = 0;
  config::cluster_section cluster;
  std::chrono::milliseconds lease_duration{};
  actors::peer_identity identity;
  std::string public_key{};
  rules::wide_id incarnation{}; ///< drawn at each start
  rules::wide_id cluster_id{};
  /// Where this node's log ends now. Any thread may call it.
  std::function<rules::history_end()> history{};
  caf::strong_actor_ptr elector{};
  actors::peer_service_actor service{};
  std::vector<actors::peer_listener_actor> listeners{};
  actors::log_function log;
};

/// What must be the same in all nodes, one `name=value` a line.
std::string settings_of(const config::cluster_section& cluster,
                        std::chrono::milliseconds lease_duration);

/// Of the ids of all nodes of the list and of this one; never 0.
std::uint64_t founders_of(const config::cluster_section& cluster,
                          std::uint64_t node);

/// Loop's thread only.
class peer_cast {
public:
  /// Listens when it returns. The system must have been set up by
  /// load_network(). Error: the port cannot be bound.
  static shm::result<std::unique_ptr<peer_cast>>
  start(caf::actor_system& system, boost::asio::io_context& io,
        const peer_cast_options& options);

  peer_cast(const peer_cast&) = delete;
  peer_cast& operator=(const peer_cast&) = delete;

  /// The other nodes see that this one stops: call it after everything that
  /// they may take over has been given up.
  ~peer_cast();

  const std::vector<actors::peer_actor>& peers() const noexcept {
    return peers_;
  }

private:
  peer_cast() = default;

  std::unique_ptr<peer_network> network_;
  std::vector<actors::peer_actor> peers_;
  actors::peer_door_actor door_;
};

} // namespace holdfast::runtime
