#include "apps/processes/temporary_directory.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>

namespace holdfast::processes {

temporary_directory::temporary_directory() {
  auto name
    = (std::filesystem::temp_directory_path() / "holdfast.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr || ::chmod(name.c_str(), 0711) != 0)
    throw std::runtime_error{"no temporary directory"};
  path_ = name;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  if (!kept_)
    std::filesystem::remove_all(path_, ignored);
}

} // namespace holdfast::processes
