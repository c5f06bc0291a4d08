// Several variables of one region, stored and read whole or not at all.
//
// Storing: (1) lock all, in the order of their slots; (2) fill each one's next
// slot; (3) set the group bit in each lock word; (4) publish each; (5) release
// all. Readers of single variables never notice. A snapshot that meets a group
// bit tries again, because between (3) and (5) some members are published and
// some are not.
//
// A writer killed before (4) is rolled back: the node releases its locks and
// nothing was visible. One killed within (4) is rolled forward: all slots are
// filled, the node publishes the rest (repair.cpp). It takes as long as the
// hang-up of a socket.
#pragma once

#include "shm/error.hpp"
#include "shm/handles.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

namespace holdfast::shm {

/// A member of a group store: the bytes are copied during the call.
struct group_value {
  const variable_handle* variable;
  std::span<const std::byte> bytes;
};

/// A member of a group snapshot, with what was read of it.
struct group_slot {
  const variable_handle* variable;
  std::span<std::byte> into; // at least the variable's capacity
  std::size_t length = 0;
  reading_stamp stamp{};
};

/// Stores 1 to limits::group_variables_max different variables of one region.
/// Any thread; group stores of one process to one region take turns. Errors:
/// no_right, removed, fenced, contended, too_long, bad_argument; nothing is
/// stored then.
quick_result<void> store_group(std::span<const group_value> values);

/// Reads variables of one region as of one instant at which no group store was
/// half published. Errors: no_value, removed, too_long, bad_argument, and
/// contended when no quiet instant was found in limits::snapshot_patience.
quick_result<void> read_group(std::span<group_slot> slots);

/// The typed form: `group_store{}.put(bid, 1.0).put(ask, 2.0).commit()`.
/// Keeps copies of the values; one thread.
class group_store {
public:
  template <class T>
  group_store& put(const variable<T>& to, const T& value) {
    const auto* raw = reinterpret_cast<const std::byte*>(&value);
    return put_bytes(to, {raw, sizeof(T)});
  }

  group_store& put(const bytes_handle& to, std::string_view text) {
    return put_bytes(to, std::as_bytes(std::span{text}));
  }

  /// As store_group. The members stay, so that a contended commit can be
  /// tried again.
  quick_result<void> commit() const;

private:
  group_store& put_bytes(const variable_handle& to,
                         std::span<const std::byte> bytes) {
    members_.push_back({to, {bytes.begin(), bytes.end()}});
    return *this;
  }

  struct member {
    variable_handle variable;
    std::vector<std::byte> bytes;
  };

  std::vector<member> members_;
};

/// A snapshot of typed variables: `auto [bid, ask] = *snapshot(b, a)`.
template <class... Ts>
quick_result<std::tuple<reading<Ts>...>>
snapshot(const variable<Ts>&... variables) {
  std::tuple<reading<Ts>...> out;
  const auto read = std::apply(
    [&](auto&... readings) {
      std::array<group_slot, sizeof...(Ts)> slots{group_slot{
        &variables, std::as_writable_bytes(std::span{&readings.value, 1})}...};
      auto done = read_group(slots);
      std::size_t i = 0;
      ((static_cast<reading_stamp&>(readings) = slots[i++].stamp), ...);
      return done;
    },
    out);
  if (!read)
    return read.assume_error();
  return out;
}

} // namespace holdfast::shm
