// Makes the connections on which the holders of regions speak to each other:
// listens, calls, and lets those in who know the link of their peer.
//
// A connection of its own beside CAF's, because the event loop that hears of a
// change writes it here at once, and the one that reads it runs the region
// (docs/decisions/0016). Who the other node is was proven between the peers;
// over TLS it shows a certificate of the cluster once more.
#pragma once

#include "actors/log.hpp"
#include "actors/replication_links.hpp"
#include "config/node_config.hpp"
#include "shm/error.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>

namespace holdfast::runtime {

struct replication_network_options {
  std::uint64_t node = 0; ///< this one
  config::cluster_section cluster;
  /// Called on the loop's thread.
  std::function<void(region_packet packet)> arrived;
  std::function<double()> chance; ///< in [0, 1]
  actors::log_function log;
};

/// The loop's thread only, but for links().
class replication_network {
public:
  /// Listens when it returns. Errors: exists, the port is taken;
  /// bad_argument, the files of TLS do not fit.
  static shm::result<std::unique_ptr<replication_network>>
  open(boost::asio::io_context& io, replication_network_options options);

  replication_network(const replication_network&) = delete;
  replication_network& operator=(const replication_network&) = delete;

  /// Nothing arrives any more; links() stay and lead nowhere.
  ~replication_network();

  std::uint16_t port() const;

  std::shared_ptr<actors::replication_links> links() const;

private:
  class state;

  explicit replication_network(std::shared_ptr<state> made);

  std::shared_ptr<state> state_;
};

} // namespace holdfast::runtime
