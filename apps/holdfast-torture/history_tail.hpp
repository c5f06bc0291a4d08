// Follows histories while they are written: whether anybody is served. What it
// sees only says how soon to go on; the check reads the files anew.
#pragma once

#include "apps/holdfast-torture/checker/record.hpp"
#include "shm/descriptor.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace holdfast::torture {

class history_tail {
public:
  explicit history_tail(std::string directory)
    : directory_{std::move(directory)} {
    // nop
  }

  /// Reads what is new. A client's file is followed from when it is there.
  void look();

  /// When the last acknowledged flush began; 0: there was none.
  std::int64_t last_flush_ns() const noexcept {
    return last_flush_ns_;
  }

private:
  struct file {
    shm::descriptor open;
    std::uint64_t next = 1; ///< in records; the first is the header's
  };

  void look(file& into);

  std::string directory_;
  std::map<std::string, file> files_;
  std::int64_t last_flush_ns_ = 0;
};

} // namespace holdfast::torture
