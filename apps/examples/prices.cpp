#include "apps/examples/prices.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <istream>
#include <optional>
#include <sstream>
#include <string_view>

namespace holdfast::examples {

namespace {

constexpr std::size_t line_bytes_max = 256;
constexpr std::size_t lines_max = 1'000'000;
constexpr std::size_t symbol_bytes_max = 7;
constexpr std::size_t date_bytes_max = 15;

constexpr std::array<std::string_view, 12> month_names{
  "Jan", "Feb", "Mar", "Apr", "May", "Jun",
  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Months since the year 0 of "Jan 1 2000".
std::optional<int> month_of(const std::string& date) {
  std::istringstream words{date};
  std::string name;
  int day = 0;
  int year = 0;
  if (!(words >> name >> day >> year) || year < 1 || year > 9999)
    return std::nullopt;
  const auto found = std::find(month_names.begin(), month_names.end(), name);
  if (found == month_names.end())
    return std::nullopt;
  return year * 12 + static_cast<int>(found - month_names.begin());
}

bool is_symbol(std::string_view text) {
  return !text.empty() && text.size() <= symbol_bytes_max
         && std::all_of(text.begin(), text.end(), [](char sign) {
              return (sign >= 'A' && sign <= 'Z')
                     || (sign >= '0' && sign <= '9');
            });
}

std::optional<price> read_line(std::string line) {
  if (!line.empty() && line.back() == '\r')
    line.pop_back();
  const auto first = line.find(',');
  const auto second = line.find(',', first + 1);
  if (line.size() > line_bytes_max || first == std::string::npos
      || second == std::string::npos)
    return std::nullopt;
  price found{line.substr(0, first), line.substr(first + 1, second - first - 1),
              0, 0};
  const auto* end = line.data() + line.size();
  const auto [rest, failed]
    = std::from_chars(line.data() + second + 1, end, found.value);
  const auto month = month_of(found.date);
  if (failed != std::errc{} || rest != end || !std::isfinite(found.value)
      || found.value <= 0 || !month || !is_symbol(found.symbol)
      || found.date.size() > date_bytes_max)
    return std::nullopt;
  found.month = *month;
  return found;
}

} // namespace

price_series read_prices(std::istream& from) {
  price_series series;
  std::string line;
  std::getline(from, line); // the heading
  for (std::size_t i = 0; i < lines_max && std::getline(from, line); ++i) {
    auto found = read_line(line);
    if (!found) {
      ++series.skipped;
      continue;
    }
    auto& symbols = series.symbols;
    if (std::find(symbols.begin(), symbols.end(), found->symbol)
        == symbols.end())
      symbols.push_back(found->symbol);
    series.prices.push_back(std::move(*found));
  }
  std::stable_sort(
    series.prices.begin(), series.prices.end(),
    [](const price& a, const price& b) { return a.month < b.month; });
  return series;
}

} // namespace holdfast::examples
