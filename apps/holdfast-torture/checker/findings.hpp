// What is wrong with a history, with the records that prove it.
#pragma once

#include "apps/holdfast-torture/checker/record.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::torture {

/// The promise that was broken.
enum class rule : std::uint8_t {
  nobody_wrote_it = 0,
  two_values = 1,
  went_back = 2,
  shown_as_empty = 3,
  flush_lost = 4,
  read_went_back = 5,
  commit_lost = 6,
  stores_out_of_order = 7,
  version_given_again = 8,
  durable_flush_lost = 9,
  began_empty = 10,
  not_readable = 11,
  // Not of a history: whoever ran the nodes tells.
  node_ended = 12,
  not_served = 13,
  not_whole = 14
};
inline constexpr std::size_t rules_count = 15;

/// A word for programs: "flush_lost".
std::string_view name_of(rule broken) noexcept;
/// What users were promised.
std::string_view promise_of(rule broken) noexcept;

struct finding {
  rule broken;
  std::string text;
  std::vector<record> proof;
};

/// Keeps the first few of each rule and counts the rest.
class findings {
public:
  explicit findings(std::size_t kept_per_rule) : most_{kept_per_rule} {
    // nop
  }

  /// Null pointers are left out.
  void add(rule broken, std::string text,
           std::initializer_list<const record*> proof);

  const std::vector<finding>& kept() const noexcept {
    return kept_;
  }
  std::uint64_t count(rule broken) const noexcept {
    return counts_[static_cast<std::size_t>(broken)];
  }
  std::uint64_t count() const noexcept;

private:
  std::size_t most_;
  std::vector<finding> kept_;
  std::uint64_t counts_[rules_count] = {};
};

/// The finding and its proof, a line each.
std::string text_of(const finding& what, std::int64_t origin_ns);

} // namespace holdfast::torture
