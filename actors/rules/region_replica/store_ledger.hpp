// Which stores of sessions a value contains: of each variable the last few.
//
// They travel with the value, as its tail, and are taken over with it. So
// whoever has a value, or one that was stored over it, knows whose store it
// was; and who does not know a store does not have it. A home that is asked for
// it again can tell (docs/decisions/0014).
//
// Two values with one stamp have one tail: only the home notes stores, each
// with a version of its own.
#pragma once

#include "actors/rules/ordered_table.hpp"
#include "actors/rules/peer_hello.hpp"
#include "actors/rules/region_replica/values.hpp"

#include <span>

namespace holdfast::region_replica {

/// A session, and no other in the cluster.
struct session_id {
  std::uint64_t node = 0;     ///< on which it began
  rules::wide_id incarnation; ///< of that node's process
  std::uint64_t number = 0;

  bool operator==(const session_id&) const = default;
};

struct noted_store {
  session_id by;
  std::uint64_t serial = 0; ///< ascends in its session
  stamp made;               ///< what the value was called

  bool operator==(const noted_store&) const = default;
};

/// One region's. Not safe to call from several threads.
class store_ledger {
public:
  /// Sessions of one variable. Of more, the one that stored least recently is
  /// forgotten.
  static constexpr std::size_t sessions_max = 16;
  /// Bytes of a tail without, and of each store in it.
  static constexpr std::size_t tail_bytes = sizeof(std::uint64_t);
  static constexpr std::size_t entry_bytes = 7 * sizeof(std::uint64_t);

  /// Null if there is none.
  const noted_store* last_of(variable_key key, const session_id& session) const;
  void note(variable_key key, const noted_store& made);

  /// The tail of the variable's value is appended.
  void append(variable_key key, std::vector<char>& into) const;

  /// A value without its tail; nothing: it has none.
  static std::optional<std::span<const char>>
  without_tail(std::span<const char> whole);
  /// The same, and from now on this is what the variable's value contains.
  std::optional<std::span<const char>> take(variable_key key,
                                            std::span<const char> whole);

  void forget(variable_key key);
  void clear();

private:
  rules::ordered_table<variable_key, std::vector<noted_store>> of_;
};

} // namespace holdfast::region_replica
