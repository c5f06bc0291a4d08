#include "shm/client/connection.hpp"
#include "tests/shm/fake_node.hpp"
#include "tests/support/catch.hpp"

#include <future>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;

TEST_CASE("hanging up wakes whoever waits for the node", "[shm][client]") {
  fake_node node{[](fake_session& session) {
    session.greet();
    (void)session.next(); // never answered
    session.wait_for_hang_up();
  }};
  client::connect_options options;
  options.socket = node.path();
  const auto made = client::connection::connect(options);
  REQUIRE(made);
  const auto& connection = made.assume_value();
  const auto in_a_while = std::chrono::steady_clock::now() + 60s;
  auto guard = std::async(std::launch::async, [&] {
    return connection.wait_for_hang_up(in_a_while).has_value();
  });
  auto call = std::async(std::launch::async, [copy = connection] {
    return copy.call("status").assume_error().code;
  });

  connection.hang_up();

  CHECK(guard.get());
  CHECK(call.get() == errc::unreachable);
  CHECK_FALSE(connection.alive());
}
