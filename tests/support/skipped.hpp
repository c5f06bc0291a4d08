// Tests that a machine does not allow.
#pragma once

#include <cstdio>
#include <string>

namespace holdfast::test {

/// Says that the test cannot run here, and why; it returns then. ctest counts
/// it as skipped by these words (tests/CMakeLists.txt), not as passed.
inline void skip_test(const std::string& why) {
  std::printf("TEST SKIPPED: %s\n", why.c_str());
  std::fflush(stdout);
}

} // namespace holdfast::test
