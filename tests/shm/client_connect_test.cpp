// Connecting where no node is, or where one may not.
#include "shm/client/connection.hpp"
#include "tests/shm/fake_node.hpp"
#include "tests/support/catch.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>

using namespace holdfast;
using namespace std::chrono_literals;
using client::connection;
using shm::errc;

namespace {

client::connect_options options_for(const std::string& path,
                                    std::chrono::milliseconds patience) {
  return {path, "prod", "connect_test", patience};
}

} // namespace

TEST_CASE("where no node answers, the error says what was tried",
          "[shm][client]") {
  const auto directory = test::make_directory();
  const auto detail_of = [](const std::string& path, errc code) {
    const auto made = connection::connect(options_for(path, 50ms));
    REQUIRE_FALSE(made);
    CHECK(made.assume_error().code == code);
    return made.assume_error().detail;
  };

  CHECK_THAT(detail_of(directory + "/none.sock", errc::unreachable),
             Catch::Contains("there is no '" + directory + "/none.sock'"));
  {
    const auto dead
      = test::bound_socket(directory + "/dead.sock", SOCK_SEQPACKET, -1);
    CHECK_THAT(detail_of(directory + "/dead.sock", errc::unreachable),
               Catch::Contains("nobody listens"));
    const auto other
      = test::bound_socket(directory + "/other.sock", SOCK_STREAM, 1);
    CHECK_THAT(detail_of(directory + "/other.sock", errc::unreachable),
               Catch::Contains("not a socket of a node"));
    const auto busy
      = test::bound_socket(directory + "/busy.sock", SOCK_SEQPACKET, 0);
    CHECK_THAT(detail_of(directory + "/busy.sock", errc::timeout),
               Catch::Contains("no answer to 'hello'"));
    CHECK_THAT(detail_of(directory + "/busy.sock", errc::timeout),
               Catch::Contains("takes no more connections"));
  }
  CHECK_THAT(detail_of(std::string(108, 'x'), errc::bad_argument),
             Catch::Contains("1 to 107 bytes"));
  CHECK_THAT(detail_of("", errc::bad_argument), Catch::Contains("not 0"));
  test::remove_directory(directory);
}

TEST_CASE("a node that is full says so instead of hanging up in silence",
          "[shm][client]") {
  test::fake_node node{[](test::fake_session& session) {
    session.say_closing("overloaded: attach.sessions_max is reached");
  }};

  const auto made = connection::connect(options_for(node.path(), 5s));

  REQUIRE_FALSE(made);
  CHECK(made.assume_error().code == errc::overloaded);
  CHECK_THAT(made.assume_error().detail, Catch::Contains("sessions_max"));
}

TEST_CASE("a user who may not open the socket is told so", "[shm][client]") {
  const auto directory = test::make_directory();
  const auto path = directory + "/attach.sock";
  const auto socket = test::bound_socket(path, SOCK_SEQPACKET, 1);
  std::filesystem::permissions(directory, std::filesystem::perms::none);

  // Root may enter anywhere, so a child becomes somebody else.
  const auto child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
      ::_exit(2);
    const auto made = connection::connect(options_for(path, 50ms));
    const bool told
      = !made && made.assume_error().code == errc::refused
        && made.assume_error().detail.find(path) != std::string::npos
        && made.assume_error().detail.find("directory") != std::string::npos;
    ::_exit(told ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);

  CHECK(status == 0);
  test::remove_directory(directory);
}

TEST_CASE("patience has bounds", "[shm][client]") {
  const auto code_of = [](std::chrono::milliseconds patience) {
    return connection::connect(options_for("/nowhere", patience))
      .assume_error()
      .code;
  };

  CHECK(code_of(0ms) == errc::bad_argument);
  CHECK(code_of(-1ms) == errc::bad_argument);
  CHECK(code_of(std::chrono::milliseconds::max()) == errc::bad_argument);
  CHECK(code_of(24h) == errc::unreachable);
}
