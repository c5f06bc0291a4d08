// The actors that other nodes speak to: starts a door over a network of its
// own, and makes the peer of each other node.
#pragma once

#include "actors/peer.hpp"
#include "actors/peer_starter.hpp"
#include "config/node_config.hpp"
#include "runtime/peer_network.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::runtime {

struct peer_cast_options {
  std::uint64_t node = 0;
  config::cluster_section cluster;
  std::chrono::milliseconds lease_duration{};
  /// How this node and that other one prove themselves to each other.
  std::function<actors::peer_identity(std::uint64_t node)> identity;
  std::string public_key{};
  rules::wide_id incarnation{}; ///< drawn at each start
  caf::strong_actor_ptr elector{};
  caf::strong_actor_ptr router{}; ///< of regions
  std::uint16_t replication_port = 0;
  actors::log_function log;
};

/// Of what nodes say to each other.
inline constexpr std::uint32_t peer_protocol = 5;

/// What must be the same in all nodes, one `name=value` a line.
std::string settings_of(const config::cluster_section& cluster,
                        std::chrono::milliseconds lease_duration);

/// Loop's thread only.
class peer_cast {
public:
  /// Listens when it returns, and knows nobody. The system must have been set
  /// up by load_network(). Error: the port cannot be bound.
  static shm::result<std::unique_ptr<peer_cast>>
  start(caf::actor_system& system, boost::asio::io_context& io,
        const peer_cast_options& options);

  peer_cast(const peer_cast&) = delete;
  peer_cast& operator=(const peer_cast&) = delete;

  /// To be called when the peers have ended.
  ~peer_cast();

  /// What those are told who knock, and who hears of them.
  void guide(const config::node_config& config, std::uint64_t founders,
             const actors::cluster_actor& cluster);

  /// Makes a peer and lets it in at the door. Any thread may call what this
  /// returns, while the system runs.
  actors::peer_starter starter() const;

private:
  peer_cast(caf::actor_system& system, const peer_cast_options& options);

  caf::actor_system& system_;
  std::shared_ptr<const peer_cast_options> options_;
  std::unique_ptr<peer_network> network_;
  actors::own_door_actor door_;
};

} // namespace holdfast::runtime
