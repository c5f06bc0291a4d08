#include "runtime/watchdog.hpp"

#include "tests/support/catch.hpp"

#include <sys/wait.h>
#include <unistd.h>

using namespace holdfast;
using namespace std::chrono_literals;

TEST_CASE("a process that does not end is ended with the code",
          "[runtime][watchdog]") {
  const auto child = ::fork();
  if (child == 0) {
    runtime::start_watchdog(20ms, 13);
    for (;;)
      ::pause();
  }

  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);

  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 13);
}
