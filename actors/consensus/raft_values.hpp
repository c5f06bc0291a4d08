// Our values in the form of the library, and back. Only for raft_library.cpp.
#pragma once

#include "actors/consensus/log_cache.hpp"
#include "actors/consensus/messages.hpp"

#include <limits>

extern "C" {
#include <raft.h>
}

// Rule 2: the memory ownership of this interface changed after this release,
// and earlier ones lose acknowledged writes.
#if RAFT_VERSION_NUMBER != 2201
#error "Holdfast needs cowsql raft 0.22.1 (Debian: libraft-dev from backports)"
#endif

namespace holdfast::consensus {

// We never ask it to watch over the disk's space.
inline constexpr unsigned short unlimited
  = std::numeric_limits<unsigned short>::max();

entry_kind kind_of(raft_entry_type type);

/// Addresses stay with us; to the library the id is the address.
raft_configuration configuration_of(const membership& members);

/// Entries as the library takes them, in one batch, which this frees unless it
/// is released. The bytes of a change lie at its front.
class entry_batch {
public:
  explicit entry_batch(const std::vector<entry>& entries);

  entry_batch(const entry_batch&) = delete;
  entry_batch& operator=(const entry_batch&) = delete;

  ~entry_batch() {
    raft_free(batch_);
  }

  raft_entry* entries() {
    return entries_.data();
  }

  unsigned count() const {
    return static_cast<unsigned>(entries_.size());
  }

  /// The library has it now.
  void release() {
    batch_ = nullptr;
  }

private:
  void fill(const std::vector<entry>& entries,
            const std::vector<raft_buffer>& changes);

  char* batch_ = nullptr;
  std::vector<raft_entry> entries_;
};

body content_of(const raft_message& said);

/// `batch`: the entries of an append request, unless it has none.
raft_message message_of(const message& heard, entry_batch* batch);

} // namespace holdfast::consensus
