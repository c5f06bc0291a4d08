// Bounds of the replicated tables: part of what nodes agree on. To change one
// of them is to raise the format version (docs/catalog_format.md).
#pragma once

#include <cstddef>
#include <cstdint>

namespace holdfast::config {

/// Members of a cluster: each keeps a link to every other.
inline constexpr std::uint64_t catalog_members_max = 64;
/// Regions of all tenants: a snapshot of the tables stays a few MiB.
inline constexpr std::uint64_t catalog_regions_max = 16384;
/// Variables of all regions: about 90 bytes each in a snapshot.
inline constexpr std::uint64_t catalog_variables_max = 131072;
/// Sessions of all nodes: about 250 bytes each in a snapshot.
inline constexpr std::uint64_t catalog_sessions_max = 16384;
/// Nodes beside the home that hold a region: losing three of seven is enough.
inline constexpr std::uint64_t replicas_max = 6;
/// Decisions that the audit trail keeps: the oldest goes first.
inline constexpr std::uint64_t audit_records_max = 4096;
/// Records of one page of the audit trail: fits a frame of the protocol.
inline constexpr std::uint64_t audit_page_max = 100;

/// Results remembered for a node's requests: more than it has under way.
inline constexpr std::uint64_t results_per_node_max = 256;
/// Results remembered for a session's requests: it has one under way, and a
/// few more after it moved to another node.
inline constexpr std::uint64_t results_per_session_max = 16;

/// Bytes of an entry of the log: one frame and its version.
inline constexpr std::size_t catalog_entry_bytes_max
  = (std::size_t{64} << 10) + 8;
/// Bytes of a snapshot: consensus sends it in one piece.
inline constexpr std::size_t catalog_snapshot_bytes_max = std::size_t{64} << 20;

/// Bytes of a client's own words, a key and a result's text.
inline constexpr std::size_t client_words_bytes_max = 63;
inline constexpr std::size_t key_bytes_max = 128;
inline constexpr std::size_t result_text_bytes_max = 255;
inline constexpr std::size_t token_hash_bytes_max = 64;

} // namespace holdfast::config
