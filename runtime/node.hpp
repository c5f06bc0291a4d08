// One node: starts the cast in order, wires it, ends it in reverse.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "config/node_config.hpp"
#include "runtime/attach_endpoint.hpp"
#include "runtime/beginning.hpp"
#include "runtime/caf_setup.hpp"
#include "runtime/cluster_cast.hpp"
#include "runtime/data_directory.hpp"
#include "runtime/discovery_watch.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/founding.hpp"
#include "runtime/how_it_began.hpp"
#include "runtime/loop_worker.hpp"
#include "runtime/region_cast.hpp"
#include "runtime/replication/network.hpp"
#include "runtime/store/opened_log.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <optional>
#include <string>

namespace holdfast::runtime {

/// Loop's thread only.
class node {
public:
  /// Serves when it returns. Errors: exists when another node has the data
  /// directory or the socket; corrupt when the log on disk is damaged;
  /// whatever stopped a region from being made.
  static shm::result<std::unique_ptr<node>>
  start(event_loop& loop, const config::node_config& config,
        actors::log_function log);

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Fences the regions, tells the clients, ends every actor. Whoever calls it
  /// starts the watchdog first.
  ~node();

  /// True once its disk failed or its history is broken: the loop was stopped
  /// for that, and nothing may be promised any more.
  bool has_left() const noexcept {
    return *left_;
  }

  /// True once another process with this node's id was found: the loop was
  /// stopped for that.
  bool has_twin() const noexcept {
    return has_twin_;
  }

private:
  node(event_loop& loop, const config::node_config& config,
       actors::log_function log, data_directory directory);

  shm::result<void> open_door();
  shm::result<void> start_cast(discovery_watch* watch);
  shm::result<void> open_replication();
  void start_elector(opened_log log, const founding& begun);
  void follow_directory(std::unique_ptr<discovery_watch> watch);
  void end_with_the_agreement();
  catalog::join_member own_member(std::uint64_t incarnation) const;
  shm::result<void> begin(std::uint64_t incarnation);
  actors::session_actor
  open_session(const actors::peer_credentials& credentials,
               std::shared_ptr<actors::session_line> line);

  event_loop& loop_;
  config::node_config config_;
  actors::log_function log_;
  data_directory directory_;
  caf_setup setup_;
  // Before the system: they outlive the actors.
  loop_worker worker_;
  loop_worker network_worker_;
  caf::actor_system system_;
  actors::catalog_actor catalog_;
  actors::log_store_actor log_store_;
  actors::elector_actor elector_;
  region_cast regions_;
  std::unique_ptr<replication_network> replication_; // null for a node alone
  actors::leadership_watcher_actor departure_watch_;
  std::shared_ptr<bool> left_ = std::make_shared<bool>(false);
  bool has_twin_ = false;
  beginning_actor beginning_;
  std::unique_ptr<cluster_cast> cluster_;
  std::unique_ptr<discovery_watch> discovery_; // null without a directory
  std::unique_ptr<attach_endpoint> endpoint_;
  shm::boot_clock::time_point started_;
  rules::wide_id process_; ///< drawn at each start
};

/// "0.1.0".
std::string node_version();

} // namespace holdfast::runtime
