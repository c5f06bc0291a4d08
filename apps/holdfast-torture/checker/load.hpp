// Whether a history is worth checking: how much was done, how much went wrong
// on purpose, and how soon somebody was served again.
#pragma once

#include "apps/holdfast-torture/checker/history.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::torture {

/// A run below one of these is void: it found nothing since it asked nothing.
struct load_bounds {
  /// Recorded, all clients together, on the average.
  std::uint64_t operations_per_second_min = 500;
  /// Acknowledged, in all.
  std::uint64_t flushes_min = 100;
  /// Acknowledged to disk, in all, where the region is on disk.
  std::uint64_t durable_flushes_min = 20;
  /// In all.
  std::uint64_t confirmed_reads_min = 20;
  /// Reads of values, on each node.
  std::uint64_t reads_per_node_min = 100;
  /// Flushes acknowledged after each fault, before the next one.
  std::uint64_t flushes_between_min = 1;
  /// Of the faults of nodes, those that met the home, in percent.
  std::uint64_t at_home_percent_min = 25;
};

/// The kind that it is counted as: partitions whichever way they cut.
constexpr fault_kind counted_as(fault_kind kind) noexcept {
  return kind == fault_kind::deaf || kind == fault_kind::mute
           ? fault_kind::partition
           : kind;
}

/// How many of each kind.
class fault_counts {
public:
  std::uint64_t of(fault_kind kind) const noexcept {
    return counts_[place_of(kind)];
  }
  void add(fault_kind kind, std::uint64_t count = 1) noexcept {
    counts_[place_of(kind)] += count;
  }
  std::uint64_t all() const noexcept;
  /// Some of them need a region that is on disk.
  bool need_disk() const noexcept {
    return of(fault_kind::disk_full) + of(fault_kind::cluster_kill) > 0;
  }

private:
  static std::size_t place_of(fault_kind kind) noexcept;

  std::array<std::uint64_t, faults_max + 1> counts_{};
};

/// The kinds that fault_counts tells apart.
inline constexpr std::array<fault_kind, 8> counted_faults{
  fault_kind::kill,      fault_kind::pause,       fault_kind::partition,
  fault_kind::drain,     fault_kind::restart,     fault_kind::client_kill,
  fault_kind::disk_full, fault_kind::cluster_kill};

/// From a fault of the home until a flush was acknowledged in a newer epoch.
struct recovery {
  const record* fault = nullptr;
  std::int64_t took_ns = 0;
};

using outcome_counts = std::array<std::uint64_t, outcomes_max + 1>;

struct load {
  double seconds = 0; ///< in which clients worked
  std::uint64_t operations = 0;
  std::array<outcome_counts, kinds_max + 1> by_outcome{}; ///< of each kind
  outcome_counts durable_flushes{};                       ///< among the flushes
  std::uint64_t told_committed = 0;
  std::vector<std::uint64_t> reads_of_node; ///< of values, by id
  fault_counts done;
  std::uint64_t node_faults = 0;
  std::uint64_t at_home = 0; ///< of those
  std::vector<recovery> recoveries;
  /// Faults after which too few flushes were acknowledged.
  std::vector<const record*> unserved;

  std::uint64_t count(record_kind kind, record_outcome outcome) const noexcept {
    return by_outcome[static_cast<std::size_t>(kind)]
                     [static_cast<std::size_t>(outcome)];
  }
  /// Of recoveries after faults of that kind, ascending.
  std::vector<std::int64_t> recoveries_ns(fault_kind after) const;
};

/// Points into the history.
load measure(const history& of, const load_bounds& bounds);

/// Why the run proves nothing; empty: it does.
std::vector<std::string> reasons_void(const load& of, const load_bounds& bounds,
                                      const fault_counts& wanted,
                                      std::uint64_t nodes);

} // namespace holdfast::torture
