// What the rule wants done, in this order.
#pragma once

#include "actors/rules/region_replica/values.hpp"

namespace holdfast::region_replica {

/// Of whoever waits for a flush or a read; unique on the node.
using waiter = std::uint64_t;

enum class outcome : std::uint8_t {
  ok = 1,
  fenced = 2,  ///< this is no home: nothing was promised
  unknown = 3, ///< it may have happened
  rejected = 4 ///< too many wait; no effect
};

/// To another holder. A delta and values get the bytes of their rows from
/// memory as they are sent, and row::carry() says what was read. A row above
/// message_bytes_max stands alone in its message.
struct send {
  node_id to = 0;
  message what;
};

/// Write these rows' bytes, which came with the message being handled, into
/// memory, each under stored.version; none is older than what is there.
/// Before what follows. What belongs together is shown at one instant; while
/// something of it is apart, nobody is to read it as a group.
struct apply {
  epoch_number epoch = 0; ///< to be published before the values
  std::vector<row> rows;
  grouping groups;
};

/// Store the value that is there once more, under a version above this one, so
/// that on_drained() tells it; unless it has one by now.
struct outnumber {
  variable_key key = 0;
  std::uint64_t above = 0;
};

/// A home that serves: store these bytes, which came with the message being
/// handled, under a version above stored.version, unless the variable has a
/// value by now; on_drained() tells which.
struct take_over {
  std::vector<row> rows;
};

/// All values of the region are gone: begin with new memory.
struct wipe {};

/// Let no client store any more, drain what they stored, and hand that to
/// on_stopped(), which answers the next home.
struct stop_writers {};

/// For control memory. Publish state and lease together.
struct publish {
  enum class state : std::uint8_t {
    serving = 1,  ///< a home with a lease
    fenced = 2,   ///< a home without: another node may be one
    following = 3 ///< a replica
  };
  state now = state::fenced;
  epoch_number epoch = 0;
  node_id home = 0;
  boot_time lease_end{};

  bool operator==(const publish&) const = default;
};

struct committed_version {
  variable_key key = 0;
  std::uint64_t version = 0;
  bool operator==(const committed_version&) const = default;
};

/// A majority holds these, and all changes up to `up_to`.
struct commit {
  sequence up_to = 0;
  std::vector<committed_version> versions;
};

/// A flush or a read is over.
struct end_wait {
  waiter who = 0;
  outcome how = outcome::ok;
};

/// A majority has it all in this epoch: propose settle_region. Asked again
/// until the placement says so.
struct settle {
  epoch_number epoch = 0;
};

/// This node was home, stored these, and the home after it did not take them
/// over. For the audit trail.
struct discard {
  std::vector<committed_version> versions;
};

/// Fewer than a majority of the holders kept their memory: what was flushed,
/// but is not on disk, may be gone. For the audit trail and the clients.
struct report_loss {
  std::size_t whole = 0;    ///< holders that kept theirs
  std::size_t restored = 0; ///< others, that have what was on their disks
  std::size_t needed = 0;   ///< of both: then what was flushed to disk is there
};

using action
  = std::variant<send, apply, outnumber, take_over, wipe, stop_writers, publish,
                 commit, end_wait, settle, discard, report_loss>;
using actions = std::vector<action>;

} // namespace holdfast::region_replica
