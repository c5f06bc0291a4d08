// What works, but perhaps not as the operator believes.
#pragma once

#include "config/node_config.hpp"

#include <string>
#include <vector>

namespace holdfast::runtime {

/// Sentences for the log at start. Looks at the socket's directory and the
/// account database; changes nothing.
std::vector<std::string> start_warnings(const config::node_config& config);

} // namespace holdfast::runtime
