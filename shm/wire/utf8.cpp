#include "shm/wire/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace holdfast::wire {

namespace {

// Which second bytes may follow a lead byte, and how long the sequence is
// (the Unicode standard, table 3-7); length 0 for what is no lead byte.
struct sequence_rule {
  std::size_t length;
  std::uint8_t second_min;
  std::uint8_t second_max;
};

sequence_rule rule_of(std::uint8_t lead) noexcept {
  if (lead < 0x80)
    return {1, 0, 0};
  if (lead < 0xc2)
    return {0, 0, 0};
  if (lead < 0xe0)
    return {2, 0x80, 0xbf};
  if (lead < 0xf0)
    return {3, static_cast<std::uint8_t>(lead == 0xe0 ? 0xa0 : 0x80),
            static_cast<std::uint8_t>(lead == 0xed ? 0x9f : 0xbf)};
  if (lead < 0xf5)
    return {4, static_cast<std::uint8_t>(lead == 0xf0 ? 0x90 : 0x80),
            static_cast<std::uint8_t>(lead == 0xf4 ? 0x8f : 0xbf)};
  return {0, 0, 0};
}

std::uint8_t byte_at(std::string_view text, std::size_t index) noexcept {
  return static_cast<std::uint8_t>(text[index]);
}

// Bytes of the character that starts there; 0 if none does.
std::size_t character_bytes(std::string_view text, std::size_t at) noexcept {
  const auto rule = rule_of(byte_at(text, at));
  if (rule.length == 0 || rule.length > text.size() - at)
    return 0;
  for (std::size_t i = 1; i < rule.length; ++i) {
    const auto next = byte_at(text, at + i);
    const auto low = i == 1 ? rule.second_min : std::uint8_t{0x80};
    const auto high = i == 1 ? rule.second_max : std::uint8_t{0xbf};
    if (next < low || next > high)
      return 0;
  }
  return rule.length;
}

// Bytes below 0x80 that it begins with: nearly always all.
std::size_t ascii_bytes(std::string_view text) noexcept {
  constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
  std::size_t at = 0;
  for (std::uint64_t eight = 0; text.size() - at >= sizeof eight;
       at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & high_bits) != 0)
      break;
  }
  while (at < text.size() && byte_at(text, at) < 0x80)
    ++at;
  return at;
}

} // namespace

std::size_t valid_utf8_bytes(std::string_view text) noexcept {
  std::size_t at = ascii_bytes(text);
  while (at < text.size()) {
    const auto length = character_bytes(text, at);
    if (length == 0)
      break;
    at += length;
  }
  return at;
}

std::string readable_utf8(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = character_bytes(text, at);
    const auto shown
      = length == 0 ? std::string_view{"?"} : text.substr(at, length);
    if (out.size() + shown.size() > bytes_max)
      break;
    out += shown;
    at += length == 0 ? 1 : length;
  }
  return out;
}

} // namespace holdfast::wire
