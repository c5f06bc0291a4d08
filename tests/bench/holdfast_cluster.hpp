// Three holdfast-node processes on this host, with the defaults.
#pragma once

#include "tests/bench/consensus_cluster.hpp"

#include <string>

namespace holdfast::bench {

/// Started. Throws when it cannot be.
std::unique_ptr<consensus_cluster> make_holdfast_cluster();

} // namespace holdfast::bench
