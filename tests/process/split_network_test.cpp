#include "apps/processes/split_network.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/skipped.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

using namespace holdfast;
using namespace holdfast::test;
using holdfast::processes::split_network;

namespace {

constexpr std::uint16_t port = 4711;

sockaddr_in address_of(std::uint64_t id) {
  sockaddr_in made{};
  made.sin_family = AF_INET;
  made.sin_port = htons(port);
  ::inet_pton(AF_INET, split_network::host(id).c_str(), &made.sin_addr);
  return made;
}

/// A socket for datagrams that lives at that node of the network.
class mailbox {
public:
  mailbox(const split_network& network, std::uint64_t id) {
    const shm::descriptor before{
      ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
    REQUIRE(::setns(network.place(id), CLONE_NEWNET) == 0);
    socket_ = shm::descriptor{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    REQUIRE(::setns(before.get(), CLONE_NEWNET) == 0);
    const auto own = address_of(id);
    REQUIRE(
      ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own)
      == 0);
  }

  void send(std::uint64_t to, const std::string& text) const {
    const auto there = address_of(to);
    // A cut is not told to the sender.
    REQUIRE(::sendto(socket_.get(), text.data(), text.size(), 0,
                     reinterpret_cast<const sockaddr*>(&there), sizeof there)
            == static_cast<ssize_t>(text.size()));
  }

  /// The next one; empty when none comes.
  std::string receive() const {
    pollfd ready{socket_.get(), POLLIN, 0};
    char text[64];
    if (::poll(&ready, 1, 5000) != 1)
      return {};
    const auto got = ::recv(socket_.get(), text, sizeof text, 0);
    return {text, got > 0 ? static_cast<std::size_t>(got) : 0};
  }

private:
  shm::descriptor socket_;
};

} // namespace

TEST_CASE("a cut loses what is sent that way, and only that way",
          "[process][network]") {
  if (const auto why = split_network::missing(); !why.empty())
    return skip_test(why);
  const split_network network{3};
  const mailbox first{network, 1}, second{network, 2}, third{network, 3};

  network.cut({1}, {2, 3});
  first.send(2, "lost");
  first.send(3, "lost");
  second.send(1, "the other way");
  third.send(2, "beside it");
  CHECK(first.receive() == "the other way");
  CHECK(second.receive() == "beside it");
  network.heal();
  first.send(2, "healed");
  first.send(3, "healed");

  // What was lost would have come before.
  CHECK(second.receive() == "healed");
  CHECK(third.receive() == "healed");
}

TEST_CASE("who is cut off reaches the others of its side alone",
          "[process][network]") {
  if (const auto why = split_network::missing(); !why.empty())
    return skip_test(why);
  const split_network network{4};
  const mailbox first{network, 1}, second{network, 2}, third{network, 3},
    fourth{network, 4};

  network.cut_off({1, 2});
  first.send(3, "lost");
  third.send(1, "lost");
  first.send(2, "among the few");
  fourth.send(3, "among the others");
  second.send(1, "and back");

  CHECK(second.receive() == "among the few");
  CHECK(third.receive() == "among the others");
  CHECK(first.receive() == "and back");
}
