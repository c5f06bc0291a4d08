#include "config/token_cursor.hpp"

#include <algorithm>

namespace holdfast::config {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view between_tokens = " \t\r\n,:";
constexpr std::string_view after_word = " \t\r\n,:]}/";

} // namespace

token_cursor::token_cursor(std::string_view text) : text_{text} {
  if (at(byte_order_mark))
    position_ = byte_order_mark.size();
}

bool token_cursor::at(std::string_view expected) const {
  return text_.substr(position_, expected.size()) == expected;
}

void token_cursor::skip_line() {
  position_ = std::min(text_.find_first_of("\r\n", position_), text_.size());
}

void token_cursor::skip_block() {
  const auto end = text_.find("*/", position_ + 2); // "/*/" is not closed
  position_ = end == std::string_view::npos ? text_.size() : end + 2;
}

std::size_t token_cursor::find_token() {
  while (position_ < text_.size()) {
    position_ = std::min(text_.find_first_not_of(between_tokens, position_),
                         text_.size());
    if (at("//"))
      skip_line();
    else if (at("/*"))
      skip_block();
    else
      break;
  }
  return position_;
}

std::string_view token_cursor::pass_bracket() {
  const auto token = text_.substr(position_, 1);
  position_ += token.size();
  return token;
}

std::string_view token_cursor::pass_string() {
  const auto start = position_;
  auto end = std::min(start + 1, text_.size());
  while (end < text_.size() && text_[end] != '"')
    end += text_[end] == '\\' ? 2 : 1;
  position_ = std::min(end + 1, text_.size());
  return text_.substr(start, position_ - start);
}

std::string_view token_cursor::pass_word() {
  const auto start = position_;
  position_
    = std::min(text_.find_first_of(after_word, position_), text_.size());
  return text_.substr(start, position_ - start);
}

} // namespace holdfast::config
