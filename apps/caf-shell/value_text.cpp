#include "apps/caf-shell/value_text.hpp"

#include "shm/type_tag.hpp"
#include "shm/wire/utf8.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>

namespace holdfast::shell {

namespace {

using nlohmann::ordered_json;
using shm::errc;
using shm::layout::variable_kind;
using bytes = std::vector<std::byte>;

// --- Numbers -----------------------------------------------------------------

// JSON knows no infinity. A float gets the shortest digits that mean it.
template <std::floating_point T>
ordered_json json_of_number(T number) {
  std::array<char, 64> text{};
  const auto* end
    = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  if (!std::isfinite(number))
    return std::string{text.data(),
                       static_cast<std::size_t>(end - text.data())};
  double shortest = 0;
  std::from_chars(text.data(), end, shortest);
  return shortest;
}

template <std::integral T>
ordered_json json_of_number(T number) {
  return number;
}

template <class T>
ordered_json number_to_json(std::span<const std::byte> from) {
  T number;
  std::memcpy(&number, from.data(), sizeof(T));
  return json_of_number(number);
}

ordered_json bool_to_json(std::span<const std::byte> from) {
  // Any byte may lie there; only 0 means false.
  return from.front() != std::byte{0};
}

template <class T>
bytes raw_bytes(const T& number) {
  bytes out(sizeof(T));
  std::memcpy(out.data(), &number, sizeof(T));
  return out;
}

template <class T>
std::optional<bytes> number_from_text(std::string_view text) {
  T number{};
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end)
    return std::nullopt;
  return raw_bytes(number);
}

std::optional<bytes> bool_from_text(std::string_view text) {
  if (text == "true" || text == "1")
    return raw_bytes(true);
  if (text == "false" || text == "0")
    return raw_bytes(false);
  return std::nullopt;
}

template <class T>
std::string range_of() {
  if constexpr (std::same_as<T, bool>)
    return "true or false";
  else if constexpr (std::floating_point<T>)
    return "a number";
  else
    return "a whole number from "
           + std::to_string(std::numeric_limits<T>::min()) + " to "
           + std::to_string(std::numeric_limits<T>::max());
}

struct number_type {
  std::string_view tag;
  std::size_t bytes;
  ordered_json (*to_json)(std::span<const std::byte>);
  std::optional<std::vector<std::byte>> (*from_text)(std::string_view);
  std::string (*range)();
};

template <class T>
constexpr number_type number_type_of() {
  if constexpr (std::same_as<T, bool>)
    return {shm::type_tag<T>::value, sizeof(T), bool_to_json, bool_from_text,
            range_of<T>};
  else
    return {shm::type_tag<T>::value, sizeof(T), number_to_json<T>,
            number_from_text<T>, range_of<T>};
}

constexpr std::array number_types{
  number_type_of<bool>(),          number_type_of<std::int8_t>(),
  number_type_of<std::uint8_t>(),  number_type_of<std::int16_t>(),
  number_type_of<std::uint16_t>(), number_type_of<std::int32_t>(),
  number_type_of<std::uint32_t>(), number_type_of<std::int64_t>(),
  number_type_of<std::uint64_t>(), number_type_of<float>(),
  number_type_of<double>()};

const number_type* find_number_type(std::string_view tag) noexcept {
  for (const auto& each : number_types)
    if (each.tag == tag)
      return &each;
  return nullptr;
}

// --- Bytes
// ---------------------------------------------------------------------

std::string hex_of(std::span<const std::byte> from) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "0x";
  for (const auto each : from) {
    out += digits[std::to_integer<std::size_t>(each >> 4)];
    out += digits[std::to_integer<std::size_t>(each & std::byte{15})];
  }
  return out;
}

shm::result<bytes> bytes_from_file(const std::string& path,
                                   std::size_t capacity) {
  std::ifstream file{path, std::ios::binary};
  // One byte more than fits tells a file that is too long.
  bytes out(capacity + 1);
  if (!file
      || (!file.read(reinterpret_cast<char*>(out.data()),
                     static_cast<std::streamsize>(out.size()))
          && !file.eof()))
    return shm::system_failure("reading '" + path + "'");
  out.resize(static_cast<std::size_t>(file.gcount()));
  return out;
}

