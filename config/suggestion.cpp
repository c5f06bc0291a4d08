#include "config/suggestion.hpp"

#include "config/defaults.hpp"

#include <algorithm>
#include <cstddef>

namespace holdfast::config {

namespace {

/// Insertions, deletions, replacements and swaps of neighbours from a to b
/// (optimal string alignment), kept in three rows.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> older(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = a[i - 1] == b[j - 1] ? 0 : 1;
      current[j] = std::min(
        {previous[j] + 1, current[j - 1] + 1, previous[j - 1] + replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        current[j] = std::min(current[j], older[j - 2] + 1);
    }
    older.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

/// One slip in three letters still looks like the word; a beginning of three
/// letters or more ("auto", "warn") is an abbreviation of it.
bool is_near(std::string_view unknown, std::string_view known,
             std::size_t apart) {
  const bool shortened = unknown.size() >= 3 && known.starts_with(unknown);
  return shortened || apart <= std::max<std::size_t>(1, known.size() / 3);
}

std::string in_lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

} // namespace

std::string nearest(std::string_view unknown,
                    const std::vector<std::string_view>& known) {
  if (unknown.size() > suggestion_bytes_max || unknown.empty())
    return {};
  const auto lower = in_lower_case(unknown);
  std::string_view best;
  std::size_t best_apart = suggestion_bytes_max;
  for (const auto candidate : known) {
    const auto apart = distance(lower, candidate);
    if (is_near(lower, candidate, apart) && apart < best_apart) {
      best = candidate;
      best_apart = apart;
    }
  }
  return std::string{best};
}

} // namespace holdfast::config
