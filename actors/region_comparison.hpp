// What holders of a region say to compare what they have, beside the words of
// the rule: the home tells digests of some values, a holder asks for those that
// are something else in its memory, and the home sends them once more.
//
// Memory that clients may write, or that a bit flips in, is no business of the
// rule: it knows which value a holder has taken, not what became of its bytes.
#pragma once

#include "actors/rules/region_replica/values.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace holdfast::actors {

/// XXH3 (libxxhash), 64 bits: against accidents, not against forgery.
std::uint64_t digest_of_bytes(std::span<const char> bytes) noexcept;

struct compared_value {
  region_replica::variable_key key = 0;
  region_replica::stamp stored;
  std::uint64_t digest = 0;
  std::uint64_t bytes = 0; ///< of it in the payload

  bool operator==(const compared_value&) const = default;
};

struct comparison {
  enum class step : std::uint8_t {
    digests = 1, ///< home to holder: this is what I have
    wanted = 2,  ///< holder to home: these are something else here
    values = 3   ///< home to holder: here they are
  };
  step what = step::digests;
  region_replica::epoch_number epoch = 0; ///< the home's
  std::vector<compared_value> rows;       ///< by key
  std::vector<char> payload;              ///< of `values`, in their order

  bool operator==(const comparison&) const = default;
};

std::vector<char> pack(const comparison& what);

/// Nothing if it is no comparison, or its rows do not account for its bytes.
std::optional<comparison> unpack_comparison(const std::vector<char>& content);

} // namespace holdfast::actors
