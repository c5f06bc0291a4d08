// How the files of regions are called: "<database>-<region>-<number>.db", the
// first in hexadecimal digits. No other store's names begin so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::runtime {

struct region_file_name {
  std::uint64_t database = 0; ///< of the node's log of consensus
  std::uint64_t region = 0;
  std::uint64_t number = 0; ///< a region's newest file has the highest
  std::string ending;       ///< "db", "db-wal", "mark", "db.corrupt-1", ...

  /// Without the ending.
  std::string stem() const;
};

/// Nothing if it is another file.
std::optional<region_file_name> region_file_name_of(std::string_view text);

/// All that are there.
std::vector<region_file_name> region_files_in(const std::string& directory);

} // namespace holdfast::runtime
