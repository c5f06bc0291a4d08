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

/// No node had the region in its memory: what was born until then, and is not
/// on disk, may be gone.
struct memory_loss {
  const record* told = nullptr;
  std::uint64_t last_epoch = 0; ///< before it
};

/// What a promise is about: the memory of the region's nodes, or their disks.
enum class kept_in { memory, disk };

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

  /// Counts the resets up to that epoch, and for what is in memory the losses
  /// of all memory before it: what was before one is promised to nobody after
  /// it.
  std::size_t era_of(std::uint64_t epoch,
                     kept_in where = kept_in::memory) const noexcept;

  /// The first one after that epoch; null: there is none.
  const memory_loss* loss_after(std::uint64_t epoch) const noexcept;

  /// Of what is on disk: those by durable flushes.
  const std::vector<acknowledgement>&
  acknowledged(kept_in where = kept_in::memory) const noexcept {
    return where == kept_in::disk ? on_disk_ : acknowledged_;
  }

private:
  void note_writes();
  void note_observations();
  void note_resets();
  void note_losses();
  std::size_t losses_before(std::uint64_t epoch) const noexcept;
  void note_acknowledged(const client_records& client, kept_in where,
                         std::vector<acknowledgement>& into) const;

  const history* all_;
  std::int64_t origin_;
  std::vector<written> written_; ///< by value
  std::vector<const record*> resets_;
  std::vector<memory_loss> losses_; ///< by epoch
  std::vector<acknowledgement> acknowledged_, on_disk_;
};

} // namespace holdfast::torture
