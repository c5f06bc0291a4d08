// Puts the JSON library's words for a syntax error into ours.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::config {

struct syntax_error {
  std::size_t offset;
  std::string found;
  std::string allowed;
  std::string hint;
};

/// `read` counts the bytes that the parser took, the end of the file as one;
/// `next` is where the token after the last good one begins; `what` is the
/// library's message.
syntax_error explain_syntax_error(std::string_view text, std::size_t read,
                                  std::size_t next, std::string_view what);

} // namespace holdfast::config
