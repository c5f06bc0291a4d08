// The way to other nodes: the only file that speaks to CAF's I/O and TLS.
//
// A node without a cluster never makes one, so it opens no port.
#pragma once

#include "actors/interfaces.hpp"
#include "config/node_config.hpp"
#include "runtime/reach_probe.hpp"
#include "shm/error.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <memory>
#include <string>

namespace holdfast::runtime {

/// Before the actor system is made: loads CAF's I/O, and TLS if configured.
void load_network(caf::actor_system_config& setup,
                  const config::cluster_section& cluster);

/// What makes a node of that cluster react to a connection.
std::string greeting_for(const config::cluster_section& cluster);

/// Loop's thread only.
class peer_network {
public:
  /// The system must have been set up by load_network().
  static std::unique_ptr<peer_network>
  start(caf::actor_system& system, boost::asio::io_context& io,
        const config::cluster_section& cluster);

  peer_network(const peer_network&) = delete;
  peer_network& operator=(const peer_network&) = delete;

  /// Closes the port and ends the network's actor; the door and the peers are
  /// ended by whoever started them.
  ~peer_network();

  /// For the peers to reach others with.
  const actors::peer_network_actor& actor() const noexcept {
    return actor_;
  }

  /// Listens. To be called once, before the loop runs: it waits for CAF. The
  /// port that was bound, or why none was.
  shm::result<std::uint16_t> publish(const actors::peer_door_actor& door);

private:
  peer_network(caf::actor_system& system,
               const config::cluster_section& cluster);

  caf::actor_system& system_;
  config::cluster_section cluster_;
  actors::peer_network_actor actor_;
  caf::actor_addr door_;
  std::uint16_t port_ = 0;
  std::unique_ptr<reach_probe> probe_;
};

} // namespace holdfast::runtime
