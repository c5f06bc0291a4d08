// Walks over JSON text that a parser has already found to be well formed.
//
// It only ever looks for the next token's start and end; whether the token is
// right is the parser's business, so nothing here can fail, only reach the end.
#pragma once

#include <cstddef>
#include <string_view>

namespace holdfast::config {

class token_cursor {
public:
  explicit token_cursor(std::string_view text);

  /// Skips blanks, comments, commas and colons; the offset it stops at.
  std::size_t find_token();

  /// Passes one token of the given kind, which starts here, and returns it.
  std::string_view pass_bracket();
  std::string_view pass_string();
  std::string_view pass_word(); ///< a number, true, false or null

private:
  bool at(std::string_view expected) const;
  void skip_line();
  void skip_block();

  std::string_view text_;
  std::size_t position_ = 0;
};

} // namespace holdfast::config
