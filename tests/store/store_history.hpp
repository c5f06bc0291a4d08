// A history of commits that a seed and a number determine, and directories to
// play it in.
#pragma once

#include "runtime/store/consensus_store.hpp"
#include "tests/support/memory_storage.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace holdfast::test {

/// Gone with everything in it at the end.
class scratch_directory {
public:
  scratch_directory();
  ~scratch_directory();

  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  const std::filesystem::path& path() const noexcept {
    return path_;
  }

  /// Of node 1 in cluster "test", in a directory "store" in here.
  runtime::consensus_store_options options(std::string vfs = {}) const;

  std::string file(const std::string& name) const;

private:
  std::filesystem::path path_;
};

/// What the node writes in its n-th commit: mostly entries, sometimes a vote,
/// a tail taken back, a snapshot, or one that replaces the log.
class store_history {
public:
  explicit store_history(std::uint64_t seed);

  /// The writes of the next commit.
  std::vector<consensus::write> next();

  /// What must be stored once all so far are.
  const consensus::stored_log& log() const noexcept {
    return log_;
  }

  std::uint64_t commits() const noexcept {
    return commits_;
  }

private:
  std::uint64_t random(std::uint64_t below);
  consensus::entry some_entry();
  consensus::write next_write();
  consensus::snapshot snapshot_at(consensus::log_index index);

  std::uint64_t state_;
  std::uint64_t commits_ = 0;
  consensus::stored_log log_;
};

std::vector<std::uint8_t> read_file(const std::string& path);
void write_file(const std::string& path,
                const std::vector<std::uint8_t>& content);

} // namespace holdfast::test
