// Three members of etcd on this host.
#pragma once

#include "tests/bench/consensus_cluster.hpp"

#include <string>
#include <vector>

namespace holdfast::bench {

/// Why there cannot be one; empty if there can.
std::string why_no_etcd();

/// Started, in this directory, with its defaults or with what is given after
/// them. Throws when it cannot be.
std::unique_ptr<consensus_cluster>
make_etcd_cluster(std::string directory, std::vector<std::string> more = {});

} // namespace holdfast::bench
