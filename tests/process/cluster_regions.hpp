// Regions as a cluster's decisions: made at one node, known at every node.
#pragma once

#include "tests/process/node_cluster.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace holdfast::test {

/// Something that only a majority can decide: a region more.
shm::result<wire::fields> create(const node_cluster& cluster, std::uint64_t at,
                                 const std::string& region);

/// Elections and retries take their time: a decision is asked for until it is
/// made, or known to be made already.
bool creates(const node_cluster& cluster, std::uint64_t at,
             const std::string& region);

/// The home that this node names; 0: it knows of no such region.
std::uint64_t home_seen_by(const node_cluster& cluster, std::uint64_t id,
                           const std::string& region);

/// All that this node knows of, page by page; nothing: it did not answer.
std::optional<std::set<std::string>> regions_at(const node_cluster& cluster,
                                                std::uint64_t id);

/// Until all of these know every one of the regions, whatever their homes.
bool all_know(const node_cluster& cluster, const std::set<std::uint64_t>& nodes,
              const std::set<std::string>& regions,
              std::chrono::seconds patience = std::chrono::seconds{30});

/// Until this one leads all nodes and all know of a first decision. Before, a
/// node that has no tables yet answers `unavailable` to everything.
bool is_settled(const node_cluster& cluster, std::uint64_t leader);

/// Until the tables of all these say of the region what the answer to its
/// creation said: acknowledged is there, no_leader is not. Other answers leave
/// both open.
bool is_as_answered(const node_cluster& cluster,
                    const std::set<std::uint64_t>& nodes,
                    const std::string& region,
                    const shm::result<wire::fields>& answer);

} // namespace holdfast::test
