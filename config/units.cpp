#include "config/units.hpp"

#include "config/defaults.hpp"
#include "config/names.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace holdfast::config {

namespace {

struct unit {
  std::string_view text;
  std::uint64_t factor;
};

// Smallest first; at most 2^30 each, so that nine digits of a fraction times
// the factor stay within 64 bits.
constexpr std::array size_units{
  unit{"B", 1},
  unit{"KiB", kibibyte},
  unit{"MiB", mebibyte},
  unit{"GiB", gibibyte},
};

constexpr std::array duration_units{
  unit{"ms", 1},
  unit{"s", 1000},
  unit{"min", 60 * 1000},
  unit{"h", 60 * 60 * 1000},
};

constexpr std::size_t fraction_digits_max = 9;

struct alias {
  std::string_view text; ///< in lower case
  std::string_view unit;
};

constexpr std::array size_aliases{
  alias{"b", "B"},   alias{"byte", "B"}, alias{"bytes", "B"},
  alias{"k", "KiB"}, alias{"kb", "KiB"}, alias{"kib", "KiB"},
  alias{"m", "MiB"}, alias{"mb", "MiB"}, alias{"mib", "MiB"},
  alias{"g", "GiB"}, alias{"gb", "GiB"}, alias{"gib", "GiB"},
};

constexpr std::array duration_aliases{
  alias{"ms", "ms"},    alias{"msec", "ms"},   alias{"millis", "ms"},
  alias{"s", "s"},      alias{"sec", "s"},     alias{"secs", "s"},
  alias{"second", "s"}, alias{"seconds", "s"}, alias{"m", "min"},
  alias{"min", "min"},  alias{"mins", "min"},  alias{"minutes", "min"},
  alias{"h", "h"},      alias{"hour", "h"},    alias{"hours", "h"},
};

/// The digits at the front, cut off the text.
std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto count = static_cast<std::size_t>(end - text.begin());
  const auto digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

std::optional<std::uint64_t> to_number(std::string_view digits) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t number = 0;
  for (const char digit : digits) {
    const auto value = static_cast<std::uint64_t>(digit - '0');
    if (number > (most - value) / 10)
      return std::nullopt;
    number = number * 10 + value;
  }
  return number;
}

/// The part after the point in units of `factor`, when that is exact.
std::optional<std::uint64_t> scale_fraction(std::string_view digits,
                                            std::uint64_t factor) {
  if (digits.size() > fraction_digits_max)
    return std::nullopt;
  std::uint64_t scale = 1;
  for (std::size_t i = 0; i < digits.size(); ++i)
    scale *= 10;
  const auto product = *to_number(digits) * factor;
  if (product % scale != 0)
    return std::nullopt;
  return product / scale;
}

template <class Units>
std::optional<std::uint64_t> parse_quantity(std::string_view text,
                                            const Units& units) {
  const auto whole_digits = take_digits(text);
  std::string_view fraction_digits;
  if (whole_digits.empty())
    return std::nullopt;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    fraction_digits = take_digits(text);
    if (fraction_digits.empty())
      return std::nullopt;
  }
  const auto found = std::find_if(units.begin(), units.end(),
                                  [&](auto& u) { return u.text == text; });
  const auto whole = to_number(whole_digits);
  if (found == units.end() || !whole)
    return std::nullopt;
  const auto fraction = scale_fraction(fraction_digits, found->factor);
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  if (!fraction || *whole > (most - *fraction) / found->factor)
    return std::nullopt;
  return *whole * found->factor + *fraction;
}

template <class Units>
std::string print_quantity(std::uint64_t number, const Units& units) {
  auto best = units.begin();
  for (auto it = units.begin(); number != 0 && it != units.end(); ++it)
    if (number % it->factor == 0)
      best = it;
  return std::to_string(number / best->factor) + std::string{best->text};
}

template <class Aliases>
std::string suggest_quantity(std::string_view text, const Aliases& aliases) {
  std::string number;
  std::string unit_text;
  for (const char c : text.substr(0, suggestion_bytes_max)) {
    if (is_digit(c) || c == '.')
      number += c;
    else if (c >= 'A' && c <= 'Z')
      unit_text += static_cast<char>(c - 'A' + 'a');
    else if (c != ' ')
      unit_text += c;
  }
  for (const auto& known : aliases)
    if (!number.empty() && known.text == unit_text)
      return number + std::string{known.unit};
  return {};
}

} // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse_quantity(text, size_units);
}

std::optional<std::uint64_t> parse_duration(std::string_view text) {
  return parse_quantity(text, duration_units);
}

std::string print_size(std::uint64_t bytes) {
  return print_quantity(bytes, size_units);
}

std::string print_duration(std::uint64_t milliseconds) {
  return print_quantity(milliseconds, duration_units);
}

std::string suggest_size(std::string_view text) {
  const auto guess = suggest_quantity(text, size_aliases);
  return parse_size(guess) ? guess : std::string{};
}

std::string suggest_duration(std::string_view text) {
  const auto guess = suggest_quantity(text, duration_aliases);
  return parse_duration(guess) ? guess : std::string{};
}

} // namespace holdfast::config
