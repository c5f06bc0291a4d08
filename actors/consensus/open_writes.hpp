// The writes that the disk has not reported yet, oldest first, and which of
// their entries still stand.
//
// An entry that was replaced while its write was under way is never told as
// stored: the same index and term may stand in a later write too.
#pragma once

#include "actors/consensus/spoken.hpp"

#include <algorithm>
#include <memory>
#include <optional>

namespace holdfast::consensus {

struct open_write {
  write_number number = 0;
  log_index last_entry = 0; ///< 0: none, or none that still stands
  /// Our own snapshot, or a received one.
  std::shared_ptr<const snapshot> base;
  bool received = false; ///< the snapshot came from the leader
};

class open_writes {
public:
  void add(open_write made) {
    open_.push_back(std::move(made));
  }

  /// Entries from here on were replaced.
  void truncate(log_index from) {
    for (auto& one : open_)
      one.last_entry = std::min(one.last_entry, from - 1);
  }

  bool has_base() const {
    return std::any_of(open_.begin(), open_.end(), [](const open_write& one) {
      return one.base != nullptr;
    });
  }

  /// The oldest one, if it is among those up to `stored`.
  std::optional<open_write> take(write_number stored) {
    if (open_.empty() || open_.front().number > stored)
      return std::nullopt;
    auto result = std::move(open_.front());
    open_.pop_front();
    return result;
  }

private:
  std::deque<open_write> open_;
};

} // namespace holdfast::consensus
