// How CAF is set up: the only place that knows its configuration.
#pragma once

#include <caf/actor_system_config.hpp>

namespace holdfast::runtime {

/// Opens no port and reads no file, argument or environment.
class caf_setup : public caf::actor_system_config {
public:
  caf_setup();
};

} // namespace holdfast::runtime
