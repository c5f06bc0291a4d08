// Sizes and durations as people write them: "512MiB", "250ms", "2.5s".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::config {

/// Bytes; nothing when the text is not an exact size with a known unit.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// Milliseconds; nothing when not an exact duration with a known unit.
std::optional<std::uint64_t> parse_duration(std::string_view text);

/// The text of the largest unit that needs no fraction.
std::string print_size(std::uint64_t bytes);
std::string print_duration(std::uint64_t milliseconds);

/// What a text that is no size may have meant ("5 mb" -> "5MiB"), or nothing.
std::string suggest_size(std::string_view text);
std::string suggest_duration(std::string_view text);

} // namespace holdfast::config
