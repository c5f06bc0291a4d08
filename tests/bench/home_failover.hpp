// How long nobody can flush in a region when its home goes.
#pragma once

#include "tests/bench/failover.hpp"
#include "tests/bench/node_trio.hpp"

namespace holdfast::bench {

/// Nanoseconds from the signal to the first flush that ended well at another
/// node, of a program that asks both others for the region. Leaves the nodes
/// settled again: member 0 leads, and `home` is the home. Throws when nobody
/// takes the region over.
double fail_over_home(node_trio& nodes, std::size_t home, leader_end how);

/// So that there is a value to read. Throws when the home flushes nothing.
void flush_once(const node_trio& nodes, std::size_t home);

} // namespace holdfast::bench
