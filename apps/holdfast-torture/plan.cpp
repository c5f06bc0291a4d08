#include "apps/holdfast-torture/plan.hpp"

#include <algorithm>
#include <random>

namespace holdfast::torture {

namespace {

using std::chrono::milliseconds;

constexpr std::array<fault_kind, 3> cuts{fault_kind::partition,
                                         fault_kind::deaf, fault_kind::mute};

milliseconds longest(fault_kind kind) {
  switch (kind) {
  case fault_kind::kill:
  case fault_kind::cluster_kill:
    return defaults::kill_max;
  case fault_kind::pause:
    return defaults::pause_max;
  case fault_kind::partition:
  case fault_kind::deaf:
  case fault_kind::mute:
    return defaults::partition_max;
  case fault_kind::drain:
    return defaults::drain_max;
  case fault_kind::disk_full:
    return defaults::disk_full_max;
  default:
    return milliseconds{0};
  }
}

/// Not of std::uniform_int_distribution: that differs between libraries.
milliseconds some(std::mt19937_64& dice, milliseconds least,
                  milliseconds most) {
  const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
  return least + milliseconds{dice() % span};
}

} // namespace

std::vector<planned_fault> plan(const fault_counts& wanted,
                                std::uint64_t seed) {
  std::mt19937_64 dice{seed};
  std::vector<planned_fault> made;
  for (const auto kind : counted_faults)
    for (std::uint64_t i = 0; i < wanted.of(kind); ++i) {
      planned_fault next;
      next.kind = kind == fault_kind::partition ? cuts[i % cuts.size()] : kind;
      next.at_home = dice() % 100 < defaults::at_home_percent;
      next.choice = dice();
      next.gap = some(dice, defaults::gap_min, defaults::gap_max);
      next.length = some(dice, milliseconds{0}, longest(next.kind));
      made.push_back(next);
    }
  for (auto i = made.size(); i > 1; --i)
    std::swap(made[i - 1], made[dice() % i]);
  return made;
}

} // namespace holdfast::torture
