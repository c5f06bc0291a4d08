// Memberships as bytes, in log entries and in the store's snapshots, and what
// makes one valid. What comes from a disk or a network is decoded or asked for
// is_valid before it is used, so only valid ones get any further.
//
// Knows no library: the bytes are ours, so that a log outlives it.
#pragma once

#include "actors/consensus/types.hpp"

#include <optional>
#include <span>

namespace holdfast::consensus {

/// Members of a cluster, learners included: each costs the leader messages.
inline constexpr std::size_t members_max = 64;
/// Bytes of an address: a host name of 253 with its port.
inline constexpr std::size_t address_bytes_max = 260;

/// Sorted by id, ids and addresses unique and not empty, one voter at least,
/// within the bounds.
bool is_valid(const membership& members);

/// Of a valid membership.
octets encode(const membership& members);

/// Nothing unless the bytes are those of a valid membership.
std::optional<membership> decode(std::span<const std::uint8_t> bytes);

/// The same number for the same membership on every machine; never 0.
std::uint64_t digest_of(const membership& members);

const member* find(const membership& members, node_id id);

std::size_t voter_count(const membership& members);

} // namespace holdfast::consensus
