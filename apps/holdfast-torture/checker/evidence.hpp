// What a history says of each value: when it was born, and who was promised it.
//
// A value is born with the epoch that its home published and with its version.
// Homes follow each other in epochs, and each takes over the newest value of
// the one before: so values that anybody was promised are born in one order,
// by epoch and then by version. A value may come again under a higher version;
// its birth stays.
#pragma once

#include "apps/holdfast-torture/checker/history.hpp"

#include <compare>
#include <cstdint>
#include <vector>

namespace holdfast::torture {

struct stamp {
  std::uint64_t epoch = 0;
  std::uint64_t version = 0;

  auto operator<=>(const stamp&) const = default;
};

/// A value that a client wrote. Its birth is not before `low` and not after
/// `high`: the epoch may have changed during the store, or its writer died.
struct written {
  std::uint64_t value = 0;
  const record* store = nullptr;
  stamp low, high;

  bool exact() const noexcept {
    return low == high;
  }
};

/// A store and the flush that was acknowledged after it.
struct acknowledgement {
  const record* store = nullptr;
  const record* flush = nullptr;
};

/// Points into the history, which outlives it.
class evidence {
public:
  explicit evidence(const history& of);

  const history& all() const noexcept {
    return *all_;
  }
  std::int64_t origin() const noexcept {
    return origin_;
  }

  /// Null: nobody wrote it.
  const written* find(std::uint64_t value) const noexcept;

  /// Epochs in which the region began empty, ascending; the first is that of
  /// its making.
  const std::vector<const record*>& resets() const noexcept {
    return resets_;
  }

  /// Counts the resets up to that epoch: what was before one is promised to
  /// nobody after it.
  std::size_t era_of(std::uint64_t epoch) const noexcept;

  const std::vector<acknowledgement>& acknowledged() const noexcept {
    return acknowledged_;
  }

private:
  void note_writes();
  void note_observations();
  void note_resets();
  void note_acknowledged(const client_records& client);

  const history* all_;
  std::int64_t origin_;
  std::vector<written> written_; ///< by value
  std::vector<const record*> resets_;
  std::vector<acknowledgement> acknowledged_;
};

} // namespace holdfast::torture
