// Collects, while one file is read, what is wrong and where values came from.
#pragma once

#include "config/complaint.hpp"
#include "config/node_config.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::config {

/// Text of a stranger made fit for one line of a terminal: shortened, quoted,
/// control characters as \xNN.
std::string in_quotes(std::string_view text);

/// The path of a key inside the section at a path.
std::string joined(std::string_view path, std::string_view key);

class report {
public:
  /// The text must outlive the report.
  report(std::string_view text, std::string_view file_name);

  /// Takes place, path and words; offset is in bytes from the start.
  void complain(std::size_t offset, std::string path, std::string found,
                std::string allowed, std::string hint = {});

  /// Remembers that the value of a path was written at an offset.
  void originate(const std::string& path, std::size_t offset);

  std::size_t line_at(std::size_t offset) const;

  /// No room for more complaints: reading on would tell nobody anything.
  bool is_full() const;

  /// The complaints in the order of the file.
  std::vector<complaint> take_complaints();
  origin_table take_origins();

private:
  std::size_t column_at(std::size_t offset) const;

  std::string_view text_;
  std::string file_;
  std::vector<std::size_t> line_starts_;
  std::vector<complaint> complaints_;
  origin_table origins_;
};

} // namespace holdfast::config
