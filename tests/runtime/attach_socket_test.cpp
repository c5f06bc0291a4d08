#include "runtime/attach_socket.hpp"

#include "runtime/data_directory.hpp"
#include "tests/runtime/file_modes.hpp"
#include "tests/support/real_node.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// A socket as a killed process leaves it: bound, and nobody there.
shm::descriptor bind_to(const std::string& path) {
  shm::descriptor fd{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                 sizeof(address))
          == 0);
  return fd;
}

} // namespace

TEST_CASE("the directory is the gate and everybody within may connect",
          "[runtime][attach_socket]") {
  const temporary_directory directory;
  const auto path = directory.path() + "/run/deep/attach.sock";

  {
    const auto socket = runtime::attach_socket::open(path);
    REQUIRE(socket);
    CHECK(socket.assume_value().made_directory());
    CHECK(mode_of(directory.path() + "/run/deep") == 0710);
    CHECK(mode_of(path) == 0666);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a directory that exists is left alone", "[runtime][attach_socket]") {
  const temporary_directory directory;

  const auto socket
    = runtime::attach_socket::open(directory.path() + "/attach.sock");

  REQUIRE(socket);
  CHECK_FALSE(socket.assume_value().made_directory());
  CHECK(mode_of(directory.path()) == 0711);
}

TEST_CASE("a socket that nobody listens on is replaced",
          "[runtime][attach_socket]") {
  const temporary_directory directory;
  const auto path = directory.path() + "/attach.sock";
  bind_to(path);

  CHECK(runtime::attach_socket::open(path));
}

TEST_CASE("a socket that somebody listens on is not taken",
          "[runtime][attach_socket]") {
  const temporary_directory directory;
  const auto path = directory.path() + "/attach.sock";

  SECTION("another node") {
    const auto first = runtime::attach_socket::open(path);
    REQUIRE(first);
    const auto second = runtime::attach_socket::open(path);
    REQUIRE_FALSE(second);
    CHECK(second.assume_error().code == shm::errc::exists);
    CHECK(second.assume_error().detail.find(std::to_string(::getpid()))
          != std::string::npos);
  }
  SECTION("another program") {
    const auto other = bind_to(path);
    REQUIRE(::listen(other.get(), 1) == 0);
    const auto second = runtime::attach_socket::open(path);
    REQUIRE_FALSE(second);
    CHECK(second.assume_error().code == shm::errc::exists);
    CHECK(std::filesystem::exists(path));
  }
}

TEST_CASE("a file that is no socket is never removed",
          "[runtime][attach_socket]") {
  const temporary_directory directory;
  const auto path = directory.path() + "/attach.sock";
  std::ofstream{path} << "precious";

  CHECK_FALSE(runtime::attach_socket::open(path));
  CHECK(std::filesystem::file_size(path) == 8);
}

TEST_CASE("a lock file that is a link is not followed",
          "[runtime][lock_file]") {
  const temporary_directory directory;
  const auto target = directory.path() + "/target";
  const auto link = directory.path() + "/node.lock";
  std::ofstream{target} << "precious";
  std::filesystem::create_symlink(target, link);

  CHECK_FALSE(runtime::lock_file::take(link));
  CHECK(std::filesystem::file_size(target) == 8);
}
