// The log in memory: the entries since the last snapshot, some before it, and
// the memberships that stand in them.
//
// It holds what the library does not keep, the bytes of the entries; and it
// answers for the library where the guards need to know what a log says.
#pragma once

#include "actors/consensus/types.hpp"

#include <deque>
#include <map>

namespace holdfast::consensus {

class log_cache {
public:
  log_cache() = default;

  /// From what was found on disk; its changes can be decoded.
  explicit log_cache(stored_log stored);

  log_index first() const {
    return first_;
  }

  /// Of the last entry, or of the snapshot if there is none after it.
  log_index last() const {
    return first_ + entries_.size() - 1;
  }

  const std::optional<snapshot>& base() const {
    return base_;
  }

  bool has(log_index index) const {
    return index >= first_ && index <= last();
  }

  const entry& at(log_index index) const;

  /// 0 where neither an entry nor the snapshot tells.
  term_number term_of(log_index index) const;

  /// Replaces everything from `from` on.
  void put(log_index from, const std::vector<entry>& entries);

  /// Takes the place of all entries.
  void restore(snapshot base);

  /// A snapshot of our own: entries before `keep_from` go.
  void compact(snapshot base, log_index keep_from);

  /// The first entry kept when a snapshot is made at `index`. The library
  /// keeps the same ones by the same rule.
  log_index keep_from(log_index index, log_index trailing) const;

  /// Of the last change up to `index`, with the index of that change; none
  /// before the first.
  std::pair<log_index, const membership*> membership_at(log_index index) const;

private:
  std::optional<snapshot> base_;
  log_index first_ = 1;
  std::deque<entry> entries_;
  std::map<log_index, membership> changes_;
};

} // namespace holdfast::consensus
