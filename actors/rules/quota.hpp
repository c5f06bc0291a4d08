// What a tenant may use, and what it uses.
//
// A region is charged at its largest size from the start: growing it later
// can then never fail for the quota.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast::rules {

struct quota_limits {
  std::uint64_t bytes = 0;
  std::uint64_t regions = 0;
  std::uint64_t variables = 0;
  std::uint64_t sessions = 0;

  bool operator==(const quota_limits&) const = default;
};

enum class quota_kind : std::uint8_t { bytes, regions, variables, sessions };

/// Why something was not charged.
struct quota_refusal {
  quota_kind kind = quota_kind::bytes;
  std::uint64_t asked = 0;
  std::uint64_t used = 0;
  std::uint64_t limit = 0;

  bool operator==(const quota_refusal&) const = default;
};

/// "the tenant's quota of 1024 bytes has 24 left, 100 are needed".
std::string to_string(const quota_refusal& refusal);

struct region_cost {
  std::uint64_t bytes_max = 0;
  std::uint64_t variables_max = 0;

  bool operator==(const region_cost&) const = default;
};

class quota {
public:
  quota() = default;

  explicit quota(quota_limits limits) noexcept : limits_{limits} {
    // nop
  }

  /// Charges all of it or nothing.
  std::optional<quota_refusal> charge_region(region_cost cost) noexcept;
  void refund_region(region_cost cost) noexcept;

  std::optional<quota_refusal> charge_session() noexcept;
  void refund_session() noexcept;

  /// What is used stays, even where that is more than the new limits allow.
  void change_limits(quota_limits limits) noexcept {
    limits_ = limits;
  }

  /// Charged before, whatever the limits have become since.
  void restore_region(region_cost cost) noexcept;
  void restore_session() noexcept;

  const quota_limits& limits() const noexcept {
    return limits_;
  }

  const quota_limits& used() const noexcept {
    return used_;
  }

  bool operator==(const quota&) const = default;

private:
  quota_limits limits_;
  quota_limits used_;
};

} // namespace holdfast::rules
