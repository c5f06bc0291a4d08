#include "actors/rules/quota.hpp"

#include <cassert>
#include <string_view>

namespace holdfast::rules {

namespace {

/// Written so that nothing can overflow, whatever is asked.
std::optional<quota_refusal> check(quota_kind kind, std::uint64_t asked,
                                   std::uint64_t used,
                                   std::uint64_t limit) noexcept {
  if (used <= limit && asked <= limit - used)
    return std::nullopt;
  return quota_refusal{kind, asked, used, limit};
}

std::string_view name_of(quota_kind kind) noexcept {
  switch (kind) {
  case quota_kind::bytes:
    return "bytes";
  case quota_kind::regions:
    return "regions";
  case quota_kind::variables:
    return "variables";
  case quota_kind::sessions:
    return "sessions";
  }
  return "?";
}

} // namespace

std::string to_string(const quota_refusal& refusal) {
  const auto left
    = refusal.used < refusal.limit ? refusal.limit - refusal.used : 0;
  return "the tenant's quota of " + std::to_string(refusal.limit) + ' '
         + std::string{name_of(refusal.kind)} + " has " + std::to_string(left)
         + " left, " + std::to_string(refusal.asked) + " needed";
}

std::optional<quota_refusal> quota::charge_region(region_cost cost) noexcept {
  if (auto no = check(quota_kind::regions, 1, used_.regions, limits_.regions))
    return no;
  if (auto no
      = check(quota_kind::bytes, cost.bytes_max, used_.bytes, limits_.bytes))
    return no;
  if (auto no = check(quota_kind::variables, cost.variables_max,
                      used_.variables, limits_.variables))
    return no;
  restore_region(cost);
  return std::nullopt;
}

void quota::restore_region(region_cost cost) noexcept {
  ++used_.regions;
  used_.bytes += cost.bytes_max;
  used_.variables += cost.variables_max;
}

void quota::refund_region(region_cost cost) noexcept {
  assert(used_.regions > 0 && used_.bytes >= cost.bytes_max
         && used_.variables >= cost.variables_max);
  --used_.regions;
  used_.bytes -= cost.bytes_max;
  used_.variables -= cost.variables_max;
}

std::optional<quota_refusal> quota::charge_session() noexcept {
  if (auto no
      = check(quota_kind::sessions, 1, used_.sessions, limits_.sessions))
    return no;
  restore_session();
  return std::nullopt;
}

void quota::restore_session() noexcept {
  ++used_.sessions;
}

void quota::refund_session() noexcept {
  assert(used_.sessions > 0);
  --used_.sessions;
}

} // namespace holdfast::rules
