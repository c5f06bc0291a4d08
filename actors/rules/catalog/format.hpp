// How entries of the log and snapshots are written: docs/catalog_format.md.
//
// There is exactly one way to write each, so equal tables have byte-identical
// snapshots. Everything read is untrusted. A format newer than ours is refused
// with words that say so; nothing in it is guessed at.
#pragma once

#include "actors/rules/catalog/tables.hpp"

#include <span>

namespace holdfast::catalog {

/// The newest format of entries and snapshots that this code knows. To be
/// raised with every change of what is written, of a bound in limits.hpp, of a
/// check, or of what a command does: replicas must decide alike.
inline constexpr std::uint16_t format_version = 1;

/// Errors: too_long, bad_argument.
shm::result<octets> encode(const entry& from);

/// Errors: protocol for a newer format, corrupt for anything else.
shm::result<entry> decode_entry(std::span<const std::uint8_t> from);

/// What whoever proposed is told. Its text is short and fit to be written.
octets encode(const outcome& from);
shm::result<outcome> decode_outcome(std::span<const std::uint8_t> from);

/// The same bytes wherever the same log was applied.
octets encode_snapshot(const tables& from);

/// Errors: protocol for a newer format, corrupt for anything else, also for
/// tables kept under other bounds.
shm::result<tables> decode_snapshot(std::span<const std::uint8_t> from,
                                    limits bounds = {});

} // namespace holdfast::catalog
