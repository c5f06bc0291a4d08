#include "config/report.hpp"

#include "config/defaults.hpp"

#include <algorithm>
#include <tuple>

namespace holdfast::config {

namespace {

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::string escaped(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(c);
  return {'\\', 'x', digits[value >> 4U], digits[value & 0xFU]};
}

/// At most `most` bytes, never half a character.
std::string_view shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most)
    return text;
  while (most > 0 && continues_character(text[most]))
    --most;
  return text.substr(0, most);
}

} // namespace

std::string in_quotes(std::string_view text) {
  const auto kept = shortened(text, quoted_bytes_max);
  std::string result = "\"";
  for (const char c : kept) {
    const auto value = static_cast<unsigned char>(c);
    if (value < 0x20U || value == 0x7FU)
      result += escaped(c);
    else
      result += c;
  }
  return result + (kept.size() < text.size() ? "…\"" : "\"");
}

std::string joined(std::string_view path, std::string_view key) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_' || c == '$';
  };
  std::string text{path};
  if (!path.empty())
    text += '.';
  if (key.size() <= quoted_bytes_max
      && std::all_of(key.begin(), key.end(), is_plain))
    text += key;
  else
    text += in_quotes(key);
  return text;
}

report::report(std::string_view text, std::string_view file_name)
  : text_{text}, file_{file_name} {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n')
      line_starts_.push_back(i + 1);
  origins_.file = file_;
}

std::size_t report::line_at(std::size_t offset) const {
  const auto after
    = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(after - line_starts_.begin());
}

std::size_t report::column_at(std::size_t offset) const {
  const auto start = line_starts_[line_at(offset) - 1];
  const auto line = text_.substr(start, std::min(offset, text_.size()) - start);
  const auto continued
    = std::count_if(line.begin(), line.end(), continues_character);
  return line.size() - static_cast<std::size_t>(continued) + 1;
}

void report::complain(std::size_t offset, std::string path, std::string found,
                      std::string allowed, std::string hint) {
  if (is_full())
    return;
  complaints_.push_back({file_, line_at(offset), column_at(offset),
                         std::move(path), std::move(found), std::move(allowed),
                         std::move(hint)});
  if (is_full())
    complaints_.back().hint = "and there may be more: only the first "
                              + std::to_string(complaints_max)
                              + " complaints are shown";
}

void report::originate(const std::string& path, std::size_t offset) {
  origins_.lines[path] = line_at(offset);
}

bool report::is_full() const {
  return complaints_.size() >= complaints_max;
}

std::vector<complaint> report::take_complaints() {
  std::stable_sort(complaints_.begin(), complaints_.end(),
                   [](const complaint& a, const complaint& b) {
                     return std::tie(a.line, a.column)
                            < std::tie(b.line, b.column);
                   });
  return std::move(complaints_);
}

origin_table report::take_origins() {
  return std::move(origins_);
}

} // namespace holdfast::config
