// Who may do what with a file, as the file system has it.
#pragma once

#include "tests/support/catch.hpp"

#include <sys/stat.h>

#include <string>

namespace holdfast::test {

/// All twelve bits; the test fails where there is no such file.
inline unsigned mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777U;
}

} // namespace holdfast::test
