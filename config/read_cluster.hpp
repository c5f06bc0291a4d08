// The section `cluster`: who the other nodes are and how they are reached.
#pragma once

#include "config/section_reader.hpp"

namespace holdfast::config {

/// `own_id` is the id of the node whose file it is.
cluster_section read_cluster(section_reader keys, std::uint64_t own_id,
                             report& out);

} // namespace holdfast::config
