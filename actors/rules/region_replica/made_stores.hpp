// Which store each session made last in a region: asked for again, it is not
// made again, here or at the home after this one.
//
// Each is a row that the holders replicate beside the region's variables, and
// that goes out before the value it speaks of. So whoever has that value, or
// what was stored after it, has the row too; and a new home that has the row
// without the value knows that the store was lost.
#pragma once

#include "actors/rules/peer_hello.hpp"
#include "actors/rules/region_replica/values.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace holdfast::region_replica {

/// A session, and no other in the cluster.
struct session_id {
  std::uint64_t node = 0;     ///< on which it began
  rules::wide_id incarnation; ///< of that node's process
  std::uint64_t number = 0;

  bool operator==(const session_id&) const = default;
};

struct made_store {
  session_id by;
  std::uint64_t serial = 0; ///< ascends in its session; 0: there is none
  variable_key key = 0;
  stamp made; ///< what the value was called
  /// The epoch whose home did not have it any more; 0: none. An epoch after it
  /// may find it again, where that home did not come to serve.
  epoch_number lost_in = 0;

  bool operator==(const made_store&) const = default;
};

/// One region's. Not safe to call from several threads.
class made_stores {
public:
  /// Bytes of a row.
  static constexpr std::size_t row_bytes = 9 * sizeof(std::uint64_t);

  /// Of so many sessions at a time; of more, the least recent are forgotten.
  explicit made_stores(std::size_t sessions_max) : rows_(sessions_max) {
    // nop
  }

  /// What is to be told of the row, which is to be drained.
  struct change {
    variable_key key = 0;
    std::uint64_t version = 0;
  };

  /// Null if there is none, or it is lost.
  const made_store* last_of(const session_id& session) const;
  change note(const made_store& made);

  /// A new home in its epoch: which stores are lost, as far as it knows.
  /// `origin`: what a value was called where it was taken over. `pulled`:
  /// whether it came from another holder.
  std::vector<change> judge(epoch_number epoch,
                            const std::function<stamp(variable_key)>& origin,
                            const std::function<bool(variable_key)>& pulled);

  // -- as rows of the region, by their key ------------------------------------

  bool has(variable_key key) const noexcept {
    return key < rows_.size();
  }
  /// The version of the row, whose bytes are appended; 0: there is none.
  std::uint64_t append(variable_key key, std::vector<char>& into) const;
  /// What another holder has. False if it is no row.
  bool show(variable_key key, std::uint64_t version,
            std::span<const char> bytes);
  /// The same at a home that takes its epoch over. If the other holder dies in
  /// the midst, the row is its, and values may stay that only the row before
  /// tells of: that one is judged, too.
  bool pull(epoch_number epoch, variable_key key, std::uint64_t version,
            std::span<const char> bytes);
  /// One that nobody judged: as if there had been none. Only if there is none.
  std::optional<change> show_first(variable_key key, std::uint64_t version);
  std::optional<change> outnumber(variable_key key, std::uint64_t above);
  void clear();

private:
  struct row {
    std::uint64_t version = 0;
    made_store made;
  };

  const row* row_of(const session_id& session) const;
  void remember(epoch_number epoch, const made_store& before);
  change say(std::size_t at, const made_store& made, std::uint64_t above = 0);

  std::vector<row> rows_;
  std::uint64_t last_version_ = 0;
  epoch_number pulled_in_ = 0;
  std::vector<made_store> replaced_; ///< by pulled rows; of a session the last
};

} // namespace holdfast::region_replica
