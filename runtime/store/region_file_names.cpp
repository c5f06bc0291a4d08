#include "runtime/store/region_file_names.hpp"

#include <charconv>
#include <filesystem>

namespace holdfast::runtime {

namespace {

constexpr std::size_t digits_of_database = 16;

std::string in_hexadecimal(std::uint64_t number) {
  std::string digits(digits_of_database, '0');
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, number >>= 4U)
    *at = "0123456789abcdef"[number & 15U];
  return digits;
}

/// Takes digits, and the character behind them.
std::optional<std::uint64_t> take_number(std::string_view& text, int base,
                                         char behind) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || stopped == end || *stopped != behind)
    return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stopped - text.data()) + 1);
  return number;
}

} // namespace

std::string region_file_name::stem() const {
  auto text = in_hexadecimal(database);
  text += '-';
  text += std::to_string(region);
  text += '-';
  text += std::to_string(number);
  return text;
}

std::optional<region_file_name> region_file_name_of(std::string_view text) {
  const auto whole = text;
  const auto database = take_number(text, 16, '-');
  const auto region = database ? take_number(text, 10, '-') : std::nullopt;
  const auto number = region ? take_number(text, 10, '.') : std::nullopt;
  if (!number)
    return std::nullopt;
  region_file_name made{*database, *region, *number, std::string{text}};
  if (made.stem() + "." + made.ending != whole)
    return std::nullopt;
  return made;
}

std::vector<region_file_name> region_files_in(const std::string& directory) {
  std::vector<region_file_name> all;
  std::error_code ignored; // what cannot be read has no names
  for (const auto& each :
       std::filesystem::directory_iterator{directory, ignored})
    if (auto name = region_file_name_of(each.path().filename().string()))
      all.push_back(std::move(*name));
  return all;
}

} // namespace holdfast::runtime
