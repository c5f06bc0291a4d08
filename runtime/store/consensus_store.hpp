// The log of consensus on disk: one SQLite file, beside it the mark of how far
// it had come.
//
// What commit() answered is there after a crash, in order and without a gap.
// What is damaged is reported as such and never repaired in silence: a node
// that lost its vote or its log must not take part as the one it was.
#pragma once

#include "actors/consensus/storage.hpp"
#include "runtime/lock_file.hpp"
#include "runtime/store/commit_mark.hpp"
#include "runtime/store/consensus_tables.hpp"
#include "runtime/store/database.hpp"

#include <memory>
#include <string>

namespace holdfast::runtime {

struct consensus_store_options {
  std::string directory; ///< made with mode 0700 if need be
  std::string cluster;
  consensus::node_id node = 0;
  std::string vfs{}; ///< the SQLite layer below; empty: the usual one
};

/// One thread at a time.
class consensus_store final : public consensus::storage {
public:
  /// Makes an empty one. Errors: exists when there is one, or what is left of
  /// one; refused when others may read the directory; system.
  static shm::result<std::unique_ptr<consensus_store>>
  create(const consensus_store_options& options);

  /// Errors: no_value when there is none; exists when somebody has it open;
  /// refused when it belongs to another node or cluster; corrupt; system.
  static shm::result<std::unique_ptr<consensus_store>>
  open(const consensus_store_options& options);

  /// Moves what is left of a corrupt one aside, to "consensus.db.corrupt-1"
  /// and so on, and answers that name. The node must not vote under its old
  /// number afterwards: it cannot know what it promised. Errors: no_value when
  /// there is nothing to move; exists when somebody has it open; system.
  static shm::result<std::string> set_aside(const std::string& directory);

  /// Once. Counts the incarnation if all is well.
  shm::result<consensus::stored_log> load() override;

  shm::result<void>
  commit(const std::vector<consensus::write>& writes) override;

  /// Valid after load().
  const store_identity& identity() const noexcept {
    return tables_.identity();
  }

private:
  enum class condition { opened, loaded, failed };

  consensus_store(lock_file lock, commit_mark mark, database db);

  shm::result<consensus::stored_log> read();
  shm::result<void> compare_with_mark() const;
  shm::result<void> count_incarnation();
  shm::result<void> write_all(const std::vector<consensus::write>& writes);
  shm::result<void> seal_and_commit();
  shm::result<void> shorten_log();

  lock_file lock_;
  commit_mark mark_;
  database db_;
  consensus_tables tables_; ///< its statements end before their database
  consensus_store_options options_;
  condition condition_ = condition::opened;
};

} // namespace holdfast::runtime
