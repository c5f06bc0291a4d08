#include "runtime/store/consensus_rows.hpp"

#include "actors/consensus/membership.hpp"

namespace holdfast::runtime {

digest checksum_of(const store_identity& identity) {
  return row_digest{identity.history, "meta"}
    .add(consensus_format)
    .add(std::string_view{identity.cluster})
    .add(identity.node)
    .add(identity.incarnation)
    .finish();
}

digest checksum_of(const digest_key& key, const consensus::ballot& vote) {
  return row_digest{key, "ballot"}.add(vote.term).add(vote.voted_for).finish();
}

digest checksum_of(const digest_key& key, const consensus::snapshot& base) {
  return row_digest{key, "snapshot"}
    .add(base.index)
    .add(base.term)
    .add(base.membership_index)
    .add(consensus::encode(base.members))
    .add(base.state)
    .finish();
}

digest checksum_of(const digest_key& key, const log_seal& seal) {
  return row_digest{key, "seal"}
    .add(seal.sequence)
    .add(seal.first)
    .add(seal.next)
    .add(seal.before_first)
    .add(seal.last)
    .add(seal.meta)
    .add(seal.ballot)
    .add(seal.snapshot)
    .finish();
}

digest checksum_of(const digest_key& key, const digest& before,
                   consensus::log_index index, const consensus::entry& entry) {
  return row_digest{key, "entry"}
    .add(before)
    .add(index)
    .add(entry.term)
    .add(static_cast<std::uint64_t>(entry.kind))
    .add(entry.data)
    .finish();
}

} // namespace holdfast::runtime
