// Runs a node until a signal ends it.
#pragma once

#include "apps/holdfast-node/exit_code.hpp"
#include "config/node_config.hpp"

namespace holdfast {

exit_code serve(const config::node_config& config);

} // namespace holdfast
