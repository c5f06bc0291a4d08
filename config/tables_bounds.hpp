// Bounds of comparing the tables of nodes. Two nodes that have others only find
// less to compare.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace holdfast::config {

/// Between two entries after which every node takes a digest of its tables; to
/// take one is to write a snapshot. And how many of them are kept.
inline constexpr std::uint64_t tables_mark_every = 4096;
inline constexpr std::size_t tables_marks_max = 4;
/// Time between two digests that somebody asks for, who need not hold any
/// right.
inline constexpr std::chrono::milliseconds tables_digest_interval{1000};
/// Time between two comparisons of a node's tables with the leader's.
inline constexpr std::chrono::milliseconds tables_compare_interval{10000};

/// Who wait in one node until the cluster has an id.
inline constexpr std::size_t cluster_id_watchers_max = 4;

} // namespace holdfast::config
