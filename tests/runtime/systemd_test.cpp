#include "runtime/systemd.hpp"

#include "shm/descriptor.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// A service manager's end; '@' begins an abstract name.
shm::descriptor listen_at(const std::string& name) {
  shm::descriptor fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (name[0] == '@')
    address.sun_path[0] = '\0';
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path)
                                        + name.size()))
          == 0);
  return fd;
}

std::string heard_by(const shm::descriptor& fd) {
  std::array<char, 64> text{};
  const auto length = ::recv(fd.get(), text.data(), text.size(), MSG_DONTWAIT);
  return length < 0 ? "" : std::string(text.data(), text.data() + length);
}

} // namespace

TEST_CASE("the service manager hears states on either kind of socket",
          "[runtime][systemd]") {
  const temporary_directory directory;
  const bool abstract = GENERATE(false, true);
  const auto name = abstract ? "@holdfast-test-" + std::to_string(::getpid())
                             : directory.path() + "/notify";
  const auto service = listen_at(name);
  ::setenv("NOTIFY_SOCKET", name.c_str(), 1);

  runtime::notify_service("READY=1");

  CHECK(heard_by(service) == "READY=1");
  ::unsetenv("NOTIFY_SOCKET");
}

TEST_CASE("without a service manager nothing happens", "[runtime][systemd]") {
  ::unsetenv("NOTIFY_SOCKET");
  runtime::notify_service("READY=1");
  ::setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
  runtime::notify_service("READY=1");
  ::setenv("NOTIFY_SOCKET", std::string(300, '/').c_str(), 1);
  runtime::notify_service("READY=1");
  ::unsetenv("NOTIFY_SOCKET");
  SUCCEED();
}