shm::result<bytes> bytes_from_text(std::string_view text,
                                   std::size_t capacity) {
  if (text.starts_with('@'))
    return bytes_from_file(std::string{text.substr(1)}, capacity);
  auto digits = text;
  if (digits.starts_with("0x"))
    digits.remove_prefix(2);
  if (digits.size() % 2 != 0)
    return bad("an odd number of hex digits");
  bytes out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    std::uint8_t number = 0;
    const auto* end = digits.data() + i + 2;
    const auto [stopped, error]
      = std::from_chars(digits.data() + i, end, number, 16);
    if (error != std::errc{} || stopped != end)
      return bad("bytes are given as hex digits or @FILE");
    out.push_back(std::byte{number});
  }
  return out;
}

// --- By kind
// -------------------------------------------------------------------

bytes bytes_of_text(std::string_view text) {
  const auto raw = std::as_bytes(std::span{text});
  return {raw.begin(), raw.end()};
}

shm::result<bytes> value_from_text(const value_type& type,
                                   std::string_view text) {
  if (const auto* number = find_number_type(type.tag)) {
    if (auto parsed = number->from_text(text))
      return *std::move(parsed);
    return bad("'" + std::string{text} + "' is not " + number->range()
               + ", as type '" + type.tag + "' wants");
  }
  auto raw = bytes_from_text(text, type.capacity);
  if (raw && raw.assume_value().size() != type.capacity)
    return bad("type '" + type.tag + "' has " + std::to_string(type.capacity)
               + " bytes, not " + std::to_string(raw.assume_value().size()));
  return raw;
}

shm::result<bytes> document_from_text(std::string_view text) {
  try {
    [[maybe_unused]] const auto document = nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    return bad("not valid JSON at byte " + std::to_string(error.byte));
  }
  return bytes_of_text(text);
}

shm::result<bytes> any_from_text(const value_type& type,
                                 std::string_view text) {
  switch (type.kind) {
  case variable_kind::value:
    return value_from_text(type, text);
  case variable_kind::bytes:
    return bytes_from_text(text, type.capacity);
  case variable_kind::string:
    if (!wire::is_utf8(text))
      return bad("the text is not UTF-8");
    return bytes_of_text(text);
  case variable_kind::json:
    return document_from_text(text);
  case variable_kind::counter:
    return bad("many writers change a counter together, so it is not set: "
               "use incr");
  }
  return bad("a kind that this shell does not know");
}

std::string_view text_in(std::span<const std::byte> from) {
  return {reinterpret_cast<const char*>(from.data()), from.size()};
}

} // namespace

shm::error bad(std::string why) {
  return shm::failed(errc::bad_argument, std::move(why));
}

ordered_json json_of(const value_type& type, std::span<const std::byte> from) {
  const auto text = text_in(from);
  if (type.kind == variable_kind::string && wire::is_utf8(text))
    return std::string{text};
  if (type.kind == variable_kind::json) {
    auto document = ordered_json::parse(text, nullptr, false);
    if (!document.is_discarded())
      return document;
  }
  const auto* number
    = type.kind == variable_kind::value ? find_number_type(type.tag) : nullptr;
  if (number != nullptr && from.size() == number->bytes)
    return number->to_json(from);
  return hex_of(from);
}

shm::result<bytes> bytes_of(const value_type& type, std::string_view text) {
  auto raw = any_from_text(type, text);
  if (raw && raw.assume_value().size() > type.capacity)
    return shm::failed(errc::too_long, std::to_string(raw.assume_value().size())
                                         + " bytes, the capacity is "
                                         + std::to_string(type.capacity));
  return raw;
}

std::size_t bytes_of_tag(std::string_view tag) noexcept {
  const auto* found = find_number_type(tag);
  return found == nullptr ? 0 : found->bytes;
}

} // namespace holdfast::shell
