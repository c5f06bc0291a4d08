// How far a database had come, beside the database.
//
// SQLite takes a write-ahead log that ends in a damaged frame for one whose
// last commit was interrupted, and drops what comes after. So the number of
// the last commit is kept in a file of its own: a database that answers less
// has lost what was promised. It is written after each commit and not synced:
// it may lag behind the truth, never run ahead of it.
#pragma once

#include "runtime/store/row_digest.hpp"
#include "shm/descriptor.hpp"
#include "shm/error.hpp"

#include <string>

namespace holdfast::runtime {

struct commit_point {
  std::uint64_t sequence = 0;
  digest seal{}; ///< of everything that was stored then
};

class commit_mark {
public:
  commit_mark() = default;

  /// Makes the file, or starts it anew, and syncs it.
  static shm::result<commit_mark> create(const std::string& path,
                                         const commit_point& first);

  /// Errors: no_value when there is no such file; corrupt; system.
  static shm::result<commit_mark> open(const std::string& path);

  const commit_point& last() const noexcept {
    return last_;
  }

  shm::result<void> write(const commit_point& point);
  shm::result<void> sync();

private:
  shm::descriptor fd_;
  commit_point last_;
};

} // namespace holdfast::runtime
