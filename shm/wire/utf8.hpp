// UTF-8 as Unicode defines it: no overlong forms, no surrogates, no number
// above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::wire {

/// How many bytes at the start are valid: all of them if the text is.
std::size_t valid_utf8_bytes(std::string_view text) noexcept;

inline bool is_utf8(std::string_view text) noexcept {
  return valid_utf8_bytes(text) == text.size();
}

/// The text with each wrong byte replaced by '?', cut to at most `bytes_max`
/// bytes without cutting a character.
std::string readable_utf8(std::string_view text, std::size_t bytes_max);

} // namespace holdfast::wire
