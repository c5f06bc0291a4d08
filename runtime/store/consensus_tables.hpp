// The tables of consensus and the checksums that hold them together.
//
//   meta      which database this is
//   ballot    term and vote
//   snapshot  at most one
//   entry     each carries a checksum of itself and of the one before it
//   seal      checksums of all of these, and the number of the last commit
//
// A row that was damaged, lost, or put back to an older state does not match
// the seal; a seal that was put back does not match the commit mark. Knows no
// files and no transactions: consensus_store does.
#pragma once

#include "actors/consensus/storage.hpp"
#include "runtime/store/consensus_rows.hpp"
#include "runtime/store/database.hpp"

#include <optional>

namespace holdfast::runtime {

class consensus_tables {
public:
  consensus_tables() = default;

  /// Makes them in an empty file.
  static shm::result<consensus_tables> create(database& in,
                                              const store_identity& identity);

  /// Checks that the tables are those that create() makes.
  static shm::result<consensus_tables> open(database& in);

  /// Reads all there is and compares it with the seal. Error: corrupt.
  shm::result<consensus::stored_log> read();

  const store_identity& identity() const noexcept {
    return identity_;
  }

  const log_seal& seal() const noexcept {
    return seal_;
  }

  /// For the commit mark.
  digest checksum_of_seal() const {
    return checksum_of(key(), seal_);
  }

  // Inside a transaction. After an error the object is of no more use.
  shm::result<void> write(const consensus::write& one);
  shm::result<void> write_identity(const store_identity& identity);
  shm::result<void> write_seal();

private:
  shm::result<void> prepare(database& in);
  shm::result<void> read_identity(database& in);
  shm::result<void> read_seal(database& in);
  shm::result<consensus::ballot> read_ballot(database& in);
  shm::result<std::optional<consensus::snapshot>> read_snapshot(database& in);
  shm::result<void> read_entries(database& in, consensus::stored_log& log);

  shm::result<void> write_ballot(const consensus::ballot& vote);
  shm::result<void> install(const consensus::install& base);
  shm::result<void> append(const consensus::append& tail);
  shm::result<void> drop_before(consensus::log_index index);
  shm::result<void> drop_from(consensus::log_index index);
  shm::result<digest> checksum_before(consensus::log_index index);

  const digest_key& key() const noexcept {
    return identity_.history;
  }

  database* in_ = nullptr;
  store_identity identity_;
  log_seal seal_;
  consensus::log_index snapshot_index_ = 0;
  statement put_ballot_;
  statement put_entry_;
  statement put_seal_;
  statement drop_before_;
  statement drop_from_;
  statement find_checksum_;
};

} // namespace holdfast::runtime
