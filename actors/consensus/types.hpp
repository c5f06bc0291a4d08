// The words of consensus: what is agreed on, stored and sent, as plain values.
//
// Shared by the core, the elector, the store and the simulation. Knows no
// library, no CAF, no clock and no I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::consensus {

using node_id = std::uint64_t; ///< 0: nobody
using term_number = std::uint64_t;
using log_index = std::uint64_t; ///< the first entry has 1; 0: none

/// What CAF copies as a block; never std::byte (docs/caf.md).
using octets = std::vector<std::uint8_t>;

enum class entry_kind : std::uint8_t { command = 1, barrier = 2, change = 3 };

struct entry {
  term_number term = 0;
  entry_kind kind = entry_kind::command;
  octets data;

  bool operator==(const entry&) const = default;
};

/// A learner follows the log and does not vote.
enum class member_role : std::uint8_t { learner = 1, voter = 2 };

struct member {
  node_id id = 0;
  std::string address; ///< host:port of its peer door
  member_role role = member_role::voter;

  bool operator==(const member&) const = default;
};

/// Who belongs to the cluster, sorted by id.
struct membership {
  std::vector<member> members;

  bool operator==(const membership&) const = default;
};

/// Term and vote: on disk before anything is said in that term.
struct ballot {
  term_number term = 0;
  node_id voted_for = 0;

  bool operator==(const ballot&) const = default;
};

/// Replaces all entries up to `index`.
struct snapshot {
  log_index index = 0;
  term_number term = 0;
  log_index membership_index = 0; ///< of the change that made `members`
  membership members;
  octets state;

  bool operator==(const snapshot&) const = default;
};

/// What a node finds on its disk at start.
struct stored_log {
  ballot vote;
  std::optional<snapshot> base;
  log_index first = 1; ///< index of entries.front(), or of the next one
  std::vector<entry> entries;

  bool operator==(const stored_log&) const = default;

  /// It may have a term and a vote all the same.
  bool is_empty() const {
    return entries.empty() && !base;
  }
};

/// Entries to be on disk: whatever is stored from `first` on goes first.
struct append {
  log_index first = 0;
  std::vector<entry> entries;
};

/// A snapshot to be on disk. Entries before `keep_from` go; with
/// `replaces_log`, all entries go and the next one is base.index + 1.
struct install {
  snapshot base;
  log_index keep_from = 0;
  bool replaces_log = false;
};

} // namespace holdfast::consensus
