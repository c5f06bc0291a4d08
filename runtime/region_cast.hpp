// Starts the actors by which a node has regions.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "actors/replication_links.hpp"
#include "config/node_config.hpp"
#include "runtime/local_regions.hpp"

#include <boost/asio/io_context.hpp>
#include <caf/actor_system.hpp>

#include <memory>

namespace holdfast::runtime {

class loop_worker;

struct region_cast_options {
  config::node_config config;
  actors::catalog_actor catalog;
  rules::wide_id incarnation; ///< of this process
  std::shared_ptr<region_storages> disks;
  std::shared_ptr<actors::replication_links> links; ///< null: a node alone
  // Both outlive the system.
  boost::asio::io_context* io = nullptr;
  loop_worker* worker = nullptr;
  actors::log_function log;
};

/// Whoever has it ends the actors: the keeper by fencing all, the others after
/// it.
struct region_cast {
  actors::region_maker_actor maker;
  actors::region_router_actor router;
  actors::region_keeper_actor keeper;
  std::shared_ptr<local_regions> regions;

  static region_cast start(caf::actor_system& system,
                           const region_cast_options& options);
};

} // namespace holdfast::runtime
