// What is wrong with a configuration, and where.
#pragma once

#include <cstddef>
#include <string>

namespace holdfast::config {

/// Lines and columns count from 1, columns in characters (code points);
/// both are 0 when the file could not be read at all.
struct complaint {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string path;    ///< "tenants[0].quota.bytes"; empty: the whole file
  std::string found;   ///< what stands there
  std::string allowed; ///< what may stand there
  std::string hint;    ///< what was probably meant, or empty

  /// One line: file:line:column: path: found …; allowed: … (hint)
  std::string message() const;

  bool operator==(const complaint&) const = default;
};

} // namespace holdfast::config
