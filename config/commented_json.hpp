// Writes JSON with comments, line by line, the commas where they belong.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::config {

/// A text as JSON, quoted and escaped; broken UTF-8 is replaced.
std::string json_text(std::string_view text);

class commented_json {
public:
  /// Begins the object that is the whole file.
  commented_json();

  /// One line that is a comment only.
  void comment(std::string_view text);

  /// An empty key stands for an entry of a list.
  void open(std::string_view key, char bracket);
  void close();

  /// `json` is written as it is; a remark follows as a comment.
  void value(std::string_view key, std::string_view json,
             std::string_view remark = {});

  /// Ends every open bracket.
  std::string take();

private:
  void begin_item(std::string_view key);
  void end_item(std::string_view json, std::string_view remark);

  std::string text_;
  std::string closing_;         ///< the brackets to come, outermost first
  std::size_t comma_place_ = 0; ///< where one goes when an item follows
};

} // namespace holdfast::config
