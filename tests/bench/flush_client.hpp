// A program that stores 64 bytes in a variable of its own and has them flushed,
// again and again.
#pragma once

#include "tests/bench/consensus_cluster.hpp"
#include "tests/bench/node_trio.hpp"

#include <memory>

namespace holdfast::bench {

/// At the home of region `bench`; v<index> is its variable. Throws when it is
/// not let in.
std::unique_ptr<decider> make_flush_client(const node_trio& nodes,
                                           std::size_t home, std::size_t index);

} // namespace holdfast::bench
