#include "apps/caf-shell/words.hpp"

#include <cstddef>

namespace holdfast::shell {

namespace {

using shm::errc;

bool is_blank(char sign) noexcept {
  return sign == ' ' || sign == '\t' || sign == '\n' || sign == '\r';
}

class splitter {
public:
  explicit splitter(std::string_view line) noexcept : line_{line} {
    // nop
  }

  shm::result<std::vector<std::string>> split() {
    std::vector<std::string> words;
    while (skip_blanks()) {
      std::string word;
      const char first = line_[at_];
      const bool closed
        = first == '{' || first == '[' ? take_json(word) : take_word(word);
      if (!closed)
        return shm::failed(errc::bad_argument,
                           std::string{"a '"} + open_ + "' is not closed");
      words.push_back(std::move(word));
    }
    return words;
  }

private:
  // Whether another word begins.
  bool skip_blanks() noexcept {
    while (at_ < line_.size() && is_blank(line_[at_]))
      ++at_;
    return at_ < line_.size() && line_[at_] != '#';
  }

  bool take_word(std::string& word) {
    for (; at_ < line_.size() && !is_blank(line_[at_]); ++at_) {
      const char sign = line_[at_];
      if (sign == '\'' || sign == '"') {
        if (!take_quoted(word, sign))
          return false;
      } else if (sign == '\\' && at_ + 1 < line_.size()) {
        word += line_[++at_];
      } else {
        word += sign;
      }
    }
    return true;
  }

  // Leaves at_ on the closing quote.
  bool take_quoted(std::string& word, char quote) {
    open_ = quote;
    for (++at_; at_ < line_.size(); ++at_) {
      const char sign = line_[at_];
      if (sign == quote)
        return true;
      if (sign == '\\' && quote == '"' && at_ + 1 < line_.size())
        word += line_[++at_];
      else
        word += sign;
    }
    return false;
  }

  bool take_json(std::string& word) {
    open_ = line_[at_];
    int depth = 0;
    bool in_text = false;
    for (; at_ < line_.size(); ++at_) {
      const char sign = line_[at_];
      word += sign;
      if (in_text && sign == '\\' && at_ + 1 < line_.size())
        word += line_[++at_];
      else if (sign == '"')
        in_text = !in_text;
      else if (!in_text && (sign == '{' || sign == '['))
        ++depth;
      else if (!in_text && (sign == '}' || sign == ']'))
        --depth;
      if (depth == 0 && !in_text) {
        ++at_;
        return true;
      }
    }
    return false;
  }

  std::string_view line_;
  std::size_t at_ = 0;
  char open_ = 0; // the quote or bracket last opened
};

} // namespace

shm::result<std::vector<std::string>> words_of(std::string_view line) {
  return splitter{line}.split();
}

} // namespace holdfast::shell
