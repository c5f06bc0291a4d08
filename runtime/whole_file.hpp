// Small files that are read and written whole: what stands under a name is
// either the old text or the new one, never a part, also after kill -9.
#pragma once

#include "shm/error.hpp"

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::runtime {

struct whole_file {
  std::string text;
  uid_t owner = 0;
  unsigned mode = 0; ///< permission bits
};

enum class symbolic_links { follow, refuse };

/// Reads a regular file below an open directory (AT_FDCWD: any path). Never
/// waits, whatever lies there. Errors: system, with the path; too_long beyond
/// `bytes_max`; wrong_type when it is no regular file.
shm::result<whole_file> read_whole(int directory, const std::string& name,
                                   std::size_t bytes_max, symbolic_links links);

/// Makes a file that was not there, with that mode whatever the umask, and
/// syncs it. Errors: exists; system.
shm::result<void> write_new(const std::string& path, std::string_view text,
                            unsigned mode);

/// Puts the text under `name` by renaming `draft`, a name for this caller
/// alone in the same directory. Not synced: what it says is void after a power
/// cut anyway. Errors: system.
shm::result<void> replace_whole(int directory, const std::string& name,
                                const std::string& draft, std::string_view text,
                                unsigned mode);

/// The names in it are on disk when it returns. Errors: system.
shm::result<void> sync_directory(const std::string& path);

} // namespace holdfast::runtime
