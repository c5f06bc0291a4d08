// The words that the holders of a region share: what a value is called, where
// the region is placed, and what they say to each other.
//
// Messages name values and hold no bytes of them. Whoever carries a delta or
// values reads the bytes from memory as it sends, and writes them into memory
// when the rule says so.
#pragma once

#include "actors/rules/lease.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

namespace holdfast::region_replica {

using rules::boot_time;
using duration = std::chrono::nanoseconds;
using node_id = std::uint64_t;
/// Of a machine: greater than that of any before it on its node, also of those
/// that the node gave up without a restart. 0: not known.
using life = std::uint64_t;
using epoch_number = std::uint64_t; ///< the index of the entry that decided it
using sequence = std::uint64_t;     ///< orders the changes of a home; 0: none
/// A variable: the same on every holder, and never used for another one.
using variable_key = std::uint64_t;

/// A value's name. One home stores in an epoch, so no two have the same.
struct stamp {
  epoch_number epoch = 0;    ///< in which it was stored
  std::uint64_t version = 0; ///< of its variable; 0: no value yet

  auto operator<=>(const stamp&) const = default;
};

/// What the catalog says about the region.
struct placement {
  node_id home = 0;
  std::set<node_id> replicas; ///< without the home
  epoch_number epoch = 0;
  epoch_number settled_epoch = 0;
  std::set<node_id> settled_holders; ///< of the last settled epoch
  epoch_number began_empty = 0; ///< the last epoch that took over no values
  /// Of the settled holders, those that are members no more: they will never
  /// answer.
  std::set<node_id> departed;

  std::set<node_id> holders() const;
  bool settled() const noexcept {
    return epoch != 0 && settled_epoch == epoch;
  }
  bool anew() const noexcept {
    return began_empty == epoch;
  }
  /// A node keeps its copy while this is true: what it holds may be asked for.
  bool concerns(node_id node) const;
  /// More than half of them are in the other set.
  static bool majority(const std::set<node_id>& of,
                       const std::set<node_id>& who);

  bool operator==(const placement&) const = default;
};

/// One value of a delta, of pulled values, or of a report.
struct row {
  variable_key key = 0;
  stamp stored;            ///< what the bytes are
  std::uint64_t bytes = 0; ///< of them
  /// The home's last change of it, and the version that it had then: what is
  /// committed with that sequence. Zero outside of deltas.
  sequence changed = 0;
  std::uint64_t drained = 0;

  /// As the carrier read it: in `now`, at least as new as the rule knew.
  void carry(std::uint64_t version, std::uint64_t length, epoch_number now) {
    if (version != stored.version)
      stored = {now, version};
    bytes = length;
  }

  bool operator==(const row&) const = default;
};

/// What a value takes in a message beside its bytes: its row, and the tail that
/// the carrier gives it (store_ledger.hpp).
inline constexpr std::size_t row_bytes = sizeof(row) + 8;

/// What is in a node's memory of the region.
enum class memory : std::uint8_t {
  blank = 1,    ///< less than it should: it began empty and is not whole yet
  restored = 2, ///< from its disk: what was durable is there
  whole = 3     ///< all that it ever said it has
};

/// Which rows of a message are of variables that are stored in groups: what
/// they say the sender had at one instant, so they are shown together.
struct grouping {
  std::uint32_t together = 0; ///< the first so many rows
  bool apart = false;         ///< others that belong to them are still to come
  bool operator==(const grouping&) const = default;
};

// -- what the home says -------------------------------------------------------

/// Promise this epoch and report what you hold, behind `after`.
struct ask {
  std::uint64_t number = 0; ///< of the stream that the answer begins
  bool anew = false;        ///< the epoch takes over no values
  std::optional<variable_key> after;
  bool operator==(const ask&) const = default;
};

/// Send these values.
struct pull {
  std::uint64_t number = 0;
  std::vector<variable_key> keys;
  bool operator==(const pull&) const = default;
};

/// What changed. The carrier adds the bytes of each row.
struct delta {
  std::uint64_t stream = 0;
  std::uint64_t number = 0;  ///< ascends in the stream, never used twice
  std::uint64_t follows = 0; ///< to be taken after this one, or one behind it
  sequence covers = 0;       ///< with it the holder has all changes up to here
  bool whole = false;        ///< and all that was before it
  sequence committed = 0;
  std::vector<row> rows;
  grouping groups;
  bool operator==(const delta&) const = default;
};

/// I am still home.
struct beat {
  std::uint64_t stream = 0; ///< 0: none yet
  boot_time asked_at{};     ///< by the home's clock
  sequence committed = 0;
  bool operator==(const beat&) const = default;
};

// -- what the other holders answer --------------------------------------------

/// When a holder last let a home go on, and which.
struct grant {
  node_id home = 0; ///< 0: none, or it lost its memory of it
  life of = 0;
  std::optional<duration> age; ///< when this is sent; nothing: never
  bool operator==(const grant&) const = default;
};

struct report {
  std::uint64_t number = 0; ///< of the ask
  memory kind = memory::blank;
  epoch_number held = 0; ///< in which it was whole; 0: none
  grant granted;
  std::optional<variable_key> after; ///< rows behind this key, ascending
  bool more = false;
  std::vector<row> rows;
  std::vector<variable_key> grouped; ///< of the rows: stored in groups
  bool operator==(const report&) const = default;
};

/// The carrier adds the bytes of each row.
struct values {
  std::uint64_t number = 0;   ///< of the pull
  std::vector<row> rows;      ///< those of the wanted that have a value
  std::uint32_t together = 0; ///< the first so many are stored in groups
  bool operator==(const values&) const = default;
};

struct delta_ack {
  std::uint64_t stream = 0;
  std::uint64_t number = 0; ///< the last taken
  sequence covers = 0;      ///< in memory
  sequence durable = 0;     ///< on disk
  bool operator==(const delta_ack&) const = default;
};

struct beat_ack {
  boot_time asked_at{};
  delta_ack position;
  bool operator==(const beat_ack&) const = default;
};

/// There is a newer epoch, or (when `promised` is not newer) a life of the
/// holder that has heard nothing yet.
struct refusal {
  epoch_number promised = 0;
  bool operator==(const refusal&) const = default;
};

/// Append only.
using words = std::variant<ask, pull, delta, beat, report, values, delta_ack,
                           beat_ack, refusal>;

struct message {
  epoch_number epoch = 0; ///< the home's
  life from = 0;
  life to = 0; ///< 0: whichever
  words says;
  bool operator==(const message&) const = default;
};

} // namespace holdfast::region_replica
