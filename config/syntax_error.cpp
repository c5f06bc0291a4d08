#include "config/syntax_error.hpp"

#include "config/report.hpp"

#include <algorithm>

namespace holdfast::config {

namespace {

constexpr auto nowhere = std::string_view::npos;
constexpr std::string_view unexpected = "unexpected ";

/// The part of a text behind a mark, or nothing.
std::string_view behind(std::string_view text, std::string_view mark) {
  const auto place = text.find(mark);
  return place == nowhere ? std::string_view{}
                          : text.substr(place + mark.size());
}

std::string_view before(std::string_view text, std::string_view mark) {
  return text.substr(0, text.find(mark));
}

/// The whole word around the place where the parser gave up.
std::string_view word_at(std::string_view text, std::size_t offset) {
  const auto rest = text.substr(std::min(offset, text.size()));
  const auto word = rest.substr(0, rest.find_first_of(" \t\r\n,:]}[{\"/"));
  return word.empty() ? rest.substr(0, 1) : word;
}

bool follows_comma(std::string_view text, std::size_t offset) {
  const auto last = text.substr(0, offset).find_last_not_of(" \t\r\n");
  return last != nowhere && text[last] == ',';
}

std::string hint_for(std::string_view text, std::size_t offset,
                     std::string_view found) {
  const bool closes = found == "'}'" || found == "']'";
  if (closes && follows_comma(text, offset))
    return "remove the comma before it";
  if (found.starts_with("\"'"))
    return "texts stand in double quotes";
  if (found.starts_with("\"#"))
    return "comments begin with //";
  return {};
}

std::string allowed_for(std::string_view expected) {
  if (expected == "'}'" || expected == "']'")
    return "',' or " + std::string{expected};
  if (expected == "string literal")
    return "a key in double quotes";
  return std::string{expected};
}

} // namespace

syntax_error explain_syntax_error(std::string_view text, std::size_t read,
                                  std::size_t next, std::string_view what) {
  const auto end = std::min(read == 0 ? 0 : read - 1, text.size());
  const auto body = behind(what, " - ");
  const auto expected = allowed_for(behind(body, "; expected "));
  if (body.starts_with(unexpected)) {
    const std::string found{before(body.substr(unexpected.size()), ";")};
    const bool separates = found == "','" || found == "':'";
    const auto place = separates ? end : next; // next is behind separators
    return {place, found, expected, hint_for(text, place, found)};
  }
  const auto word = in_quotes(word_at(text, next));
  if (body.starts_with("invalid literal"))
    return {next, word,
            "a text in double quotes, a number, true, false, null, '{' or '['",
            hint_for(text, next, word)};
  if (body.empty()) // a number that no double can hold has no " - "
    return {next, word, "a number that fits 64 bits", {}};
  const auto reason = before(body, "; last read");
  return {end, "an " + std::string{reason}, expected, {}};
}

} // namespace holdfast::config
