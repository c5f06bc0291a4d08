#include "config/commented_json.hpp"

#include <nlohmann/json.hpp>

namespace holdfast::config {

namespace {

/// A comment ends with its line, so nothing in it may end the line.
std::string one_line(std::string_view text) {
  std::string line{text};
  for (char& c : line)
    if ((c >= 0 && c < ' ') || c == '\x7f')
      c = '?';
  return line;
}

} // namespace

std::string json_text(std::string_view text) {
  using json = nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

commented_json::commented_json() : text_{"{\n"}, closing_{"}"} {}

void commented_json::comment(std::string_view text) {
  text_.append(closing_.size() * 2, ' ');
  text_ += text.empty() ? "//\n" : "// " + one_line(text) + "\n";
}

void commented_json::open(std::string_view key, char bracket) {
  begin_item(key);
  text_ += bracket;
  text_ += '\n';
  closing_ += bracket == '{' ? '}' : ']';
  comma_place_ = 0;
}

void commented_json::close() {
  const std::string bracket{closing_.back()};
  closing_.pop_back();
  text_.append(closing_.size() * 2, ' ');
  end_item(bracket, {});
}

void commented_json::value(std::string_view key, std::string_view json,
                           std::string_view remark) {
  begin_item(key);
  end_item(json, remark);
}

std::string commented_json::take() {
  while (!closing_.empty())
    close();
  return std::move(text_);
}

void commented_json::begin_item(std::string_view key) {
  if (comma_place_ != 0)
    text_.insert(comma_place_, ",");
  text_.append(closing_.size() * 2, ' ');
  if (!key.empty())
    text_ += json_text(key) + ": ";
}

void commented_json::end_item(std::string_view json, std::string_view remark) {
  text_ += json;
  comma_place_ = text_.size();
  if (!remark.empty())
    text_ += " // " + one_line(remark);
  text_ += '\n';
}

} // namespace holdfast::config
