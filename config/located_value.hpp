// JSON with `//` comments as a tree whose every value knows its place.
//
// The JSON library forgets places once it has parsed; its events are followed
// through the text here and put down with an offset each.
#pragma once

#include "config/report.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::config {

enum class value_type { null, boolean, integer, number, text, object, list };

struct located_member;

struct located_value {
  value_type type;
  std::size_t offset;   ///< bytes from the start of the file
  std::uint64_t number; ///< of an integer: not negative
  std::string text;     ///< of a text; of other scalars the token as written
  std::vector<located_member> members;
  std::vector<located_value> elements;

  const located_member* find(std::string_view key) const;
};

struct located_member {
  std::string key;
  std::size_t offset;
  located_value value;
};

/// Nothing when the text is not JSON, too deep or too large: then the one
/// place is in the report. Keys given twice are complaints, the first counts.
std::optional<located_value> parse_located(std::string_view text, report& out);

/// What stands there, for a complaint: `"abc"`, `12`, `a list`.
std::string describe(const located_value& value);

} // namespace holdfast::config
