// Histories on disk: records mapped from files, so that whatever is killed,
// what was recorded stays. One process writes one client's files, each of a
// fixed number of records; the next is made when one is full.
#pragma once

#include "apps/holdfast-torture/checker/history.hpp"
#include "shm/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace holdfast::torture {

/// Of one file; its bytes are reserved when it is made.
inline constexpr std::size_t records_per_file_default = 16384;
/// Ids of nodes in a history.
inline constexpr std::uint32_t node_id_max = 4096;

class history_writer {
public:
  /// In a directory that is there. Throws std::runtime_error when a file cannot
  /// be made, here and in begin().
  history_writer(std::string directory, std::uint32_t client,
                 std::size_t records_per_file = records_per_file_default);
  history_writer(const history_writer&) = delete;
  history_writer& operator=(const history_writer&) = delete;
  ~history_writer();

  /// What is about to happen: kind, variable, value, epoch_before, begin_ns …
  /// The one before, if it was not ended, stays open.
  void begin(record what);

  /// What came of it: outcome, version, epoch, end_ns …
  void end(const record& result);

  /// Of something that is over already.
  void note(const record& whole) {
    begin(whole);
    end(whole);
  }

private:
  void make_file();
  void unmap() noexcept;

  std::string directory_;
  std::uint32_t client_;
  std::size_t per_file_;
  std::uint32_t files_ = 0;
  std::span<record> mapped_;
  std::size_t used_ = 0;
};

/// All histories of a directory. Errors: corrupt names the file and what is
/// wrong with it; system.
shm::result<history> load_histories(const std::string& directory);

} // namespace holdfast::torture
