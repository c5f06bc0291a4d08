#include "runtime/reach_probe.hpp"

#include "tests/runtime/peer_process.hpp"
#include "tests/support/catch.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <netdb.h>

#include <map>

using namespace holdfast;
using namespace std::chrono_literals;
using runtime::probe_outcome;

namespace {

struct probed_host {
  boost::asio::io_context io;
  std::map<std::uint64_t, runtime::probe_result> told;
  std::unique_ptr<runtime::reach_probe> probe
    = std::make_unique<runtime::reach_probe>(
      io, 500ms, "", [this](std::uint64_t question, const auto& result) {
        told[question] = result;
      });

  probe_outcome ask(const std::string& host, std::uint16_t port) {
    probe->asker()(1, host, port);
    io.run();
    io.restart();
    REQUIRE(told.contains(1));
    return told[1].outcome;
  }
};

} // namespace

TEST_CASE_METHOD(probed_host, "a probe tells who listens from who refuses",
                 "[runtime][reach_probe]") {
  boost::asio::ip::tcp::acceptor open{
    io, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  const auto port = open.local_endpoint().port();
  boost::asio::ip::tcp::socket caller{io};
  const auto hang_up = [&](const auto&) { caller.close(); };

  open.async_accept(caller, hang_up);
  CHECK(ask("127.0.0.1", port) == probe_outcome::reachable);
  CHECK(ask("127.0.0.1", test::free_port()) == probe_outcome::refused);
}

TEST_CASE_METHOD(probed_host, "a name is looked up, and its address told",
                 "[runtime][reach_probe]") {
  addrinfo* found = nullptr;
  if (::getaddrinfo("localhost", nullptr, nullptr, &found) != 0) {
    WARN("this host does not know the name localhost");
    return;
  }
  ::freeaddrinfo(found);
  boost::asio::ip::tcp::acceptor open{
    io, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  boost::asio::ip::tcp::socket caller{io};

  open.async_accept(caller, [&](const auto&) { caller.close(); });

  CHECK(ask("localhost", open.local_endpoint().port())
        == probe_outcome::reachable);
  CHECK(told[1].address == "127.0.0.1");
}

TEST_CASE_METHOD(probed_host, "a process that takes no connection is silent",
                 "[runtime][reach_probe]") {
  const boost::asio::ip::tcp::acceptor frozen{
    io, {boost::asio::ip::make_address("127.0.0.1"), 0}};

  CHECK(ask("127.0.0.1", frozen.local_endpoint().port())
        == probe_outcome::silent);
}

TEST_CASE_METHOD(probed_host,
                 "a name that nobody has is silence, with a reason",
                 "[runtime][reach_probe]") {
  CHECK(ask("no-such-host.invalid", 1) == probe_outcome::silent);
  CHECK_FALSE(told[1].detail.empty());
}

TEST_CASE_METHOD(probed_host, "a probe that is gone tells nothing",
                 "[runtime][reach_probe]") {
  const auto asker = probe->asker();
  asker(1, "127.0.0.1", test::free_port());
  io.poll_one(); // the question has arrived

  probe.reset();
  asker(2, "127.0.0.1", test::free_port());
  io.run();

  CHECK(told.empty());
}
