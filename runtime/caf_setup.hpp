// How CAF is set up: the only place that knows its configuration.
#pragma once

#include "config/node_config.hpp"

#include <caf/actor_system_config.hpp>

#include <optional>

namespace holdfast::runtime {

/// Opens no port and reads no file, argument or environment. CAF's network is
/// loaded only for a node in a cluster.
class caf_setup : public caf::actor_system_config {
public:
  explicit caf_setup(const std::optional<config::cluster_section>& cluster
                     = std::nullopt);
};

} // namespace holdfast::runtime
