#include "tests/shm/fake_node.hpp"

#include "tests/support/catch.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace holdfast::test {

namespace {

// Runs in the script's thread, where an assertion of Catch may not.
void insist(bool holds, const char* what) {
  if (!holds)
    throw std::system_error{errno, std::generic_category(), what};
}

wire::bytes packet_of(const wire::frame& frame) {
  auto encoded = wire::encode(frame);
  insist(encoded.has_value(), "encode");
  return std::move(encoded).assume_value();
}

} // namespace

wire::bytes fake_session::next_packet() const {
  wire::bytes packet(wire::frame_bytes_max);
  const auto count = ::recv(socket_, packet.data(), packet.size(), 0);
  packet.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return packet;
}

wire::frame fake_session::next() const {
  const auto packet = next_packet();
  if (packet.empty())
    return {};
  auto decoded = wire::decode(packet);
  insist(decoded.has_value(), "decode");
  return std::move(decoded).assume_value();
}

void fake_session::send(const wire::bytes& packet,
                        std::initializer_list<int> descriptors) const {
  alignas(cmsghdr) std::array<char, 256> room{};
  iovec part{const_cast<std::byte*>(packet.data()), packet.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  const auto bytes = descriptors.size() * sizeof(int);
  if (bytes > 0) {
    message.msg_control = room.data();
    message.msg_controllen = CMSG_SPACE(bytes);
    auto* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(header), descriptors.begin(), bytes);
  }
  // A client that has had enough may be gone.
  (void)::sendmsg(socket_, &message, MSG_NOSIGNAL);
}

void fake_session::send(const wire::frame& frame,
                        std::initializer_list<int> descriptors) const {
  send(packet_of(frame), descriptors);
}

void fake_session::reply(const wire::frame& to, wire::fields fields) const {
  send({wire::frame_kind::reply, to.request_id, 0, "", std::move(fields)});
}

void fake_session::refuse(const wire::frame& request,
                          const shm::error& why) const {
  send(wire::failure_of(request.request_id, why));
}

void fake_session::say_closing(std::string_view reason) const {
  send({wire::frame_kind::notice,
        0,
        0,
        "",
        {{"event", std::string{"closing"}}, {"reason", std::string{reason}}}});
}

void fake_session::greet() const {
  const auto hello = next();
  reply(hello, {{"node", std::uint64_t{7}},
                {"node_name", std::string{"n7"}},
                {"version", std::string{"1.2.3"}},
                {"session", std::uint64_t{42}},
                {"tenant", std::string{"prod"}},
                {"principal", std::string{"trader"}},
                {"lease_ms", std::uint64_t{1500}}});
}

void fake_session::wait_for_packet() const {
  std::byte one{};
  (void)::recv(socket_, &one, 1, MSG_PEEK);
}

void fake_session::wait_for_hang_up() const {
  while (!next_packet().empty()) {
    // nop
  }
}

void fake_session::hang_up() const {
  ::shutdown(socket_, SHUT_RDWR);
}

fake_node::fake_node(script play, int connections)
  : directory_{make_directory()},
    path_{directory_ + "/attach.sock"},
    listener_{bound_socket(path_, SOCK_SEQPACKET, 4)},
    thread_{[this, play = std::move(play), connections] {
      for (int i = 0; i < connections; ++i) {
        const shm::descriptor accepted{
          ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        if (!accepted)
          return;
        fake_session session{accepted.get()};
        play(session);
      }
    }} {
  // nop
}

fake_node::~fake_node() {
  ::shutdown(listener_.get(), SHUT_RDWR); // ends accept
  thread_.join();
  remove_directory(directory_);
}

std::string make_directory() {
  auto pattern
    = (std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

void remove_directory(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

shm::descriptor bound_socket(const std::string& path, int type, int backlog) {
  shm::descriptor socket{::socket(AF_UNIX, type | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof(address.sun_path));
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                 sizeof(address))
          == 0);
  if (backlog >= 0)
    REQUIRE(::listen(socket.get(), backlog) == 0);
  return socket;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

} // namespace holdfast::test
