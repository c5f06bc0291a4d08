#include "runtime/data_directory.hpp"

#include "apps/processes/temporary_directory.hpp"
#include "tests/process/child.hpp"
#include "tests/runtime/file_modes.hpp"
#include "tests/support/skipped.hpp"

#include <sys/ptrace.h>

#include <filesystem>

using namespace holdfast;
using namespace holdfast::runtime;
using namespace holdfast::test;

namespace {

bool can_be_traced() {
  child probe{[] {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0)
      ::_exit(1);
  }};
  return probe.wait() == 0;
}

/// Makes the directory in a process that is killed at its nth stop on the way
/// into a system call or out of one. False if it had come to its end before.
bool make_and_die(const std::string& path, int nth) {
  shared<bool> done;
  child maker{[&] {
    ::umask(0);
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    (void)make_directories(path, 0700);
    *done = true;
    ::pause();
  }};
  int status = 0;
  ::waitpid(maker.pid(), &status, 0);
  for (int i = 0; i < nth && !*done; ++i) {
    ::ptrace(PTRACE_SYSCALL, maker.pid(), nullptr, nullptr);
    ::waitpid(maker.pid(), &status, 0);
  }
  return !*done;
}

} // namespace

TEST_CASE("a data directory is private and for one node",
          "[runtime][data_directory]") {
  const temporary_directory directory;
  const auto path = directory.path() + "/var/state/";

  const auto first = data_directory::open(path);
  const auto second = data_directory::open(path);

  REQUIRE(first);
  CHECK(mode_of(path) == 0700);
  REQUIRE_FALSE(second);
  CHECK(second.assume_error().code == shm::errc::exists);
}

TEST_CASE("a data directory can be taken again after its node",
          "[runtime][data_directory]") {
  const temporary_directory directory;
  const auto path = directory.path() + "/state";
  REQUIRE(data_directory::open(path));

  CHECK(data_directory::open(path));
}

TEST_CASE("a data directory that others may read is refused with the remedy",
          "[runtime][data_directory]") {
  const temporary_directory directory;

  const auto opened = data_directory::open(directory.path());

  REQUIRE_FALSE(opened);
  CHECK(opened.assume_error().code == shm::errc::refused);
  CHECK(opened.assume_error().detail.find("chmod 0700") != std::string::npos);
}

TEST_CASE("a directory is as private as was asked, whatever the umask",
          "[runtime][data_directory]") {
  const temporary_directory inside;
  const auto path = inside.path() + "/above/last";
  const auto before = ::umask(0);

  const auto made = make_directories(path, 0700);
  const auto again = make_directories(path, 0755);
  ::umask(before);

  REQUIRE(made);
  CHECK(made.assume_value());
  REQUIRE(again);
  CHECK_FALSE(again.assume_value());
  CHECK(mode_of(path) == 0700);
  CHECK(mode_of(inside.path() + "/above") == 0755);
}

TEST_CASE("a kill at any moment leaves no directory that is open to others",
          "[runtime][data_directory]") {
  if (!can_be_traced())
    return skip_test("this machine lets no process trace its child");
  int calls = 0;
  for (bool died = true; died && calls < 1000; ++calls) {
    const temporary_directory inside;
    const auto path = inside.path() + "/state";
    died = make_and_die(path, calls);
    INFO("killed at stop " << calls);
    if (std::filesystem::exists(path))
      CHECK(check_private(path));
  }
  CHECK(calls > 2);
  CHECK(calls < 1000);
}
