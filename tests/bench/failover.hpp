// How long a cluster decides nothing when its leader goes.
#pragma once

#include "tests/bench/consensus_cluster.hpp"

namespace holdfast::bench {

enum class leader_end {
  killed, ///< SIGKILL: its connections close and its port refuses
  silent  ///< SIGSTOP: its connections stay open
};

/// Nanoseconds from the signal to the first decision that was asked for
/// afterwards. Leaves the cluster settled again. Throws when it stays down.
double fail_over(consensus_cluster& cluster, leader_end how);

} // namespace holdfast::bench
