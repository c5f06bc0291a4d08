// What the log of consensus is kept in. runtime/store/ has the one on disk, the
// simulation one that loses what was not synced.
#pragma once

#include "actors/consensus/types.hpp"
#include "shm/error.hpp"

#include <optional>
#include <vector>

namespace holdfast::consensus {

/// Writes of one step, in order: ballot, then snapshot, then entries.
struct write {
  std::optional<ballot> vote;
  std::optional<install> base;
  std::optional<append> tail;
};

class storage {
public:
  storage() = default;
  storage(const storage&) = delete;
  storage& operator=(const storage&) = delete;
  virtual ~storage() = default;

  /// Everything there is. Errors: corrupt when a checksum does not match, in
  /// which case nothing was changed on disk; system.
  virtual shm::result<stored_log> load() = 0;

  /// All of it is on disk when it returns: one transaction, one sync. After an
  /// error nothing may be said about the writes, and no other is tried.
  virtual shm::result<void> commit(const std::vector<write>& writes) = 0;
};

} // namespace holdfast::consensus
