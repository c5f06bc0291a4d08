// The rows that consensus is stored in, and the checksum of each.
#pragma once

#include "actors/consensus/types.hpp"
#include "runtime/store/row_digest.hpp"

#include <string>

namespace holdfast::runtime {

/// Which database this is.
struct store_identity {
  std::string cluster;
  consensus::node_id node = 0;
  digest_key history{};          ///< random, made with the database
  std::uint64_t incarnation = 0; ///< counts the times it was loaded
};

/// What must be found again: checksums of all other rows, and where the log
/// begins and ends.
struct log_seal {
  std::uint64_t sequence = 0; ///< of the commit that wrote it
  consensus::log_index first = 1;
  consensus::log_index next = 1;
  digest before_first{}; ///< what the checksum of the first entry builds on
  digest last{};         ///< checksum of the last entry
  digest meta{};
  digest ballot{};
  digest snapshot{}; ///< zeros: there is none
};

/// Of the tables' format; what was made by another is not read.
inline constexpr std::uint64_t consensus_format = 1;

digest checksum_of(const store_identity& identity);
digest checksum_of(const digest_key& key, const consensus::ballot& vote);
digest checksum_of(const digest_key& key, const consensus::snapshot& base);
digest checksum_of(const digest_key& key, const log_seal& seal);

/// `before` is the checksum of the entry before it, so that no entry can be
/// exchanged for an older one at the same index.
digest checksum_of(const digest_key& key, const digest& before,
                   consensus::log_index index, const consensus::entry& entry);

} // namespace holdfast::runtime
