// Starts and ends what makes a node one of a cluster: its identity, the door
// and the peers, and the actor that knows them.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "config/node_config.hpp"
#include "runtime/founding.hpp"
#include "runtime/peer_cast.hpp"

#include <boost/asio/io_context.hpp>
#include <caf/actor_system.hpp>
#include <caf/blocking_actor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace holdfast::runtime {

/// Checks the files of TLS and keeps copies in the data directory, which the
/// configuration names from then on. Before the actor system is made: CAF ends
/// the process when one does not fit. Error: bad_argument, after each complaint
/// was logged.
shm::result<void> prepare_tls(config::node_config& config,
                              const actors::log_function& log);

struct cluster_cast_options {
  config::node_config config;
  actors::elector_actor elector;
  actors::catalog_actor catalog;
  actors::region_router_actor router;
  std::uint16_t replication_port = 0; ///< that was bound
  rules::wide_id incarnation;         ///< drawn at each start
  founding begun;
  rules::history_end history; ///< where the log ends
  actors::log_function log;
};

/// Loop's thread only.
class cluster_cast {
public:
  /// Listens when it returns, if the node is in a cluster. Errors: refused or
  /// corrupt, about the identity; exists, when the port is taken.
  static shm::result<std::unique_ptr<cluster_cast>>
  start(caf::actor_system& system, boost::asio::io_context& io,
        const cluster_cast_options& options);

  cluster_cast(const cluster_cast&) = delete;
  cluster_cast& operator=(const cluster_cast&) = delete;

  /// Says goodbye, which the others take for proof that nothing is written here
  /// any more. Before the elector is ended.
  ~cluster_cast();

  const actors::cluster_actor& actor() const noexcept {
    return actor_;
  }

  /// The public key of this node, in digits; empty for a node alone.
  const std::string& key() const noexcept {
    return key_;
  }

  /// Calls `over`, on some thread, when other nodes are home of the regions and
  /// lead, where this one was and others can. The loop must run meanwhile.
  void hand_over(std::function<void()> over);

private:
  explicit cluster_cast(caf::actor_system& system) : system_{system} {
    // nop
  }

  shm::result<void> open_door(boost::asio::io_context& io,
                              const cluster_cast_options& options);
  void spawn(boost::asio::io_context& io, const cluster_cast_options& options);
  void hand_over_regions(caf::blocking_actor& self) const;
  void hand_over_leadership(caf::blocking_actor& self) const;

  caf::actor_system& system_;
  std::unique_ptr<peer_cast> peers_;
  actors::cluster_actor actor_;
  actors::catalog_actor catalog_;
  std::uint64_t node_ = 0;
  std::string key_; ///< in digits; empty for a node alone
};

} // namespace holdfast::runtime
