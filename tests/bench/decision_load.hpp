// As many decisions of a cluster as so many clients get.
#pragma once

#include "tests/bench/consensus_cluster.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace holdfast::bench {

using deciders = std::vector<std::unique_ptr<decider>>;

/// Connections to one member.
deciders connect_all(consensus_cluster& cluster, std::size_t member,
                     std::size_t count);

struct load_figures {
  double per_second = 0;
  double client_ns = 0;         ///< processor time of this process per decision
  std::vector<double> waits_ns; ///< of each decision, from ask to answer
};

/// Each client asks again as soon as it has its answer. Returns when all have
/// theirs. Throws when a decision is refused or does not come.
load_figures load(const deciders& clients, std::chrono::nanoseconds duration);

} // namespace holdfast::bench
