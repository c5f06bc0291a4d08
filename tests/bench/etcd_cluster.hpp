// Three members of etcd on this host, with its defaults.
#pragma once

#include "tests/bench/consensus_cluster.hpp"

#include <string>

namespace holdfast::bench {

/// Why there cannot be one; empty if there can.
std::string why_no_etcd();

/// Started, in this directory. Throws when it cannot be.
std::unique_ptr<consensus_cluster> make_etcd_cluster(std::string directory);

} // namespace holdfast::bench
